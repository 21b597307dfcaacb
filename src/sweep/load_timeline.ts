import { type EffectiveRequest, epochRange } from "../request/body.ts";
import {
  barGrid,
  buildTimeline,
  type BuiltTimeline,
  type DataCoverage,
  dataCoverage,
  dataWarnings,
  loadRange,
  type LongestLookback,
  type Market,
  type Timeline,
  type TimeRange,
  uncoveredRange,
  warmUpBars,
} from "../core/bars/mod.ts";
import type { CandleSource, LoadedCandles } from "../ports/candle_source.ts";

/** Where a request's candles come from and how the bars of its market are made. */
export interface TimelineSource {
  readonly candles: CandleSource;
  readonly marketOf: (marketId: number) => Market;
  readonly signal?: AbortSignal;
  /** Who runs it: his own candles of an instrument count before those of everybody. */
  readonly userId?: string | undefined;
}

/** The bars of a run and what is known of them. */
export interface LoadedTimeline {
  readonly timeline: Timeline;
  readonly data: DataCoverage;
  /** The requested range, clipped to the data where these do not cover it: what the figures are of. */
  readonly coveredRange: TimeRange;
  /** Bars used before the range where there are as many: as asked for, or what the longest lookback needs. */
  readonly warmupBars: number;
  /** Whether the source has a volume at all. */
  readonly hasVolume: boolean;
  /** What the source and the roll-up have to say. */
  readonly warnings: readonly string[];
}

/** What a timeline is loaded for. */
export interface TimelineRequest extends Pick<EffectiveRequest, "time_range" | "template" | "warmup_bars"> {
  /** Of the indicators that run on it; the longest one is loaded before the range, too. */
  readonly lookbacks: readonly LongestLookback[];
  /** Further columns that its rules read. */
  readonly columns?: readonly string[];
}

/**
 * Loads a request's candles with warm-up and rolls them up to its timeframe. In a market with sessions more and more time
 * is loaded until there are `warmupBars` bars before the range, or no more candles. Rejects with
 * `no_candles` when there are none, with `validation_error` when the stored candles do not fit the
 * timeframe.
 */
export async function loadTimeline(
  request: TimelineRequest,
  { candles, marketOf, signal, userId }: TimelineSource,
): Promise<LoadedTimeline> {
  const { template: { instrument_id: instrument, timeframe }, lookbacks, columns = [] } = request;
  const timeRange = epochRange(request.time_range);
  const warmupBars = warmUpBars(request.warmup_bars, lookbacks);
  const market = marketOf(instrument.market_id);
  const grid = barGrid(timeframe, market.dayStart);
  const taken: LoadedCandles[] = [];
  const load = async (barsBack: number) => {
    const range = loadRange(timeRange, { warmupBars: barsBack, grid });
    const loaded = await candles.load(
      { instrument, range, grid, columns, userId },
      signal ? { signal } : {},
    );
    taken.push(loaded);
    const { covers } = loaded;
    if (timeRange.startMs >= covers.endMs || timeRange.endMs <= covers.startMs) {
      throw uncoveredRange({ instrument, range: timeRange, covers });
    }
    const built = buildTimeline({
      loaded,
      range,
      requestRange: timeRange,
      warmupBars,
      timeframe,
      market,
      marketId: instrument.market_id,
    });
    return { loaded, built, complete: market.calendar === "continuous" || covers.startMs >= range.startMs };
  };
  try {
    let barsBack = market.calendar === "continuous" ? warmupBars : warmupBars * sessionsReach;
    let { loaded, built, complete } = await load(barsBack);
    while (!complete && built.historyBars < warmupBars) {
      barsBack *= 4;
      ({ loaded, built, complete } = await load(barsBack));
    }
    return described({ loaded, built }, { requestRange: timeRange, warmupBars, lookbacks, market });
  } finally {
    for (const rows of taken) candles.release?.(rows);
  }
}

/** A first guess: markets with sessions have bars about a third of the time. */
const sessionsReach = 3;

function described(
  { loaded, built }: { readonly loaded: LoadedCandles; readonly built: BuiltTimeline },
  { requestRange, warmupBars, lookbacks, market }: Pick<TimelineRequest, "lookbacks"> & {
    readonly requestRange: TimeRange;
    readonly warmupBars: number;
    readonly market: Market;
  },
): LoadedTimeline {
  const coverage = dataCoverage({
    built,
    requestRange,
    calendar: market.calendar,
    hours: market.hours,
    stored: loaded,
  });
  return {
    timeline: built.timeline,
    data: loaded.own ? { ...coverage.data, candles: "own" } : coverage.data,
    coveredRange: coverage.range,
    warmupBars,
    hasVolume: loaded.hasVolume,
    warnings: [
      ...loaded.warnings,
      ...dataWarnings({ built, coverage, requestRange, calendar: market.calendar, lookbacks }),
    ],
  };
}
