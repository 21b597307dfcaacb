/** String-literal unions instead of enums: they are plain JSON and leave nothing behind at run time. */
export const noEnum: Deno.lint.Rule = {
  create(context) {
    return {
      TSEnumDeclaration(node) {
        context.report({ node, message: `Write enum ${node.id.name} as a union of string literals` });
      },
    };
  },
};
