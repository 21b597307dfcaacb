import { isSource, projectPath } from "./project_path.ts";

/** Every exported declaration of the source says what it is in a doc comment right above it. */
export const doc: Deno.lint.Rule = {
  create(context) {
    if (!isSource(projectPath(context.filename))) return {};
    const check = (node: Deno.lint.ExportNamedDeclaration | Deno.lint.ExportDefaultDeclaration) => {
      if (node.declaration && !hasDoc(node, context.sourceCode)) {
        context.report({ node, message: "Exported declaration has no doc comment (/** ... */)" });
      }
    };
    return { ExportNamedDeclaration: check, ExportDefaultDeclaration: check };
  },
};

// the host lists all comments of the file up to the node; only those with nothing but space after them belong to it
function hasDoc(node: Deno.lint.Node, sourceCode: Deno.lint.SourceCode): boolean {
  let end = node.range[0];
  for (const comment of sourceCode.getCommentsBefore(node).toReversed()) {
    if (sourceCode.text.slice(comment.range[1], end).trim() !== "") return false;
    if (comment.type === "Block" && comment.value.startsWith("*")) return true;
    end = comment.range[0];
  }
  return false;
}
