import { isTest, projectPath } from "./project_path.ts";

const sourceLinesMax = 300;
const testLinesMax = 450;

/** A file that needs a scroll bar holds two ideas. */
export const fileSize: Deno.lint.Rule = {
  create(context) {
    const path = projectPath(context.filename);
    return {
      Program(node) {
        const message = tooLong(path, context.sourceCode.text);
        if (message !== null) context.report({ node, message });
      },
    };
  },
};

/** What is wrong with the length of a file of src, assembly or tests, null when nothing is. */
export function tooLong(path: string, text: string): string | null {
  const allowed = isTest(path) ? testLinesMax : /^(src|assembly)\//.test(path) ? sourceLinesMax : Infinity;
  const lines = text.replace(/\n$/, "").split("\n").length;
  return lines > allowed ? `${path} has ${lines} lines, at most ${allowed} are allowed` : null;
}
