import { BlockValues, type RuleNode } from "../../../core/rules/mod.ts";
import type { Kernels } from "../kernels.ts";
import { fillCondition } from "./condition_values.ts";
import { type LoadedBars, loadRules, type RuleMemory, type RuleRoom } from "./rule_memory.ts";
import { evaluationOrder } from "./evaluation_order.ts";
import { keyAt, type NodeKeys, orderName, type RulePlan } from "./rule_plan.ts";
import { fillSeries } from "./series_values.ts";
import { ValueSlots } from "./value_slots.ts";

/** Two masks over the bars of a condition; one that nothing reads may hold anything. */
export interface MaskPair {
  readonly yes: number;
  readonly no: number;
}

/** A series, or a number that stands for one: its address is 0 then. */
export interface Operand {
  readonly address: number;
  readonly number: number;
}

/** Three masks: above, below, and both known. */
export interface OrderMasks {
  readonly above: number;
  readonly below: number;
  readonly known: number;
}

/**
 * Values of a strategy's subexpressions in the module's memory, made when they are first needed and kept while there is
 * room. Addresses are good until another combination is chosen.
 */
export class RuleValues {
  readonly kernels: Kernels;
  readonly memory: RuleMemory;
  readonly plan: RulePlan;
  readonly #numbers: BlockValues;
  readonly #series: ValueSlots;
  readonly #conditions: ValueSlots;
  readonly #orders: ValueSlots;
  /** Addresses of series whose ranges are made. */
  readonly #ranged = new Set<number>();
  #place = 0;
  #positions: readonly number[] = [];

  constructor(
    kernels: Kernels,
    room: RuleRoom,
  ) {
    this.kernels = kernels;
    this.plan = room.plan;
    this.memory = loadRules(kernels, room);
    this.#numbers = new BlockValues(this.plan.rules.params, 1);
    const { shared } = this.memory;
    this.#series = new ValueSlots({ own: this.plan.series.own, shared: shared.series });
    this.#conditions = new ValueSlots({ own: this.plan.conditions.own, shared: shared.conditions });
    this.#orders = new ValueSlots({ own: this.plan.orders.size, shared: 0 });
    this.choose(0);
  }

  /** Chooses the combination with this index among the kept. */
  choose(index: number): void {
    const { combinations } = this.plan.rules;
    this.#place = combinations.placeOf(index);
    this.#positions = combinations.positionsAt(this.#place);
  }

  /** Bars that a node is evaluated on. */
  barsOf({ on }: RuleNode): LoadedBars {
    return this.memory.bars.get(on)!;
  }

  /** Value of a number. */
  number(node: RuleNode): number {
    return this.#numbers.of(node, { from: this.#place, count: 1 })[0]!;
  }

  /** The chosen price of a parameter that is a series. */
  priceOf(name: string): string {
    const at = this.plan.rules.params.findIndex((param) => param.name === name);
    return String(this.plan.rules.params[at]!.values[this.#positions[at]!]);
  }

  /** Address of a series. */
  series(node: RuleNode): number {
    const { column } = this.barsOf(node);
    if (node.kind === "price") return column(node.price);
    if (node.kind === "parameter") return column(this.priceOf(node.name) as "close");
    const keys = this.plan.keys.get(node.id)!;
    const key = this.#keyOf(keys);
    const held = this.#series.held(key, keys.own);
    if (held !== undefined) return this.#seriesAt(held);
    // arguments first: they must have their places before this one takes one
    const fill = fillSeries(node, this);
    const address = this.#seriesAt(this.#series.claim(key, keys.own));
    this.#ranged.delete(address);
    fill(address);
    return address;
  }

  /** A series, or a number. */
  operand(node: RuleNode): Operand {
    return node.type === "number"
      ? { address: 0, number: this.number(node) }
      : { address: this.series(node), number: 0 };
  }

  /** Masks of a condition. */
  condition(node: RuleNode): MaskPair {
    if (node.kind === "not") {
      const { yes, no } = this.condition(node.args[0]!);
      return { yes: no, no: yes };
    }
    const keys = this.plan.keys.get(node.id)!;
    const key = this.#keyOf(keys);
    const held = this.#conditions.held(key, keys.own);
    if (held !== undefined) return this.#conditionAt(held);
    const fill = fillCondition(node, this);
    const masks = this.#conditionAt(this.#conditions.claim(key, keys.own));
    fill(masks, this.plan.needs.get(node.id)!);
    return masks;
  }

  /** How two operands stand to each other. */
  order(x: RuleNode, y: RuleNode): OrderMasks {
    const keys = this.plan.orders.get(orderName(x, y))!;
    const key = this.#keyOf(keys);
    const held = this.#orders.held(key, keys.own);
    if (held !== undefined) return this.#orderAt(held);
    const [a, b] = [this.operand(x), this.operand(y)];
    const masks = this.#orderAt(this.#orders.claim(key, keys.own));
    const bars = this.barsOf(x.type === "number" ? y : x);
    this.kernels.order(
      a.address,
      a.number,
      keys.ranged ? this.#rangesOf(a.address, bars) : 0,
      b.address,
      b.number,
      keys.ranged ? this.#rangesOf(b.address, bars) : 0,
      masks.above,
      masks.below,
      masks.known,
      bars.count,
    );
    return masks;
  }

  /** The order in which combinations, given by their indexes, are best evaluated: positions among the given. */
  inOrder(indexes: readonly number[]): readonly number[] {
    const { rules: { nodes, combinations }, keys } = this.plan;
    const sharing = (type: RuleNode["type"]) =>
      nodes.flatMap((node) => {
        const own = node.type === type ? keys.get(node.id) : undefined;
        return own?.own === null ? [own] : [];
      });
    return evaluationOrder(indexes.map((index) => combinations.positionsAt(combinations.placeOf(index))), [
      { keys: sharing("series"), ages: this.#series.ages() },
      { keys: sharing("condition"), ages: this.#conditions.ages() },
    ]);
  }

  /** Address of the ranges of a series, which are made when they are first needed; 0 for a number. */
  #rangesOf(address: number, { count, ranges }: LoadedBars): number {
    if (address === 0) return 0;
    const target = ranges.get(address) ?? address + this.memory.columnBytes;
    if (!this.#ranged.has(address)) this.kernels.seriesRanges(address, target, count);
    this.#ranged.add(address);
    return target;
  }

  #keyOf(keys: NodeKeys): number {
    return keyAt(keys, this.#positions);
  }

  #seriesAt(slot: number): number {
    return this.memory.at.series + slot * this.memory.seriesBytes;
  }

  #conditionAt(slot: number): MaskPair {
    const { at, maskBytes } = this.memory;
    const yes = at.conditions + slot * 2 * maskBytes;
    return { yes, no: yes + maskBytes };
  }

  #orderAt(slot: number): OrderMasks {
    const { at, maskBytes } = this.memory;
    const above = at.orders + slot * 3 * maskBytes;
    return { above, below: above + maskBytes, known: above + 2 * maskBytes };
  }
}
