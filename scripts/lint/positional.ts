import { isSource, projectPath } from "./project_path.ts";

const positionalMax = 2;

/** Exported functions take at most two positional parameters; the rest goes into a named options object. */
export const positional: Deno.lint.Rule = {
  create(context) {
    const path = projectPath(context.filename);
    if (!isSource(path)) return {};
    const check = (node: Deno.lint.Node | null | undefined, name: string) => {
      if (!isFunction(node) || node.params.length <= positionalMax) return;
      const message =
        `${name}() takes ${node.params.length} positional parameters, at most ${positionalMax} are allowed`;
      context.report({ node, message });
    };
    return {
      ExportDefaultDeclaration: (node) => check(node.declaration, "default"),
      ExportNamedDeclaration({ declaration }) {
        if (isFunction(declaration)) return check(declaration, declaration.id?.name ?? "function");
        if (declaration?.type !== "VariableDeclaration") return;
        for (const { id, init } of declaration.declarations) {
          check(init, id.type === "Identifier" ? id.name : "function");
        }
      },
    };
  },
};

type FunctionNode =
  | Deno.lint.FunctionDeclaration
  | Deno.lint.TSDeclareFunction
  | Deno.lint.FunctionExpression
  | Deno.lint.ArrowFunctionExpression;

function isFunction(node: Deno.lint.Node | null | undefined): node is FunctionNode {
  return node !== null && node !== undefined && functionTypes.has(node.type);
}

const functionTypes: ReadonlySet<string> = new Set([
  "FunctionDeclaration",
  "TSDeclareFunction",
  "FunctionExpression",
  "ArrowFunctionExpression",
]);
