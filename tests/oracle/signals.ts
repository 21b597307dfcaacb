import { findIndicator } from "../../src/core/catalogue.ts";
import type { Source } from "../../src/core/catalogue/definition.ts";
import { type OracleCandles, sourceSeries } from "./candles.ts";
import { indicatorSeries } from "./indicators.ts";

/** Signal of one bar. */
export type Signal = "L" | "S" | "N";

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
    const first = all[0][t];
    return all.every((signal) => signal[t] === first) ? first : "N";
  });
}

/** Signal of one indicator. */
export function indicatorSignal(candles: OracleCandles, { id, values, signals }: ChosenIndicator): Signal[] {
  const series = indicatorSeries(id, { candles, values });
  switch (findIndicator(id)!.rule) {
    case "compare_price_to_output":
      return compareSignal(sourceSeries(candles, (values.source ?? "close") as Source), series);
    case "sign":
      return compareSignal(series, series.map(() => 0));
    case "threshold_band":
      return bandSignal(series, { long: signals.long_threshold, short: signals.short_threshold });
    default:
      throw new Error(`No signal oracle for ${id}`);
  }
}

/** Long where `price > series`. */
export function compareSignal(price: readonly number[], series: readonly number[]): Signal[] {
  return series.map((x, t) => {
    if (!Number.isFinite(x) || !Number.isFinite(price[t])) return "N";
    return decide({ long: price[t] > x, short: price[t] < x });
  });
}

/** Long at or beyond the long threshold, in the direction that leads away from the short one. */
export function bandSignal(
  series: readonly number[],
  { long, short }: { readonly long: number; readonly short: number },
): Signal[] {
  const [longAt, shortAt] = [Math.fround(long), Math.fround(short)];
  return series.map((x) => {
    if (!Number.isFinite(x)) return "N";
    return long <= short
      ? decide({ long: x <= longAt, short: x >= shortAt })
      : decide({ long: x >= longAt, short: x <= shortAt });
  });
}

function decide({ long, short }: { readonly long: boolean; readonly short: boolean }): Signal {
  if (long === short) return "N";
  return long ? "L" : "S";
}
