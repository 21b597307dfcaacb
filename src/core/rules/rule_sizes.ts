import type { CompiledRules } from "./compile.ts";
import type { RuleNode } from "./expression.ts";

/** How many there are. */
export interface RuleCount {
  /** Of one variant. */
  readonly per_variant: number;
  /** Of all combinations together: what a parameter does not reach is counted once. */
  readonly in_all: number;
}

/** What a strategy makes to be evaluated. */
export interface RuleSizes {
  /** Distinct series. */
  readonly series: RuleCount;
  /** Distinct conditions. */
  readonly conditions: RuleCount;
  /** Masks of a bit a bar: two of a condition, and three of the two sides of a comparison or crossing. */
  readonly masks: RuleCount;
}

const crossings: ReadonlySet<string> = new Set(["crosses", "crosses_above", "crosses_below"]);

/** Counts what a strategy makes. */
export function ruleSizes({ nodes, params }: Pick<CompiledRules, "nodes" | "params">): RuleSizes {
  const lengths = new Map(params.map(({ name, values }) => [name, values.length]));
  const variantsOf = (node: RuleNode) =>
    node.params.reduce((product, name) => product * lengths.get(name)!, 1);
  const counted = (of: (node: RuleNode) => number): RuleCount => ({
    per_variant: nodes.reduce((sum, node) => sum + of(node), 0),
    in_all: nodes.reduce((sum, node) => sum + of(node) * variantsOf(node), 0),
  });
  return {
    series: counted(({ type }) => type === "series" ? 1 : 0),
    conditions: counted(({ type }) => type === "condition" ? 1 : 0),
    masks: counted((node) => node.type === "condition" ? 2 + (compares(node) ? 3 : 0) : 0),
  };
}

function compares(node: RuleNode): boolean {
  const isComparison = node.kind === "comparison" || (node.kind === "function" && crossings.has(node.name));
  return isComparison && node.args.some(({ type }) => type !== "number");
}
