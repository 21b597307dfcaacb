import { parser } from "@prometheus-io/lezer-promql";

/** What a PromQL expression speaks of. */
export interface Spoken {
  readonly metrics: readonly string[];
  /** Labels it selects or groups by. */
  readonly labels: readonly string[];
}

/** The metrics and labels of an expression. Throws where it is no PromQL. */
export function spokenOf(expr: string): Spoken {
  const [metrics, labels] = [new Set<string>(), new Set<string>()];
  parser.parse(expr).iterate({
    enter({ type, name, from, to, node }) {
      if (type.isError) throw new Error(`"${expr}" is no PromQL at character ${from}`);
      const text = expr.slice(from, to);
      if (name === "Identifier" && node.parent?.name === "VectorSelector") metrics.add(text);
      if (name === "LabelName") labels.add(text);
    },
  });
  return { metrics: [...metrics], labels: [...labels] };
}

/** Labels of each series name in a Prometheus text, histograms with `_bucket`, `_sum` and `_count`. */
export function exposedLabels(text: string): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const line of text.split("\n")) {
    const [, name, labels = ""] = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? /.exec(line) ?? [];
    if (name === undefined) continue;
    const known = found.get(name) ?? new Set<string>();
    for (const [, label] of labels.matchAll(/(\w+)="/g)) known.add(label!);
    found.set(name, known);
  }
  return found;
}
