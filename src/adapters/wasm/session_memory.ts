import {
  ACCOUNT_BYTES,
  LEVELS_BYTES,
  LEVELS_STOP_COUNT,
  LEVELS_STOPS,
  LEVELS_TARGET_COUNT,
  LEVELS_TARGETS,
  MEASURE_STRIDE,
  OUTCOME_BYTES,
  SEGMENT_STRIDE,
  SLICE_ACCOUNT,
  SLICE_BARS,
  SLICE_BYTES,
  SLICE_CLOSE,
  TRADE_STRIDE,
  VARIANTS_MAX,
} from "../../../assembly/layout.ts";
import type { Column, Source } from "../../core/catalogue/mod.ts";
import { ranksByReturnAlone } from "../../core/ranking/mod.ts";
import { accountRecord } from "./account_record.ts";
import { align, type Arena, planArena, reserveMemory } from "./arena.ts";
import { kernelOf } from "./indicator_series.ts";
import type { Kernels } from "./kernels.ts";
import { type MaskPlan, planMasks } from "./mask_plan.ts";
import { bytesOfColumn, type PriceColumns, priceColumns, priceRegions } from "./price_columns.ts";
import { ruleBytes } from "./rules/rule_memory.ts";
import { ruleRoom } from "./rules/rule_room.ts";
import type { SessionInput } from "./session_input.ts";

/** Trades fetched from the module at a time. */
export const tradesPerCall = 8192;

/** Scores the module holds at a time, unless one risk plane alone is larger. */
const scoresPerChunk = 16_384;

/** Regions of one session; those of columns are filled by `column`. */
export type SessionArena =
  & { readonly column: PriceColumns }
  & Arena<
    | "account"
    | "slice"
    | "levels"
    | "partLevels"
    | "tables"
    | "outcomes"
    | "signalWork"
    | "maskPairs"
    | Column
    | Source
    | "series"
    | "scratch"
    | "longMask"
    | "shortMask"
    | "segments"
    | "stops"
    | "targets"
    | "partStops"
    | "partTargets"
    | "partScores"
    | "plane"
    | "returns"
    | "measures"
    | "scores"
    | "heap"
    | "positions"
    | "kept"
    | "trades"
    | "maskSlots"
  >;

/** Sizes of what a session keeps in memory. */
export interface SessionSizes {
  /** Bytes of one f32 column or series. */
  readonly columnBytes: number;
  /** Bytes of one bit mask over the slice. */
  readonly maskBytes: number;
  readonly maskSlots: number;
  /** Base variants scored at a time; the masks of so many are there together. */
  readonly variants: number;
  /** Indicator series held at the same time. */
  readonly seriesTotal: number;
  /** Bytes of one list of segments, one per bar at worst. */
  readonly segmentBytes: number;
  readonly scores: number;
  /** Variants measured at a time. */
  readonly measured: number;
}

/** How large the parts of a session are. */
export function sessionSizes(input: SessionInput, { maskPairs, seriesTotal }: MaskPlan): SessionSizes {
  const bars = input.slice.stop - input.slice.start;
  const measuring = !ranksByReturnAlone(input.plan.ranking);
  const maskBytes = align(Math.ceil(bars / 64) * 8);
  const affordable = Math.floor(input.maskBytesMax / Math.max(1, 2 * maskBytes));
  const each = pairsPerVariant(input.plan);
  // the final masks of rules are made anew for every variant
  const maskSlots = input.plan.rules === undefined
    ? Math.min(maskPairs, Math.max(each, affordable))
    : VARIANTS_MAX;
  const together = maskSlots === maskPairs ? VARIANTS_MAX : Math.floor(maskSlots / each);
  const variants = Math.min(VARIANTS_MAX, together);
  return {
    columnBytes: bytesOfColumn(input.prices.close.length),
    maskBytes,
    maskSlots,
    variants,
    seriesTotal,
    segmentBytes: align(bars * SEGMENT_STRIDE),
    scores: Math.max(input.plan.riskTotal, scoresPerChunk),
    measured: measuring ? Math.max(input.plan.riskTotal, variants) : 0,
  };
}

/** Mask pairs that make the signal of one variant: one for each indicator, or the one of rules. */
export function pairsPerVariant({ rules, indicators }: SessionInput["plan"]): number {
  return rules === undefined ? indicators.length : 1;
}

/** Bytes that one instance of the module reserves for a sweep. Throws as {@link planMasks} does. */
export function sessionBytes(kernels: Kernels, input: SessionInput): number {
  const { end } = planArena(regionBytes(kernels, input, sessionSizes(input, planMasks(input.plan))));
  const { rules } = input.plan;
  return rules === undefined ? end : ruleBytes(kernels, ruleRoom(rules, { input, from: end }));
}

