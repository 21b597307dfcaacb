import type { BarSlice, CandleColumns, WithFurther } from "../../core/bars/mod.ts";
import { maskCacheBytes, ruleCacheBytes } from "../../core/limits/mod.ts";
import type { SweepPlan } from "../../core/grid/mod.ts";
import type { SweepInput } from "../../ports/compute.ts";
import type { Prices } from "./price_columns.ts";

/** What a session computes on, cut down to what is worth posting to a thread. */
export interface SessionInput extends WithFurther {
  readonly prices: Prices;
  /** Bar opens, epoch ms, for the reports. */
  readonly tsOpenMs: CandleColumns["tsOpenMs"];
  readonly timeframeMs: number;
  /** Bar closes, where bars are not all of one length. */
  readonly tsCloseMs?: CandleColumns["tsOpenMs"];
  readonly slice: BarSlice;
  readonly plan: SweepPlan;
  /** Bytes for cached signal masks; more is faster, results never depend on it. */
  readonly maskBytesMax: number;
  /** Shared with a thread: not 0 once nobody wants its results any more. */
  readonly abandoned?: Int32Array;
}

/** The part of a port's input that the module needs. */
export function sessionInput(
  input: SweepInput,
  maskBytesMax = input.plan.rules === undefined ? maskCacheBytes : ruleCacheBytes,
): SessionInput {
  const { timeframeMs, slice, candles, tsCloseMs, further } = input.timeline;
  const { tsOpenMs, open, high, low, close, volume } = candles;
  const prices = { open, high, low, close, volume };
  return {
    prices,
    tsOpenMs,
    timeframeMs,
    ...(tsCloseMs ? { tsCloseMs } : {}),
    ...(further ? { further } : {}),
    slice,
    plan: input.plan,
    maskBytesMax,
  };
}
