import { mean, sampleDeviation } from "./statistics.ts";

/** Annualised return per unit of risk, risk-free rate 0; null where it cannot be told. */
export interface DailyRatios {
  readonly sharpe: number | null;
  readonly sortino: number | null;
  readonly calmar: number | null;
}

/** What the ratios are computed from. */
export interface DailyRatiosInput {
  /** Per bar. */
  readonly equity: Float64Array;
  /** See {@link lastBarsOfDays}. */
  readonly dayEnds: Int32Array;
  /** Deepest drawdown as a fraction, null when unknown. */
  readonly maxDrawdown: number | null;
}

const dayMs = 86_400_000;
const daysPerYear = 365;
const none: DailyRatios = { sharpe: null, sortino: null, calmar: null };

/**
 * Ratios over the returns between the last equities of UTC days. The numerator is the geometric mean of the daily
 * returns, compounded over 365 days (crypto trades every day). Sharpe (1994) divides by the standard
 * deviation, Sortino and Price (1994) by the downside deviation over all days, Young (1991, Calmar) by the deepest
 * drawdown. All null with fewer than two returns or when equity is not positive.
 */
export function dailyRatios({ equity, dayEnds, maxDrawdown }: DailyRatiosInput): DailyRatios {
  const returns = dailyReturns(equity, dayEnds);
  if (returns === null || returns.length < 2) return none;
  const growth = Math.exp(mean(returns.map((r) => Math.log(1 + r)))) - 1;
  const annual = Math.pow(1 + growth, daysPerYear) - 1;
  if (!Number.isFinite(annual)) return none;
  const downside = Math.sqrt(mean(returns.map((r) => Math.min(r, 0) ** 2)));
  return {
    sharpe: ratio(annual, sampleDeviation(returns) * Math.sqrt(daysPerYear)),
    sortino: ratio(annual, downside * Math.sqrt(daysPerYear)),
    calmar: maxDrawdown === null ? null : ratio(annual, maxDrawdown),
  };
}

/**
 * The last bar of each UTC day that has bars. A bar belongs to the day in which it closes, so one that closes at midnight
 * opens the new day; days without a bar are not filled.
 */
export function lastBarsOfDays(closeTsMs: Float64Array): Int32Array<ArrayBuffer> {
  const bars: number[] = [];
  let dayEndMs = -Infinity;
  for (let i = 0; i < closeTsMs.length; i++) {
    if (closeTsMs[i] >= dayEndMs) dayEndMs = (Math.floor(closeTsMs[i] / dayMs) + 1) * dayMs;
    if (i + 1 === closeTsMs.length || closeTsMs[i + 1] >= dayEndMs) bars.push(i);
  }
  return Int32Array.from(bars);
}

function ratio(numerator: number, denominator: number): number | null {
  const value = numerator / denominator;
  return denominator === 0 || !Number.isFinite(value) ? null : value;
}

function dailyReturns(equity: Float64Array, dayEnds: Int32Array): Float64Array | null {
  const returns = new Float64Array(Math.max(0, dayEnds.length - 1));
  for (let day = 0; day < returns.length; day++) {
    const previous = equity[dayEnds[day]];
    const value = equity[dayEnds[day + 1]] / previous - 1;
    if (!(previous > 0) || !(1 + value > 0)) return null;
    returns[day] = value;
  }
  return returns;
}
