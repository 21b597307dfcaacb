import { isSource, projectPath } from "./project_path.ts";

const ended = ["cancelled", "failed", "succeeded"];
const message = "Which states end a job is said by isTerminal() of core/job: keep no second list";

/** A second list of the states that end a job would have to be kept in step with the first. */
export const endedStates: Deno.lint.Rule = {
  create(context) {
    if (!isSource(projectPath(context.filename))) return {};
    const inText = (text: string) =>
      [...text.matchAll(/\bIN\s*\(([^)]*)\)/gi)].some(([, list]) =>
        isEnded([...list!.matchAll(/'(\w+)'/g)].map(([, name]) => name))
      );
    return {
      ArrayExpression(node) {
        const values = node.elements.map((element) => element?.type === "Literal" ? element.value : null);
        if (isEnded(values)) context.report({ node, message });
      },
      Literal(node) {
        if (typeof node.value === "string" && inText(node.value)) context.report({ node, message });
      },
      TemplateElement(node) {
        if (inText(node.raw)) context.report({ node, message });
      },
    };
  },
};

function isEnded(values: readonly unknown[]): boolean {
  return values.length === ended.length && values.map(String).sort().every((value, i) => value === ended[i]);
}
