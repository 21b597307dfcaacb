import { isSource, projectPath } from "./project_path.ts";

/** The environment is read in one place of the source, so that everything else can be tested without it. */
export const env: Deno.lint.Rule = {
  create(context) {
    const path = projectPath(context.filename);
    if (!isSource(path) || path === "src/main.ts") return {};
    return {
      MemberExpression(node) {
        if (node.object.type !== "Identifier" || !["Deno", "process"].includes(node.object.name)) return;
        if (memberName(node.property) !== "env") return;
        const message =
          `${path} must not read ${node.object.name}.env: src/main.ts does, and passes values on`;
        context.report({ node, message });
      },
    };
  },
};

function memberName(property: Deno.lint.Node): unknown {
  if (property.type === "Identifier") return property.name;
  return property.type === "Literal" ? property.value : undefined;
}
