import { BacktestError, validationError } from "../errors/mod.ts";
import { type BarGrid, barGrid } from "./bar_grid.ts";
import type { BarSlice, Timeline, TimeRange } from "./candles.ts";
import { rollUpFurther } from "./further_columns.ts";
import { type LastBar, lastBar } from "./last_bar.ts";
import type { Market } from "./market.ts";
import { type RolledBars, rollUp } from "./rollup.ts";
import { checkStoredGrid, type OffGrid } from "./stored_grid.ts";
import { spacingText } from "./spacing.ts";
import type { StoredSeries } from "./stored_series.ts";
import type { Timeframe } from "./timeframe.ts";
import { candleTimes } from "./time_unit.ts";

const minuteMs = 60_000;
const secondMs = 1000;

/**
 * What to load for a requested range: `warmupBars` bars of the target length before it, both ends moved outwards to
 * whole minutes (of shorter bars to whole seconds), and the start to a whole bar where these are not all of one length.
 */
export function loadRange(
  requested: TimeRange,
  { warmupBars, grid }: { readonly warmupBars: number; readonly grid: BarGrid },
): TimeRange {
  const unitMs = grid.barMs % minuteMs === 0 || !grid.even ? minuteMs : secondMs;
  const beforeMs = grid.before(requested.startMs, warmupBars);
  const startMs = grid.even ? Math.floor(beforeMs / unitMs) * unitMs : beforeMs;
  return {
    // no candle is older
    startMs: Math.max(startMs, Math.min(candleTimes.startMs, requested.startMs)),
    endMs: Math.ceil(requested.endMs / unitMs) * unitMs,
  };
}

/** What a timeline is made from. */
export interface TimelineOptions {
  /** Stored candles, their spacing, and what the source covers. */
  readonly loaded: Pick<StoredSeries, "candles" | "further" | "timeframeMs" | "covers">;
  /** The range the candles were loaded for; see {@link loadRange}. */
  readonly range: TimeRange;
  /** The range as requested, without warm-up. */
  readonly requestRange: TimeRange;
  /** Bars before the range that are used, > 0; fewer are no error. In a market with sessions bars that exist. */
  readonly warmupBars: number;
  readonly timeframe: Timeframe;
  readonly market: Market;
  /** For messages. */
  readonly marketId: number;
}

/** A timeline and what is known of how it came about. */
export interface BuiltTimeline {
  readonly timeline: Timeline;
  readonly bars: RolledBars;
  readonly grid: BarGrid;
  readonly offGrid: OffGrid;
  readonly end: LastBar;
  /** Whether the last bar of the slice is one that data or range end inside of. */
  readonly tradesPartial: boolean;
  /** Bars of the series that open before the requested range. */
  readonly historyBars: number;
}

/**
 * The bars of a run: rolled up from the stored candles over range and warm-up, with the slice that closes inside the
 * requested range (it may be empty). Bars end with the data; a partial last bar is there only if the market trades it.
 * Throws `no_candles` when there is not one bar, `validation_error` when the stored candles are longer than
 * the bars asked for or do not fit into them.
 */
export function buildTimeline(options: TimelineOptions): BuiltTimeline {
  const { loaded: { candles, covers, timeframeMs: storedMs }, requestRange, timeframe, market } = options;
  const { calendar } = market;
  const grid = barGrid(timeframe, market.dayStart);
  if (grid.barMs < storedMs) throw tooCoarse(grid, storedMs);
  let range = options.range;
  const end = lastBar({ candles, storedMs, covers, range, grid, calendar });
  const tradesPartial = market.partialLastBar === "trade" && end.untilWithPartialMs > end.untilMs;
  const untilMs = tradesPartial ? end.untilWithPartialMs : end.untilMs;
  const roll = () => rollUp(candles, { range, grid, calendar, untilMs });
  let bars = roll();
  if (calendar === "sessions") {
    // how much was loaded to find so many bars must not be seen in the result
    const surplus = lowerBound(bars.candles.tsOpenMs, requestRange.startMs) - options.warmupBars;
    if (surplus > 0) {
      range = { ...range, startMs: bars.candles.tsOpenMs[surplus]! };
      bars = roll();
    }
  }
  if (bars.made.length === 0) {
    throw new BacktestError("no_candles", "no market data for requested range");
  }
  const offGrid = checkStoredGrid({ candles, storedMs, range, grid, marketId: options.marketId });
  const slice = closingInside(bars.tsCloseMs, requestRange);
  return {
    timeline: {
      candles: bars.candles,
      timeframeMs: grid.barMs,
      slice: tradesPartial ? { ...slice, stop: bars.made.length } : slice,
      ...(grid.even ? {} : { tsCloseMs: bars.tsCloseMs }),
      ...rollUpFurther(options.loaded, { bars, range }),
    },
    bars,
    grid,
    offGrid,
    end,
    tradesPartial,
    historyBars: lowerBound(bars.candles.tsOpenMs, requestRange.startMs),
  };
}

function closingInside(tsCloseMs: Float64Array, { startMs, endMs }: TimeRange): BarSlice {
  return { start: lowerBound(tsCloseMs, startMs), stop: lowerBound(tsCloseMs, endMs) };
}

/** Index of the first element >= `value` of an ascending array. */
function lowerBound(ascending: Float64Array, value: number): number {
  let from = 0;
  let to = ascending.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if (ascending[middle]! < value) from = middle + 1;
    else to = middle;
  }
  return from;
}

function tooCoarse({ timeframe }: BarGrid, storedMs: number): BacktestError {
  const stored = spacingText(storedMs);
  const message = `Cannot build ${timeframe} bars from ${stored} candles; ${stored} is the shortest`;
  return validationError(message, [{ path: "body.template.timeframe", code: "value_error", message }]);
}
