import { COLUMN_SLACK } from "../../../../assembly/layout.ts";
import type { Column, Source } from "../../../core/catalogue/mod.ts";
import { align, planArena, reserveMemory } from "../arena.ts";
import type { Kernels } from "../kernels.ts";
import { bytesOfColumn, type PriceColumns, priceColumns, priceRegions } from "../price_columns.ts";
import type { RuleBars } from "./rule_bars.ts";
import type { RulePlan } from "./rule_plan.ts";

/** Where the columns of some bars lie. */
export interface LoadedBars {
  readonly bars: RuleBars;
  readonly count: number;
  readonly column: PriceColumns;
  /** Address of the ranges of every column and source, by its own address. */
  readonly ranges: ReadonlyMap<number, number>;
  /** Address of `RuleBars.steps`; meaningless for the bars themselves. */
  readonly steps: number;
}

/** Where a strategy's values lie in the module's memory. */
export interface RuleMemory {
  readonly bars: ReadonlyMap<string | null, LoadedBars>;
  readonly columnBytes: number;
  /** Bytes of a series with its ranges behind it. */
  readonly seriesBytes: number;
  readonly maskBytes: number;
  /** Places that are shared. */
  readonly shared: { readonly series: number; readonly conditions: number };
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
 * Plans the regions from `from` on and grows the memory; columns are written when they are asked for. As many values are kept as
 * fit into `bytesMax`, and at least those of one combination.
 */
export function loadRules(kernels: Kernels, room: RuleRoom): RuleMemory {
  const { regions, names, own, ...sizes } = planRoom(kernels, room);
  const { bars } = room;
  reserveMemory(kernels.memory, regions.end);
  const loaded = new Map(names.map((name, i) => {
    const given = bars.get(name)!;
    const at = Object.fromEntries(
      Object.keys(priceRegions(0)).map((column) => [column, regions.at[`${i}.${column}`]!]),
    ) as Record<Column | Source, number>;
    const column = priceColumns(kernels, { prices: given.candles, at });
    const count = given.candles.close.length;
    const ranges = new Map(
      Object.values(at).map((address, c) => [
        address,
        regions.at[`${i}.ranges`]! + c * kernels.rangesBytes(count),
      ]),
    );
    const steps = regions.at[`${i}.steps`]!;
    if (given.steps !== null) new Int32Array(kernels.memory.buffer, steps, own).set(given.steps);
    return [name, { bars: given, count, column, ranges, steps }] as const;
  }));
  const { series, conditions, orders, scratch, work } = regions.at;
  return {
    bars: loaded,
    ...sizes,
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
export function ruleBytes(kernels: Kernels, room: RuleRoom): number {
  return planRoom(kernels, room).regions.end;
}

function planRoom(kernels: Kernels, { plan, bars, bytesMax, from = 0 }: RuleRoom) {
  const own = bars.get(null)!.candles.close.length;
  const columnBytes = bytesOfColumn(own);
  const seriesBytes = columnBytes + kernels.rangesBytes(own);
  // a word more, as a slice may begin within a word
  const maskBytes = align((Math.ceil(own / 64) + 1) * 8);
  const shared = sharedPlaces(plan, { seriesBytes, maskBytes, bytesMax });
  const names = [...bars.keys()];
  const regions = planArena({
    before: Math.max(0, from),
    ...Object.fromEntries(names.flatMap((name, i) => {
      const count = bars.get(name)!.candles.close.length;
      const columns = Object.entries(priceRegions(bytesOfColumn(count)));
      const ranges = ["ranges", columns.length * kernels.rangesBytes(count)] as const;
      return [...columns, ranges, ["steps", own * 4] as const].map((
        [name, bytes],
      ) => [`${i}.${name}`, bytes]);
    })),
    series: (plan.series.own + shared.series) * seriesBytes,
    conditions: (plan.conditions.own + shared.conditions) * 2 * maskBytes,
    orders: plan.orders.size * 3 * maskBytes,
    scratch: plan.scratch * (own + COLUMN_SLACK) * 8,
    work: 3 * maskBytes,
  } as Record<string, number>);
  return { regions, names, own, columnBytes, seriesBytes, maskBytes, shared };
}

/**
 * Places for all values that come again where they fit; else for those of one combination, and masks, the smaller ones, get
 * what they need before series, up to half of what is left.
 */
function sharedPlaces(
  { series, conditions, orders }: RulePlan,
  { seriesBytes, maskBytes, bytesMax }: {
    readonly seriesBytes: number;
    readonly maskBytes: number;
    readonly bytesMax: number;
  },
): RuleMemory["shared"] {
  const pairBytes = 2 * maskBytes;
  const least = (series.own + series.sharing) * seriesBytes +
    (conditions.own + conditions.sharing) * pairBytes + orders.size * 3 * maskBytes;
  const spare = Math.max(0, bytesMax - least);
  const more = (bytes: number, each: number, wanted: number) => Math.min(wanted, Math.floor(bytes / each));
  const masks = more(spare / 2, pairBytes, conditions.shared - conditions.sharing);
  const columns = more(spare - masks * pairBytes, seriesBytes, series.shared - series.sharing);
  return { series: series.sharing + columns, conditions: conditions.sharing + masks };
}
