import { naturalLog, sampleDeviation } from "../numbers/mod.ts";

/** Daily returns that a realised volatility is of. */
export const realizedReturns = 60;

/** With fewer of them the default stands in. */
export const realizedReturnsMin = 20;

/** What the volatility of each day is told from. */
export interface RealizedInput {
  /** Closes > 0, the days before the first one of the path in front. */
  readonly closes: readonly number[];
  /** How many of them lie before the path. */
  readonly warmUp: number;
  /** Daily returns that make a year. */
  readonly daysPerYear: number;
  /** Where there are too few returns. */
  readonly fallback: number;
}

/** Yearly volatilities, and on how many days the fallback stood in. */
export interface RealizedVolatility {
  readonly volatilities: readonly number[];
  readonly fallbackDays: number;
}

/**
 * The realised volatility of each day of the path: the deviation (divisor n - 1) of the last 60 daily log returns up to and
 * including that day, times the square root of the days of a year; with fewer than 20 of them the fallback.
 */
export function realizedVolatility(
  { closes, warmUp, daysPerYear, fallback }: RealizedInput,
): RealizedVolatility {
  const returns = closes.slice(1).map((close, i) => naturalLog(close / closes[i]!));
  const scale = Math.sqrt(daysPerYear);
  let fallbackDays = 0;
  const volatilities = closes.slice(warmUp).map((_, day) => {
    // return i is that of close i + 1
    const last = returns.slice(Math.max(warmUp + day - realizedReturns, 0), warmUp + day);
    if (last.length >= realizedReturnsMin) return sampleDeviation(last) * scale;
    fallbackDays++;
    return fallback;
  });
  return { volatilities, fallbackDays };
}
