import {
  barGrid,
  buildTimeline,
  type BuiltTimeline,
  type CandleColumns,
  dataCoverage,
  dataWarnings,
  type Instrument,
  loadRange,
  type Market,
  type TimeRange,
  usualDaysPerYear,
} from "../core/bars/mod.ts";
import { BacktestError } from "../core/errors/mod.ts";
import { dayOfDate, noDay, realizedReturns, type ScenarioDays, scenarioDays } from "../core/scenario/mod.ts";
import { formatTimestamp, parseTimestamp } from "../core/text/mod.ts";
import type { LoadedCandles } from "../ports/candle_source.ts";
import type { ScenarioRequest } from "../request/scenario.ts";
import type { TimelineSource } from "./load_timeline.ts";

/** The days of a scenario, and what is known of their candles. */
export interface LoadedDays extends Omit<ScenarioDays, "volatilityDefault"> {
  readonly warnings: readonly string[];
}

const dayMs = 86_400_000;
const minuteMs = 60_000;

/** Stored candles may begin so much later than a scenario: markets close over holidays. */
const lateStartMs = 7 * dayMs;

/** Markets with sessions have bars on about two days of three; more is loaded, and what is not needed left out. */
const sessionsReach = 3;

/**
 * Loads the daily bars that open from the first to the last day of a scenario, and where its volatility is a realised one as
 * many before them as that needs. Rejects with `market_data_unavailable` and `available_from` where the stored candles begin more
 * than seven days after its first day, and with `no_candles` where there is no day.
 */
export async function loadDays(request: ScenarioRequest, source: TimelineSource): Promise<LoadedDays> {
  const { symbol, market_id } = request;
  const market = source.marketOf(market_id);
  const { loaded, range, days, grid } = await loadStored(request, { source, market });
  const historyBars = historyOf(request);
  const built = rethrown(request, () =>
    buildTimeline({
      loaded: { ...loaded, candles: withoutHoles(loaded.candles) },
      // a row beyond the last day would be taken for the start of a partial one, so there is none, and room for it
      range: { ...range, endMs: range.endMs + minuteMs },
      requestRange: { startMs: firstClose(days, grid), endMs: range.endMs + 1 },
      warmupBars: historyBars,
      timeframe: "1d",
      market,
      marketId: market_id,
    }));
  const { candles } = built.timeline;
  const start = candles.tsOpenMs.findIndex((openMs) => openMs >= days.startMs);
  const first = start < 0 ? candles.tsOpenMs.length : start;
  const stop = candles.tsOpenMs.findLastIndex((openMs) => openMs < days.endMs) + 1;
  const earlier = historyBars === 1 ? [] : scenarioDays(candles, { start: 0, stop: first, symbol });
  return {
    days: scenarioDays(candles, { start: first, stop, symbol }),
    earlierCloses: earlier.map(({ close }) => close),
    daysPerYear: market.daysPerYear ?? usualDaysPerYear[market.calendar],
    warnings: warningsOf(built, { loaded, days, market }),
  };
}

/** The candles with the close for a missing open, high or low: without these there would be no bar. */
function withoutHoles(candles: CandleColumns): CandleColumns {
  const filled = (column: Float32Array) =>
    column.some(Number.isNaN)
      ? column.map((value, row) => Number.isNaN(value) ? candles.close[row]! : value)
      : column;
  return { ...candles, open: filled(candles.open), high: filled(candles.high), low: filled(candles.low) };
}

interface Stored {
  readonly loaded: LoadedCandles;
  /** Of the rows that were asked for. */
  readonly range: TimeRange;
  /** From midnight UTC of the first day to that after the last. */
  readonly days: TimeRange;
  readonly grid: ReturnType<typeof barGrid>;
}

async function loadStored(
  request: ScenarioRequest,
  { source, market }: { readonly source: TimelineSource; readonly market: Market },
): Promise<Stored> {
  const { symbol, market_id, start_date, end_date } = request;
  const grid = barGrid("1d", market.dayStart);
  const days = { startMs: dayOfDate(start_date) * dayMs, endMs: (dayOfDate(end_date) + 1) * dayMs };
  const endMs = grid.bucketAt(days.endMs - 1).closeMs;
  const barsBack = historyOf(request) * (market.calendar === "sessions" ? sessionsReach : 1);
  const range = {
    startMs: loadRange({ startMs: days.startMs, endMs }, { warmupBars: barsBack, grid }).startMs,
    endMs,
  };
  const instrument: Instrument = { market_id, symbol };
  const { signal, userId } = source;
  try {
    const loaded = await source.candles.load(
      { instrument, range, grid, userId },
      signal === undefined ? {} : { signal },
    );
    requireStart(loaded.covers.startMs, { request, days });
    return { loaded, range, days, grid };
  } catch (error) {
    if (!(error instanceof BacktestError) || error.code !== "no_candles") throw error;
    const { covers_start: coversStart } = error.details;
    if (typeof coversStart === "string") requireStart(parseTimestamp(coversStart) ?? NaN, { request, days });
    throw noDay(request, { cause: error });
  }
}

/** Bars before the first day that are used; at least one, as a timeline has it. */
function historyOf({ pricing }: ScenarioRequest): number {
  return pricing.volatility === "realized" ? realizedReturns + 1 : 1;
}

/** Close of the first bar that opens in the range. */
function firstClose({ startMs }: TimeRange, grid: Stored["grid"]): number {
  const { openMs, closeMs } = grid.bucketAt(startMs);
  return openMs === startMs ? closeMs : grid.bucketAt(closeMs).closeMs;
}

function requireStart(
  firstMs: number,
  { request: { symbol, market_id, start_date }, days }: {
    readonly request: ScenarioRequest;
    readonly days: TimeRange;
  },
): void {
  if (!(firstMs > days.startMs + lateStartMs)) return;
  const available_from = formatTimestamp(firstMs);
  throw new BacktestError(
    "market_data_unavailable",
    `Cannot load candles of market ${market_id} symbol ${JSON.stringify(symbol)} from ${start_date} on: ` +
      `they begin at ${available_from}`,
    { details: { market_id, symbol, available_from } },
  );
}

function rethrown<T>(request: ScenarioRequest, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof BacktestError && error.code === "no_candles") throw noDay(request, { cause: error });
    throw error;
  }
}

function warningsOf(
  built: BuiltTimeline,
  { loaded, days, market: { calendar, hours } }: {
    readonly loaded: LoadedCandles;
    readonly days: TimeRange;
    readonly market: Market;
  },
): readonly string[] {
  const coverage = dataCoverage({ built, requestRange: days, calendar, hours, stored: loaded });
  return [
    ...loaded.warnings,
    ...dataWarnings({ built, coverage, requestRange: days, calendar, lookbacks: [] }),
  ];
}
