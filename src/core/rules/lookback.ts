import { longestBarMs, timeframeMs } from "../bars/mod.ts";
import type { Lookback } from "../catalogue/mod.ts";
import { blockSize, BlockValues } from "./block_values.ts";
import { stridesOf } from "./combinations.ts";
import type { CompiledRules } from "./compile.ts";
import type { RuleNode } from "./expression.ts";
import type { RuleParam } from "./params.ts";

/**
 * How many bars of the template's timeframe must lie before a bar so that every rule on it is complete, for every kept
 * combination: what each call reads, one behind the other. `bars_since` and `value_when` count 0, as they may look back
 * any number of bars; a higher bar counts as many bars as fit into it, and the last one may be a whole one ago.
 */
export function rulesLookback(rules: CompiledRules, timeframe: string): number {
  const bars = new Map<number, number>();
  const ownMs = timeframeMs(timeframe);
  for (const node of rules.nodes) {
    const before = Math.max(0, ...node.args.map((arg) => bars.get(arg.id)!));
    if (node.kind !== "timeframe") bars.set(node.id, before + ownBars(node, rules));
    else {
      const higher = Math.ceil(longestBarMs(node.timeframe) / ownMs);
      bars.set(node.id, (before + 2) * higher - 2);
    }
  }
  const roots = [rules.long, rules.short].flatMap((side) => side === null ? [] : [side.enter, side.exit]);
  return Math.max(0, ...roots.map((root) => root === null ? 0 : bars.get(root.id)!));
}

/** Bars that a call itself looks back, at most. */
function ownBars(node: RuleNode, rules: CompiledRules): number {
  if (node.kind === "indicator") {
    const { call: { definition, args }, output } = node;
    const other = definition.otherOutputs?.find(({ name }) => name === output);
    const lookback: Lookback = other?.lookback ?? definition.lookback;
    const numbers = args.flatMap(({ name, kind }, i) =>
      kind === "number" ? [{ name, node: node.args[i]! }] : []
    );
    return most(rules, {
      nodes: numbers.map(({ node }) => node),
      bars: (values) => lookback.bars(Object.fromEntries(numbers.map(({ name }, i) => [name, values[i]!]))),
    });
  }
  if (node.kind !== "function") return 0;
  const extra = lagOf[node.name];
  if (extra === undefined) return 0;
  const count = node.args.at(-1)!;
  return count.type === "number" && extra.counted
    ? most(rules, { nodes: [count], bars: ([value]) => value! + extra.bars })
    : extra.bars;
}

/** Bars that functions look back: a fixed number, or their last argument and some. */
const lagOf: Readonly<Record<string, { readonly counted: boolean; readonly bars: number }>> = {
  prev: { counted: true, bars: 0 },
  change: { counted: true, bars: 0 },
  rising: { counted: true, bars: 0 },
  falling: { counted: true, bars: 0 },
  highest: { counted: true, bars: -1 },
  lowest: { counted: true, bars: -1 },
  sum: { counted: true, bars: -1 },
  for_bars: { counted: true, bars: -1 },
  within: { counted: true, bars: -1 },
  crosses: { counted: false, bars: 1 },
  crosses_above: { counted: false, bars: 1 },
  crosses_below: { counted: false, bars: 1 },
};

/** The most bars of all kept combinations; each combination of the values that matter is looked at once. */
function most(
  { params, combinations }: CompiledRules,
  { nodes, bars }: {
    readonly nodes: readonly RuleNode[];
    readonly bars: (values: readonly number[]) => number;
  },
): number {
  const own = params.filter(({ name }) => nodes.some((node) => node.params.includes(name)));
  const places = keptPlaces(own, { params, combinations });
  const values = new BlockValues(own);
  const seen = new Set<string>();
  let longest = 0;
  for (let from = 0; from < places.length; from += blockSize) {
    const count = Math.min(blockSize, places.length - from);
    const columns = nodes.map((node) => values.of(node, { from, count }));
    for (let i = 0; i < count; i++) {
      if (places[from + i] === 0) continue;
      const chosen = columns.map((column) => column[i]!);
      const key = chosen.join();
      if (seen.has(key)) continue;
      seen.add(key);
      longest = Math.max(longest, bars(chosen));
    }
  }
  return longest;
}

/** Which combinations of some parameters occur in a kept combination of all: 1 for those that do. */
function keptPlaces(
  own: readonly RuleParam[],
  { params, combinations }: Pick<CompiledRules, "params" | "combinations">,
): Uint8Array {
  const total = own.reduce((product, { values }) => product * values.length, 1);
  const places = new Uint8Array(total);
  if (combinations.kept === combinations.total) return places.fill(1);
  const strides = stridesOf(params);
  const ownStrides = stridesOf(own);
  const axes = own.map(({ name, values }, i) => {
    const at = params.findIndex((param) => param.name === name);
    return { stride: strides[at]!, length: values.length, ownStride: ownStrides[i]! };
  });
  for (let place = 0; place < combinations.total; place++) {
    if (!combinations.isKept(place)) continue;
    let ownPlace = 0;
    for (const { stride, length, ownStride } of axes) {
      ownPlace += Math.floor(place / stride) % length * ownStride;
    }
    places[ownPlace] = 1;
  }
  return places;
}
