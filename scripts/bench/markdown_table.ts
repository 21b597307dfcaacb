import type { NamedResult } from "./benchmark.ts";
import { type Goal, goals } from "./goals.ts";

/** The engines that go bar by bar, as the benchmarks call them. */
const engines: Readonly<Record<string, string>> = {
  wasm_bar_by_bar: "wasm bar by bar",
  c_bar_by_bar: "C bar by bar",
  vectorbt: "vectorbt",
};

/** Conditions that are the same for all benchmarks of a run. */
const machineFacts = ["cpu", "cores", "os", "deno", "v8", "c", "vectorbt"] as const;

/**
 * A table of every figure that has a goal: what it should be, what it is, how much of the allowance it takes (how much
 * of the goal it reaches, where more is better), and how many times longer other engines took in the same run. Below it
 * the machine and the versions.
 */
export function markdownTable(results: readonly NamedResult[]): string {
  const rows = results.flatMap((result) => {
    const own = goals.filter((goal) => goal.of === result.name);
    return own.flatMap((goal, i) => row(goal, { result, first: i === 0 }));
  });
  return [
    "| benchmark | figure | goal | measured | of the goal | others, times as long |",
    "| --- | --- | --- | --- | --- | --- |",
    ...rows,
    "",
    machineLine(results),
  ].join("\n");
}

function row(
  goal: Goal,
  { result, first }: { readonly result: NamedResult; readonly first: boolean },
): string[] {
  const measured = goal.measured(result);
  const limit = goal.atMost ?? goal.atLeast;
  if (measured === undefined || limit === undefined) return [];
  const cells = [
    first ? result.name : "",
    goal.what,
    `${goal.atMost === undefined ? "≥" : "≤"} ${limit} ${goal.unit}`,
    `${shown(measured)} ${goal.unit}`,
    `${Math.round(100 * measured / limit)} %`,
    first ? others(result) : "",
  ];
  return [`| ${cells.join(" | ")} |`];
}

function others({ ratios }: NamedResult): string {
  return Object.entries(engines)
    .flatMap(([name, title]) => name in ratios ? [`${title} ${shown(ratios[name]!)}`] : [])
    .join(", ");
}

/** Facts some benchmarks do not have come from those that have them. */
function machineLine(results: readonly NamedResult[]): string {
  const all = Object.assign({}, ...results.map(({ conditions }) => conditions)) as Record<string, unknown>;
  return machineFacts.flatMap((name) => name in all ? [`${name}: ${all[name]}`] : []).join("; ");
}

function shown(value: number): string {
  return value.toLocaleString("en-US", { maximumSignificantDigits: 3 });
}
