import {
  ACCOUNT_BYTES,
  COLUMN_SLACK,
  OUTCOME_BYTES,
  SEGMENT_STRIDE,
  TRADE_STRIDE,
  VARIANTS_MAX,
} from "../../../assembly/layout.ts";
import { accountRecord } from "./account_record.ts";
import { align, type Arena, planArena, reserveMemory } from "./arena.ts";
import { seriesKernels } from "./indicator_series.ts";
import type { Kernels } from "./kernels.ts";
import type { SessionInput } from "./session_input.ts";

/** Trades fetched from the module at a time. */
export const tradesPerCall = 8192;

/** Scores the module holds at a time, unless one risk plane alone is larger. */
const scoresPerChunk = 16_384;

/** Regions of one session. */
export type SessionArena = Arena<
  | "account"
  | "outcomes"
  | "counts"
  | "maskPairs"
  | "open"
  | "high"
  | "low"
  | "close"
  | "volume"
  | "hl2"
  | "hlc3"
  | "ohlc4"
  | "series"
  | "scratch"
  | "longMask"
  | "shortMask"
  | "segments"
  | "stops"
  | "targets"
  | "plane"
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
  /** Bytes of one list of segments, one per bar at worst. */
  readonly segmentBytes: number;
  readonly scores: number;
}

/** How large the parts of a session are. `maskPairs` is the number of different ones in the sweep. */
export function sessionSizes(input: SessionInput, maskPairs: number): SessionSizes {
  const bars = input.slice.stop - input.slice.start;
  const maskBytes = align(Math.ceil(bars / 64) * 8);
  const affordable = Math.floor(input.maskBytesMax / Math.max(1, 2 * maskBytes));
  return {
    columnBytes: align((input.prices.close.length + COLUMN_SLACK) * 4),
    maskBytes,
    maskSlots: Math.min(maskPairs, Math.max(input.plan.indicators.length, affordable)),
    segmentBytes: align(bars * SEGMENT_STRIDE),
    scores: Math.max(input.plan.riskTotal, scoresPerChunk),
  };
}

/** Plans the regions, grows the memory once, and writes prices, derived sources and account. */
export function loadSession(
  kernels: Kernels,
  { input, sizes }: { readonly input: SessionInput; readonly sizes: SessionSizes },
): SessionArena {
  const arena = planArena(regionBytes(kernels, input, sizes));
  reserveMemory(kernels.memory, arena.end);
  const { at } = arena;
  const { buffer } = kernels.memory;
  const { open, high, low, close, volume } = input.prices;
  for (
    const [address, column] of [[at.open, open], [at.high, high], [at.low, low], [at.close, close], [
      at.volume,
      volume,
    ]] as const
  ) {
    new Float32Array(buffer, address, column.length).set(column);
  }
  kernels.hl2(at.high, at.low, at.hl2, close.length);
  kernels.hlc3(at.high, at.low, at.close, at.hlc3, close.length);
  kernels.ohlc4(at.open, at.high, at.low, at.close, at.ohlc4, close.length);
  new Float64Array(buffer, at.account, ACCOUNT_BYTES / 8).set(accountRecord(input.plan));
  return arena;
}

function regionBytes(kernels: Kernels, { plan }: SessionInput, sizes: SessionSizes) {
  const { columnBytes, maskBytes } = sizes;
  return {
    account: ACCOUNT_BYTES,
    outcomes: VARIANTS_MAX * OUTCOME_BYTES,
    counts: VARIANTS_MAX * 4,
    maskPairs: plan.indicators.length * 8,
    open: columnBytes,
    high: columnBytes,
    low: columnBytes,
    close: columnBytes,
    volume: columnBytes,
    hl2: columnBytes,
    hlc3: columnBytes,
    ohlc4: columnBytes,
    series: plan.indicators.length * columnBytes,
    scratch: scratchSeries(plan) * columnBytes * 2,
    longMask: maskBytes,
    shortMask: maskBytes,
    segments: VARIANTS_MAX * sizes.segmentBytes,
    stops: plan.risk.sl.length * 8,
    targets: plan.risk.tp.length * 8,
    plane: kernels.riskPlaneBytes(plan.risk.sl.length, plan.risk.tp.length),
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
  return Math.max(0, ...indicators.map(({ indicatorId }) => seriesKernels[indicatorId].scratch));
}
