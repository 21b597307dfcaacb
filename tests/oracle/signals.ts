import { findIndicator, type Source } from "../../src/core/catalogue/mod.ts";
import { type OracleCandles, sourceSeries } from "./candles.ts";
import { indicatorSeries } from "./indicators.ts";
import {
  bandSignal,
  bodySignal,
  centeredSignal,
  compareSignal,
  deltaSignal,
  pivotSignal,
  type Signal,
  swapped,
} from "./rules.ts";

/** One indicator with all its values chosen. */
export interface ChosenIndicator {
  readonly id: string;
  readonly values: Readonly<Record<string, number | string>>;
  readonly signals: Readonly<Record<string, number>>;
}

/** Final signal of a strategy: the side on which all its indicators agree. */
export function finalSignal(candles: OracleCandles, indicators: readonly ChosenIndicator[]): Signal[] {
  const all = indicators.map((indicator) => indicatorSignal(candles, indicator));
  return Array.from(candles.close, (_, t) => {
    const first = all[0]![t]!;
    return all.every((signal) => signal[t] === first) ? first : "N";
  });
}

/** Signal of one indicator. */
export function indicatorSignal(candles: OracleCandles, chosen: ChosenIndicator): Signal[] {
  const { id, values, signals } = chosen;
  const series = indicatorSeries(id, { candles, values });
  const price = sourceSeries(candles, (values.source ?? "close") as Source);
  switch (findIndicator(id)!.rule) {
    case "compare_price_to_output":
      return compareSignal(price, series);
    case "compare_price_to_output_inverted":
      return swapped(compareSignal(price, series));
    case "compare_volume_to_output":
      return compareSignal(Array.from(candles.volume), series);
    case "sign":
      return compareSignal(series, series.map(() => 0));
    case "threshold_band":
      return bandSignal(series, { long: signals.long_threshold!, short: signals.short_threshold! });
    case "threshold_centered":
      return centeredSignal(series, { center: 1, distance: signals.abs_threshold! });
    case "delta_sign":
      return deltaSignal(series, { long: signals.long_delta_periods!, short: signals.short_delta_periods! });
    case "candle_body_direction":
      return bodySignal(series, { candles, minimum: (signals.min_body_pct ?? signals.min_body_atr)! });
    case "pivot_events":
      return pivotSignal(indicatorSeries("structure.pivot_high", { candles, values }), {
        lows: indicatorSeries("structure.pivot_low", { candles, values }),
      });
    default:
      throw new Error(`No signal oracle for ${id}`);
  }
}
