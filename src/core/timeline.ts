import type { BarSlice, CandleColumns, Timeline, TimeRange } from "./candles.ts";
import { BacktestError, validationError } from "./errors.ts";
import { rollUp } from "./rollup.ts";
import { type Calendar, type Timeframe, timeframeMs, timeframes } from "./timeframe.ts";

const minuteMs = 60_000;

/**
 * What to load for a requested range: `warmupBars` bars of the target length before it, both ends moved outwards to
 * whole minutes.
 */
export function loadRange(
  requested: TimeRange,
  { warmupBars, barMs }: { readonly warmupBars: number; readonly barMs: number },
): TimeRange {
  return {
    startMs: Math.floor((requested.startMs - warmupBars * barMs) / minuteMs) * minuteMs,
    endMs: Math.ceil(requested.endMs / minuteMs) * minuteMs,
  };
}

/** What a timeline is made from. */
export interface TimelineOptions {
  /** Stored candles and their spacing. */
  readonly loaded: { readonly candles: CandleColumns; readonly timeframeMs: number };
  /** The range as requested, without warm-up. */
  readonly requestRange: TimeRange;
  /** Bars before the range that may be used, > 0; fewer are no error. */
  readonly warmupBars: number;
  readonly timeframe: Timeframe;
  readonly calendar: Calendar;
}

/**
 * The bars of a run: rolled up from the stored candles over range and warm-up, with the slice that closes inside the
 * requested range (it may be empty). Throws `market_data_unavailable` when there is not one bar, `validation_error`
 * when the stored candles are longer than the bars asked for.
 */
export function buildTimeline(options: TimelineOptions): Timeline {
  const { loaded, requestRange, warmupBars, timeframe, calendar } = options;
  const barMs = timeframeMs[timeframe];
  if (barMs < loaded.timeframeMs) throw tooCoarse(timeframe, loaded.timeframeMs);
  const range = loadRange(requestRange, { warmupBars, barMs });
  const candles = rollUp(loaded.candles, { range, timeframeMs: barMs, calendar });
  if (candles.close.length === 0) {
    throw new BacktestError("market_data_unavailable", "no market data for requested range");
  }
  return { candles, timeframeMs: barMs, slice: closingInside(candles.tsOpenMs, { barMs, requestRange }) };
}

function closingInside(
  tsOpenMs: Float64Array,
  { barMs, requestRange }: { readonly barMs: number; readonly requestRange: TimeRange },
): BarSlice {
  return {
    start: lowerBound(tsOpenMs, requestRange.startMs - barMs),
    stop: lowerBound(tsOpenMs, requestRange.endMs - barMs),
  };
}

/** Index of the first element >= `value` of an ascending array. */
function lowerBound(ascending: Float64Array, value: number): number {
  let from = 0;
  let to = ascending.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if (ascending[middle] < value) from = middle + 1;
    else to = middle;
  }
  return from;
}

function tooCoarse(timeframe: Timeframe, storedMs: number): BacktestError {
  const stored = timeframes.find((name) => timeframeMs[name] === storedMs) ?? `${storedMs / 1000} s`;
  const message = `Cannot build ${timeframe} bars from ${stored} candles`;
  return validationError(message, [{ path: "body.template.timeframe", code: "value_error", message }]);
}
