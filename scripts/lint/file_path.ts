/** `new URL(...).pathname` is no path of a file: a space in a folder's name is `%20` in it. `fileURLToPath()` is. */
export const filePath: Deno.lint.Rule = {
  create(context) {
    return {
      MemberExpression(node) {
        if (node.property.type !== "Identifier" || node.property.name !== "pathname") return;
        if (!isFileUrl(node.object)) return;
        context.report({
          node,
          message: "A file's path is fileURLToPath(url): pathname has %20 for a space",
        });
      },
    };
  },
};

/** `new URL(x, import.meta.url)`, or against a constant that was made so and is called `root`. */
function isFileUrl(node: Deno.lint.Node): boolean {
  if (node.type === "Identifier") return node.name === "root";
  if (node.type !== "NewExpression" || node.callee.type !== "Identifier" || node.callee.name !== "URL") {
    return false;
  }
  const base = node.arguments[1];
  if (base === undefined) return false;
  return base.type === "MemberExpression"
    ? base.object.type === "MetaProperty"
    : base.type === "Identifier" && base.name === "root";
}
