import {
  type DataCoverage,
  type Market,
  returnsPerYear,
  type Timeline,
  type TimeRange,
  usualDaysPerYear,
} from "../core/bars/mod.ts";
import { requireVolume } from "../core/catalogue/mod.ts";
import { BacktestError } from "../core/errors/mod.ts";
import { findIndicator } from "../core/catalogue/mod.ts";
import { candlesChangedError, firstBars, type Run, timelineHash } from "../core/run/mod.ts";
import type { CandleSource } from "../ports/candle_source.ts";
import type { IndicatorCompute } from "../ports/indicator_compute.ts";
import { type EffectiveRun, readStoredRun, runLookbacks } from "../request/run.ts";
import { loadTimeline } from "../sweep/load_timeline.ts";

/** What is known of the bars of a run since they were first loaded; stored with it. */
export interface LoadedFacts {
  readonly data: DataCoverage;
  readonly warnings: readonly string[];
  /** What the figures are of. */
  readonly range: TimeRange;
  readonly warmupBars: number;
  readonly daysPerYear: number;
}

/** The bars of a run as its agent sees them and its decisions are traded on them; the same for as long as it lives. */
export interface RunTape {
  readonly request: EffectiveRun;
  readonly timeline: Timeline;
  /** Of the request's indicators, in its order, a value per bar of the series. */
  readonly series: readonly Float32Array[];
  readonly candlesHash: string;
  readonly facts: LoadedFacts;
}

/** Where bars come from. */
export interface TapeDeps {
  readonly candles: CandleSource;
  readonly indicators: IndicatorCompute;
  readonly marketOf: (marketId: number) => Market;
}

/** Who wants the bars. */
export type TapeRun = Pick<Run, "requestJson" | "userId" | "candlesHash" | "sliceBars" | "loadedJson">;

/** A run whose candles are others than those that it was begun with. */
export class CandlesChanged extends BacktestError {
  constructor() {
    const { message, details } = candlesChangedError();
    super("market_data_unavailable", message, { details });
  }
}

/**
 * Loads the bars of a run and computes its indicators. Rejects with `no_candles`, `validation_error` or
 * `market_data_unavailable` as loading a sweep's does, and with {@link CandlesChanged} when they are not those that the run
 * was first loaded with. What a source has been given since is left away.
 */
export async function loadTape(
  run: TapeRun,
  { signal, ...deps }: TapeDeps & { readonly signal?: AbortSignal },
): Promise<RunTape> {
  const request = readStoredRun(run.requestJson);
  const { instrument_id, timeframe, time_range } = request;
  const { lookbacks, warmupBars } = runLookbacks(request);
  const loaded = await loadTimeline(
    { time_range, template: template(request), warmup_bars: warmupBars, lookbacks },
    { ...deps, userId: run.userId, ...(signal && { signal }) },
  );
  const indicatorIds = request.indicators.map(({ indicator_id }) => indicator_id);
  requireVolume({ indicatorIds, hasVolume: loaded.hasVolume, instrument: instrument_id });
  const { slice } = loaded.timeline;
  const timeline = firstBars(loaded.timeline, run.sliceBars ?? slice.stop - slice.start);
  const candlesHash = timelineHash(timeline);
  if (run.candlesHash !== null && candlesHash !== run.candlesHash) throw new CandlesChanged();
  const { calendar } = deps.marketOf(instrument_id.market_id);
  return {
    request,
    timeline,
    series: request.indicators.map((point) => seriesOf(point, { timeline, deps })),
    candlesHash,
    facts: run.loadedJson === null
      ? {
        data: loaded.data,
        warnings: loaded.warnings,
        range: loaded.coveredRange,
        warmupBars: loaded.warmupBars,
        daysPerYear: returnsPerYear(request.days_per_year ?? usualDaysPerYear[calendar], timeframe),
      }
      : factsOf(run.loadedJson),
  };
}

/** Facts as they are stored. */
export function storedFacts({ data, warnings, range, warmupBars, daysPerYear }: LoadedFacts) {
  return { data, warnings, range, warmup_bars: warmupBars, days_per_year: daysPerYear };
}

/** Facts as they were stored. */
export function factsOf(loadedJson: Readonly<Record<string, unknown>>): LoadedFacts {
  const { data, warnings, range, warmup_bars, days_per_year } = loadedJson as unknown as ReturnType<
    typeof storedFacts
  >;
  return { data, warnings, range, warmupBars: warmup_bars, daysPerYear: days_per_year };
}

/** Bytes that a tape holds. */
export function tapeBytes({ timeline, series }: RunTape): number {
  const bars = timeline.candles.close.length;
  return bars * (barBytes + (timeline.tsCloseMs ? 8 : 0) + series.length * 4);
}

/** The f64 open and five f32 values. */
const barBytes = 8 + 5 * 4;

function template({ instrument_id, timeframe, direction_mode, sizing_mode, execution }: EffectiveRun) {
  return {
    instrument_id,
    timeframe,
    direction_mode,
    sizing_mode,
    execution,
    indicator_grids: [],
    signal_grids: {},
  };
}

function seriesOf(
  { indicator_id: id, inputs, params }: EffectiveRun["indicators"][number],
  { timeline, deps }: { readonly timeline: Timeline; readonly deps: TapeDeps },
): Float32Array {
  const values = { ...params, ...(inputs.source === undefined ? {} : { source: inputs.source }) };
  return deps.indicators.series({ id, values, output: findIndicator(id)!.output }, timeline.candles);
}
