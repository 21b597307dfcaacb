import type { Timeline, TimeRange } from "../core/candles.ts";
import type { EffectiveRequest } from "../core/effective_request.ts";
import { type Calendar, timeframeMs } from "../core/timeframe.ts";
import { buildTimeline, loadRange } from "../core/timeline.ts";
import { uncoveredRange } from "../core/uncovered_range.ts";
import type { CandleSource } from "../ports/candle_source.ts";

/** Where a request's candles come from and what an empty bucket of its market means. */
export interface TimelineSource {
  readonly candles: CandleSource;
  readonly calendarOf: (marketId: number) => Calendar;
  readonly signal?: AbortSignal;
}

/** The bars of a request, and what their source says about them. */
export interface LoadedTimeline {
  readonly timeline: Timeline;
  /** `code: sentence` each; see `StoredSeries`. */
  readonly warnings: readonly string[];
  readonly hasVolume: boolean;
}

/**
 * Loads a request's candles with warm-up and rolls them up to its timeframe. Rejects with `market_data_unavailable` when
 * there are none, with `validation_error` when the timeframe is shorter than the stored candles'.
 */
export async function loadTimeline(
  { timeRange, template, warmupBars }: Pick<EffectiveRequest, "timeRange" | "template" | "warmupBars">,
  { candles, calendarOf, signal }: TimelineSource,
): Promise<LoadedTimeline> {
  const { instrument_id: instrument, timeframe } = template;
  const range = loadRange(timeRange, { warmupBars, barMs: timeframeMs[timeframe] });
  const loaded = await candles.load({ instrument, range }, signal ? { signal } : {});
  const calendar = calendarOf(instrument.market_id);
  if (!overlap(timeRange, loaded.covers)) {
    throw uncoveredRange({ instrument, range: timeRange, covers: loaded.covers });
  }
  const timeline = buildTimeline({ loaded, requestRange: timeRange, warmupBars, timeframe, calendar });
  return { timeline, warnings: loaded.warnings, hasVolume: loaded.hasVolume };
}

function overlap(a: TimeRange, b: TimeRange): boolean {
  return a.startMs < b.endMs && b.startMs < a.endMs;
}
