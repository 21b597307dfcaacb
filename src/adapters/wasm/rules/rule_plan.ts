import type { CompiledRules, RuleNode, RuleParam } from "../../../core/rules/mod.ts";
import { stridesOf } from "../../../core/rules/mod.ts";
import { kernelOf } from "../indicator_series.ts";

/** Values of a node over all combinations: one per combination of the values of its own parameters. */
export interface NodeKeys {
  readonly firstKey: number;
  /** Per parameter of the strategy: how far one value further is; 0 where it does not matter. */
  readonly strides: readonly number[];
  /** How many different values it can have. */
  readonly count: number;
}

/** How two operands of comparisons and crossings stand to each other; those that compare the same share it. */
export interface OrderKeys extends NodeKeys {
  readonly x: RuleNode;
  readonly y: RuleNode;
}

/** What has to be computed for a strategy. */
export interface RulePlan {
  readonly rules: CompiledRules;
  readonly keys: ReadonlyMap<number, NodeKeys>;
  /** By the ids of both operands, see {@link orderName}. */
  readonly orders: ReadonlyMap<string, OrderKeys>;
  /** Different series, conditions and orders of one combination. */
  readonly series: number;
  readonly conditions: number;
  /** The same over all combinations. */
  readonly seriesTotal: number;
  readonly conditionsTotal: number;
  readonly ordersTotal: number;
  /** Scratch series of the hungriest kernel. */
  readonly scratch: number;
  /** Timeframes of `on_timeframe`. */
  readonly timeframes: readonly string[];
}

const crossings: ReadonlySet<string> = new Set(["crosses", "crosses_above", "crosses_below"]);

/** Numbers all values of a strategy's subexpressions. */
export function planRules(rules: CompiledRules): RulePlan {
  const keys = new Map<number, NodeKeys>();
  const orders = new Map<string, OrderKeys>();
  const totals = { series: 0, conditions: 0, orders: 0 };
  const counts = { series: 0, conditions: 0 };
  const place = (nodes: readonly RuleNode[], kind: keyof typeof totals): NodeKeys => {
    const { strides, count } = projection(rules.params, new Set(nodes.flatMap(({ params }) => params)));
    const firstKey = totals[kind];
    totals[kind] += count;
    return { firstKey, strides, count };
  };
  for (const node of rules.nodes) {
    if (node.type === "number") continue;
    const kind = node.type === "series" ? "series" : "conditions";
    counts[kind]++;
    keys.set(node.id, place([node], kind));
    for (const [x, y] of ordersOf(node)) {
      const name = orderName(x, y);
      if (!orders.has(name)) orders.set(name, { x, y, ...place([x, y], "orders") });
    }
  }
  const timeframes = rules.nodes.flatMap((node) => node.kind === "timeframe" ? [node.timeframe] : []);
  return {
    rules,
    keys,
    orders,
    ...counts,
    seriesTotal: totals.series,
    conditionsTotal: totals.conditions,
    ordersTotal: totals.orders,
    scratch: Math.max(0, ...rules.nodes.map(scratchOf)),
    timeframes: [...new Set(timeframes)],
  };
}

/** Key of what two operands have in common. */
export function orderName(x: RuleNode, y: RuleNode): string {
  return `${x.id}:${y.id}`;
}

function ordersOf(node: RuleNode): readonly (readonly [RuleNode, RuleNode])[] {
  const compares = node.kind === "comparison" || (node.kind === "function" && crossings.has(node.name));
  if (!compares || node.args.every(({ type }) => type === "number")) return [];
  return [[node.args[0]!, node.args[1]!]];
}

function projection(
  params: readonly RuleParam[],
  own: ReadonlySet<string>,
): { readonly strides: readonly number[]; readonly count: number } {
  const mine = params.filter(({ name }) => own.has(name));
  const ownStrides = stridesOf(mine);
  const strides = params.map((param) => own.has(param.name) ? ownStrides[mine.indexOf(param)]! : 0);
  return { strides, count: mine.reduce((product, { values }) => product * values.length, 1) };
}

function scratchOf(node: RuleNode): number {
  if (node.kind === "indicator") return kernelOf(node.call.definition.id).scratch;
  // the window functions use three scratch series
  return node.kind === "function" && ["highest", "lowest", "sum"].includes(node.name) ? 3 : 0;
}