/** Plans the regions, grows the memory once, and writes closes, account, slice and its tables. */
export function loadSession(
  kernels: Kernels,
  { input, sizes }: { readonly input: SessionInput; readonly sizes: SessionSizes },
): SessionArena {
  const arena = planArena(regionBytes(kernels, input, sizes));
  reserveMemory(kernels.memory, arena.end);
  const { at } = arena;
  const column = priceColumns(kernels, { prices: input.prices, at });
  new Float64Array(kernels.memory.buffer, at.account, ACCOUNT_BYTES / 8).set(accountRecord(input.plan));
  const { start, stop } = input.slice;
  writeRecord(kernels, at.slice, {
    [SLICE_CLOSE]: column("close") + 4 * start,
    [SLICE_BARS]: stop - start,
    [SLICE_ACCOUNT]: at.account,
  });
  writeRecord(kernels, at.levels, {
    [LEVELS_STOPS]: at.stops,
    [LEVELS_STOP_COUNT]: input.plan.risk.sl.length,
    [LEVELS_TARGETS]: at.targets,
    [LEVELS_TARGET_COUNT]: input.plan.risk.tp.length,
  });
  // not a segment is listed yet, and their room holds what this works with
  kernels.writeTables(at.slice, at.tables, at.segments, Number(sizes.measured > 0));
  return { ...arena, column };
}

/** Writes some of the session's stops and targets, by their places in ascending order, as levels of their own. */
export function writePartLevels(
  kernels: Kernels,
  { at, rows, columns }: {
    readonly at: SessionArena["at"];
    readonly rows: readonly number[];
    readonly columns: readonly number[];
  },
): void {
  const { buffer } = kernels.memory;
  const pick = (from: number, to: number, places: readonly number[]) => {
    const levels = new Float64Array(buffer, from, places.at(-1)! + 1);
    new Float64Array(buffer, to, places.length).set(places.map((place) => levels[place]!));
  };
  pick(at.stops, at.partStops, rows);
  pick(at.targets, at.partTargets, columns);
  writeRecord(kernels, at.partLevels, {
    [LEVELS_STOPS]: at.partStops,
    [LEVELS_STOP_COUNT]: rows.length,
    [LEVELS_TARGETS]: at.partTargets,
    [LEVELS_TARGET_COUNT]: columns.length,
  });
}

/** Writes u32 fields of a record, by their offsets. */
function writeRecord({ memory }: Kernels, address: number, fields: Readonly<Record<number, number>>): void {
  const record = new DataView(memory.buffer, address);
  for (const [offset, value] of Object.entries(fields)) record.setUint32(Number(offset), value, true);
}

function regionBytes(kernels: Kernels, { plan, slice }: SessionInput, sizes: SessionSizes) {
  const { columnBytes, maskBytes } = sizes;
  const bars = slice.stop - slice.start;
  const measuring = Number(sizes.measured > 0);
  return {
    account: ACCOUNT_BYTES,
    slice: SLICE_BYTES,
    levels: LEVELS_BYTES,
    partLevels: LEVELS_BYTES,
    tables: kernels.tableBytes(bars, measuring),
    outcomes: OUTCOME_BYTES,
    signalWork: measuring
      ? kernels.measuredSignalBytes(sizes.variants, bars)
      : kernels.signalBytes(sizes.variants),
    maskPairs: sizes.variants * pairsPerVariant(plan) * 8,
    ...priceRegions(columnBytes),
    series: sizes.seriesTotal * columnBytes,
    scratch: scratchSeries(plan) * columnBytes * 2,
    longMask: maskBytes,
    shortMask: maskBytes,
    segments: Math.max(sizes.segmentBytes, kernels.tableWorkBytes(bars)),
    stops: plan.risk.sl.length * 8,
    targets: plan.risk.tp.length * 8,
    partStops: measuring ? 0 : plan.risk.sl.length * 8,
    partTargets: measuring ? 0 : plan.risk.tp.length * 8,
    partScores: measuring ? 0 : plan.riskTotal * 8,
    plane: Math.max(
      kernels.riskPlaneBytes(plan.risk.sl.length, plan.risk.tp.length),
      kernels.logPlaneBytes(plan.risk.sl.length, plan.risk.tp.length),
    ),
    returns: sizes.measured * 8,
    measures: sizes.measured * MEASURE_STRIDE,
    scores: sizes.scores * 8,
    heap: sizes.scores * 8,
    positions: sizes.scores * 8,
    kept: sizes.scores * 8,
    trades: (tradesPerCall + 1) * TRADE_STRIDE,
    maskSlots: sizes.maskSlots * 2 * maskBytes,
  };
}

/** f64 series of scratch memory that the hungriest indicator of the plan needs. */
function scratchSeries({ indicators }: SessionInput["plan"]): number {
  return Math.max(0, ...indicators.map(({ indicatorId }) => kernelOf(indicatorId).scratch));
}
