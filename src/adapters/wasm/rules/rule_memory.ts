import { COLUMN_SLACK } from "../../../../assembly/layout.ts";
import type { Column, Source } from "../../../core/catalogue/mod.ts";
import { align, planArena, reserveMemory } from "../arena.ts";
import type { Kernels } from "../kernels.ts";
import { bytesOfColumn, loadPrices, priceRegions } from "../price_columns.ts";
import type { RuleBars } from "./rule_bars.ts";
import type { RulePlan } from "./rule_plan.ts";

/** Where the columns of some bars lie. */
export interface LoadedBars {
  readonly bars: RuleBars;
  readonly count: number;
  readonly at: Readonly<Record<Column | Source, number>>;
  /** Address of `RuleBars.steps`; meaningless for the bars themselves. */
  readonly steps: number;
}

/** Where a strategy's values lie in the module's memory. */
export interface RuleMemory {
  readonly bars: ReadonlyMap<string | null, LoadedBars>;
  readonly columnBytes: number;
  readonly maskBytes: number;
  readonly slots: { readonly series: number; readonly conditions: number; readonly orders: number };
  readonly at: {
    readonly series: number;
    /** Two masks each. */
    readonly conditions: number;
    /** Three masks each. */
    readonly orders: number;
    readonly scratch: number;
    /** Three masks more, for steps in between. */
    readonly work: number;
  };
  /** First byte behind all of it. */
  readonly end: number;
}

/** What is to be loaded, and where. */
export interface RuleRoom {
  readonly plan: RulePlan;
  readonly bars: ReadonlyMap<string | null, RuleBars>;
  readonly bytesMax: number;
  /** First byte that may be used. */
  readonly from?: number;
}

/**
 * Plans the regions from `from` on, grows the memory, and writes columns and derived sources. As many values are kept as
 * fit into `bytesMax`, and at least those of one combination.
 */
export function loadRules(kernels: Kernels, room: RuleRoom): RuleMemory {
  const { regions, names, own, columnBytes, maskBytes, slots } = planRoom(room);
  const { bars } = room;
  reserveMemory(kernels.memory, regions.end);
  const loaded = new Map(names.map((name, i) => {
    const given = bars.get(name)!;
    const at = Object.fromEntries(
      Object.keys(priceRegions(0)).map((column) => [column, regions.at[`${i}.${column}`]!]),
    ) as Record<Column | Source, number>;
    loadPrices(kernels, { prices: given.candles, at });
    const steps = regions.at[`${i}.steps`]!;
    if (given.steps !== null) new Int32Array(kernels.memory.buffer, steps, own).set(given.steps);
    return [name, { bars: given, count: given.candles.close.length, at, steps }] as const;
  }));
  const { series, conditions, orders, scratch, work } = regions.at;
  return {
    bars: loaded,
    columnBytes,
    maskBytes,
    slots,
    at: {
      series: series!,
      conditions: conditions!,
      orders: orders!,
      scratch: scratch!,
      work: work!,
    },
    end: regions.end,
  };
}

/** Bytes from the start of the memory to behind all that {@link loadRules} would load. */
export function ruleBytes(room: RuleRoom): number {
  return planRoom(room).regions.end;
}

function planRoom({ plan, bars, bytesMax, from = 0 }: RuleRoom) {
  const own = bars.get(null)!.candles.close.length;
  const columnBytes = bytesOfColumn(own);
  // a word more, as a slice may begin within a word
  const maskBytes = align((Math.ceil(own / 64) + 1) * 8);
  const slots = slotsOf(plan, { columnBytes, maskBytes, bytesMax });
  const names = [...bars.keys()];
  const regions = planArena({
    before: Math.max(0, from),
    ...Object.fromEntries(names.flatMap((name, i) => {
      const count = bars.get(name)!.candles.close.length;
      const columns = Object.entries(priceRegions(bytesOfColumn(count)));
      return [...columns, ["steps", own * 4] as const].map(([column, bytes]) => [`${i}.${column}`, bytes]);
    })),
    series: slots.series * columnBytes,
    conditions: slots.conditions * 2 * maskBytes,
    orders: slots.orders * 3 * maskBytes,
    scratch: plan.scratch * (own + COLUMN_SLACK) * 8,
    work: 3 * maskBytes,
  } as Record<string, number>);
  return { regions, names, own, columnBytes, maskBytes, slots };
}

/** All values where they fit; else those of one combination, and of the rest half to series and half to masks. */
function slotsOf(
  plan: RulePlan,
  { columnBytes, maskBytes, bytesMax }: {
    readonly columnBytes: number;
    readonly maskBytes: number;
    readonly bytesMax: number;
  },
): RuleMemory["slots"] {
  const least = { series: plan.series, conditions: plan.conditions, orders: plan.orders.size };
  const spare = Math.max(
    0,
    bytesMax - least.series * columnBytes - (2 * least.conditions + 3 * least.orders) * maskBytes,
  );
  const more = (bytes: number, each: number) => Math.floor(bytes / Math.max(1, each));
  return {
    series: Math.min(plan.seriesTotal, least.series + more(spare / 2, columnBytes)),
    conditions: Math.min(plan.conditionsTotal, least.conditions + more(spare / 4, 2 * maskBytes)),
    orders: Math.min(plan.ordersTotal, least.orders + more(spare / 4, 3 * maskBytes)),
  };
}
