import { mean, sampleDeviation } from "./statistics.ts";

/** Annualised return per unit of risk, risk-free rate 0; null where it cannot be told. */
export interface DailyRatios {
  readonly sharpe: number | null;
  readonly sortino: number | null;
  readonly calmar: number | null;
}

/** Equity per bar and the deepest drawdown as a fraction, null when unknown. */
export interface DailyRatiosInput {
  readonly equity: Float64Array;
  readonly closeTsMs: Float64Array;
  readonly maxDrawdown: number | null;
}

const dayMs = 86_400_000;
const daysPerYear = 365;
const none: DailyRatios = { sharpe: null, sortino: null, calmar: null };

/**
 * Ratios over the returns between the last equities of UTC days. A bar belongs to the day in which it closes, so one
 * that closes at midnight opens the new day; days without a bar are not filled. The numerator is the geometric mean of
 * the daily returns, compounded over 365 days (crypto trades every day). Sharpe (1994) divides by the standard
 * deviation, Sortino and Price (1994) by the downside deviation over all days, Young (1991, Calmar) by the deepest
 * drawdown. All null with fewer than two returns or when equity is not positive.
 */
export function dailyRatios({ equity, closeTsMs, maxDrawdown }: DailyRatiosInput): DailyRatios {
  const returns = dailyReturns(equity, closeTsMs);
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

function ratio(numerator: number, denominator: number): number | null {
  const value = numerator / denominator;
  return denominator === 0 || !Number.isFinite(value) ? null : value;
}

function dailyReturns(equity: Float64Array, closeTsMs: Float64Array): number[] | null {
  const returns: number[] = [];
  let previous: number | null = null;
  let dayEndMs = -Infinity;
  for (let i = 0; i < equity.length; i++) {
    if (closeTsMs[i] >= dayEndMs) dayEndMs = (Math.floor(closeTsMs[i] / dayMs) + 1) * dayMs;
    const isLastOfDay = i + 1 === equity.length || closeTsMs[i + 1] >= dayEndMs;
    if (!isLastOfDay) continue;
    if (previous !== null) {
      const value = equity[i] / previous - 1;
      if (!(previous > 0) || !(1 + value > 0)) return null;
      returns.push(value);
    }
    previous = equity[i];
  }
  return returns;
}
