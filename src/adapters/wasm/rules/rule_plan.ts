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
  /** Its own place, of those of its kind; null where its values share places with others that come again. */
  readonly own: number | null;
}

/**
 * How two operands of comparisons and crossings stand to each other; those that compare the same share it. It has as many
 * values as they have, and a place of its own.
 */
export interface OrderKeys extends NodeKeys {
  readonly x: RuleNode;
  readonly y: RuleNode;
  /** Whether its operands are compared so often that their ranges are worth making. */
  readonly ranged: boolean;
}

/** Which masks of a condition anything reads. */
export interface MaskNeed {
  readonly yes: boolean;
  readonly no: boolean;
}

/** Values of one kind: series or conditions. */
export interface ValueCount {
  /** Places that belong to one node each. */
  readonly own: number;
  /** Nodes that share places, each of which has one value in a combination. */
  readonly sharing: number;
  /** Different values of those over all combinations. */
  readonly shared: number;
}

/** What has to be computed for a strategy. */
export interface RulePlan {
  readonly rules: CompiledRules;
  readonly keys: ReadonlyMap<number, NodeKeys>;
  /** By the ids of both operands, see {@link orderName}. */
  readonly orders: ReadonlyMap<string, OrderKeys>;
  readonly needs: ReadonlyMap<number, MaskNeed>;
  readonly series: ValueCount;
  readonly conditions: ValueCount;
  /** Scratch series of the hungriest kernel. */
  readonly scratch: number;
  /** Timeframes of `on_timeframe`. */
  readonly timeframes: readonly string[];
}

const crossings: ReadonlySet<string> = new Set(["crosses", "crosses_above", "crosses_below"]);

/** Numbers all values of a strategy's subexpressions. */
export function rulePlanOf(rules: CompiledRules): RulePlan {
  const [series, conditions] = [new Places(), new Places()];
  const read = mostRead(rules);
  const keys = new Map<number, NodeKeys>();
  const orders = new Map<string, OrderKeys>();
  for (const node of rules.nodes) {
    if (node.type !== "number" && node.kind !== "not") {
      const values = projection(rules.params, [node]);
      const comesAgain = values.count > 1 && values.count < read.get(node.id)!;
      const places = node.type === "series" ? series : conditions;
      keys.set(node.id, { ...values, ...places.take(values.count, comesAgain) });
    }
    for (const [x, y] of ordersOf(node)) {
      const name = orderName(x, y);
      if (orders.has(name)) continue;
      const values = projection(rules.params, [x, y]);
      const ranged = [x, y].every((operand) =>
        operand.type === "number" || projection(rules.params, [operand]).count < values.count
      );
      orders.set(name, { x, y, ranged, ...values, firstKey: 0, own: orders.size });
    }
  }
  const timeframes = rules.nodes.flatMap((node) => node.kind === "timeframe" ? [node.timeframe] : []);
  return {
    rules,
    keys,
    orders,
    needs: masksNeeded(rules),
    series: series.count,
    conditions: conditions.count,
    scratch: Math.max(0, ...rules.nodes.map(scratchOf)),
    timeframes: [...new Set(timeframes)],
  };
}

/** The same, with every mask of every condition, for one who looks at all of them. */
export function withEveryMask(plan: RulePlan): RulePlan {
  return { ...plan, needs: new Map(plan.rules.nodes.map(({ id }) => [id, { yes: true, no: true }])) };
}

/** How many values the most varied of what reads a node has. One with as few comes again only when that is made anew. */
function mostRead({ nodes, params, long, short }: CompiledRules): ReadonlyMap<number, number> {
  const most = new Map<number, number>();
  const add = (node: RuleNode, count: number) => most.set(node.id, Math.max(most.get(node.id) ?? 0, count));
  for (const root of rootsOf({ long, short })) add(root, projection(params, nodes).count);
  // what is read comes before what reads it
  for (const node of nodes.toReversed()) {
    // a negation has no masks of its own
    const count = node.kind === "not" ? most.get(node.id)! : projection(params, [node]).count;
    for (const arg of node.args) add(arg, count);
  }
  return most;
}

function rootsOf({ long, short }: Pick<CompiledRules, "long" | "short">): readonly RuleNode[] {
  return [long?.enter, long?.exit, short?.enter, short?.exit].flatMap((root) => root ? [root] : []);
}

/** Numbers places of their own and keys of shared ones. */
class Places {
  #own = 0;
  #sharing = 0;
  #shared = 0;

  take(values: number, shares: boolean): Pick<NodeKeys, "firstKey" | "own"> {
    if (!shares) return { firstKey: 0, own: this.#own++ };
    const firstKey = this.#shared;
    this.#sharing++;
    this.#shared += values;
    return { firstKey, own: null };
  }

  get count(): ValueCount {
    return { own: this.#own, sharing: this.#sharing, shared: this.#shared };
  }
}

/** What reads only where a condition is true, and has no use for where it is false. */
const onlyTrue: ReadonlySet<string> = new Set(["bars_since", "value_when"]);
/** What makes each of its masks of the same one of its argument's. */
const maskByMask: ReadonlySet<string> = new Set(["prev", "for_bars", "within"]);

function masksNeeded({ nodes, long, short }: CompiledRules): ReadonlyMap<number, MaskNeed> {
  const needs = new Map<number, MaskNeed>();
  const add = (node: RuleNode, { yes, no }: MaskNeed) => {
    const other = needs.get(node.id);
    needs.set(node.id, { yes: yes || other?.yes === true, no: no || other?.no === true });
  };
  for (const root of rootsOf({ long, short })) add(root, { yes: true, no: false });
  for (const node of nodes.toReversed()) {
    for (const arg of node.args) if (arg.type === "condition") add(arg, needOfArgument(node, needs));
  }
  return needs;
}

function needOfArgument(node: RuleNode, needs: ReadonlyMap<number, MaskNeed>): MaskNeed {
  const need = needs.get(node.id) ?? { yes: true, no: true };
  if (node.kind === "not") return { yes: need.no, no: need.yes };
  if (node.kind === "timeframe" || (node.kind === "logic" && node.operator !== "xor")) return need;
  if (node.kind !== "function") return { yes: true, no: true };
  if (onlyTrue.has(node.name)) return { yes: true, no: false };
  return maskByMask.has(node.name) ? need : { yes: true, no: true };
}

/** Number of a node's value at the positions of all parameters, among its own or among all that share places. */
export function keyAt({ firstKey, strides }: NodeKeys, positions: readonly number[]): number {
  let key = firstKey;
  for (let i = 0; i < strides.length; i++) key += strides[i]! * positions[i]!;
  return key;
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
  nodes: readonly RuleNode[],
): { readonly strides: readonly number[]; readonly count: number } {
  const own = new Set(nodes.flatMap((node) => node.params));
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
