import { lookAheadWarnings, requireVolume } from "../core/catalogue/mod.ts";
import { type ChoiceRequest, chooseIndicator } from "../core/grid/mod.ts";
import type { CandleSource } from "../ports/candle_source.ts";
import type { IndicatorCompute } from "../ports/indicator_compute.ts";

/** One output of an indicator over stored candles, bar by bar. */
export interface IndicatorSeries {
  readonly id: string;
  readonly tsOpenMs: Float64Array;
  /** f32 values; NaN where there is none. */
  readonly values: Float32Array;
  /** Of the indicator, see `lookAheadWarnings`, then of the candles. */
  readonly warnings: readonly string[];
}

/** Where candles come from, and what computes. */
export interface IndicatorSeriesDeps {
  readonly candles: CandleSource;
  readonly indicators: IndicatorCompute;
}

/**
 * Computes one indicator over all stored rows as they are: no rollup, no filled gaps. Rejects with `validation_error`
 * for a choice its definition does not allow or malformed candles, with `no_candles` when there are none.
 */
export async function indicatorSeries(
  request: ChoiceRequest,
  deps: IndicatorSeriesDeps,
): Promise<IndicatorSeries> {
  const { definition: { id }, values, output } = chooseIndicator(request);
  const { candles, warnings, hasVolume } = await deps.candles.load({
    instrument: anyInstrument,
    range: allTime,
  });
  requireVolume({ indicatorIds: [id], hasVolume });
  return {
    id,
    tsOpenMs: candles.tsOpenMs,
    values: deps.indicators.series({ id, values, output }, candles),
    warnings: [...lookAheadWarnings([id]), ...warnings],
  };
}

/** A single file stands for every instrument. */
const anyInstrument = { market_id: 1, symbol: "ANY" };

/** All times a `Date` can hold. */
const allTime = { startMs: -8.64e15, endMs: 8.64e15 };
