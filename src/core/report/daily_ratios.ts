import { exponential, mean, naturalLog, power, sampleDeviation } from "../numbers/mod.ts";

/** Annualised return per unit of risk, risk-free rate 0; null where it cannot be told. */
export interface DailyRatios {
  readonly sharpe: number | null;
  readonly sortino: number | null;
  /** The same risks under the compounded return, as the reference has them. */
  readonly compounded: {
    readonly sharpe: number | null;
    readonly sortino: number | null;
    readonly calmar: number | null;
  };
}

/** What the ratios are computed from. */
export interface DailyRatiosInput {
  /** Per bar. */
  readonly equity: Float64Array;
  /** See {@link lastBarsOfDays}. */
  readonly dayEnds: Int32Array;
  /** How many daily returns make a year, > 0. */
  readonly daysPerYear: number;
  /** Deepest drawdown as a fraction, null when unknown. */
  readonly maxDrawdown: number | null;
}

const dayMs = 86_400_000;
const unknown = { sharpe: null, sortino: null };
const none: DailyRatios = { ...unknown, compounded: { ...unknown, calmar: null } };

/**
 * Ratios over the returns between the last equities of UTC days. Sharpe (1994, "The Sharpe Ratio", equations 3 to 6, and
 * its section on time) divides the arithmetic mean of the returns by their sample deviation; a mean grows with the number
 * of days in a year and a deviation with its root. Sortino and Price (1994, "Performance Measurement in a Downside Risk
 * Framework") put the root of the mean square of the returns below 0, over all days, in place of the deviation. All null
 * with fewer than two returns, or where equity was not positive before the last day.
 */
export function dailyRatios({ equity, dayEnds, daysPerYear, maxDrawdown }: DailyRatiosInput): DailyRatios {
  const returns = dailyReturns(equity, dayEnds);
  if (returns === null || returns.length < 2) return none;
  const deviation = sampleDeviation(returns) * Math.sqrt(daysPerYear);
  const downside = Math.sqrt(mean(returns.map((r) => Math.min(r, 0) * Math.min(r, 0)))) *
    Math.sqrt(daysPerYear);
  const arithmetic = mean(returns) * daysPerYear;
  // not finite when a day lost everything: then nothing was left to compound
  const growth = exponential(mean(returns.map((r) => naturalLog(1 + r)))) - 1;
  const annual = returns.every((r) => 1 + r > 0) ? power(1 + growth, daysPerYear) - 1 : NaN;
  return {
    sharpe: ratio(arithmetic, deviation),
    sortino: ratio(arithmetic, downside),
    compounded: {
      sharpe: ratio(annual, deviation),
      sortino: ratio(annual, downside),
      calmar: maxDrawdown === null ? null : ratio(annual, maxDrawdown),
    },
  };
}

/**
 * Growth over a time as the yearly rate that compounds to it, as a fraction; `growth` is the last over the first value.
 * Null when nothing is left, or no time has gone by. A year has 365 days of 24 hours.
 */
export function annualReturn({ growth, elapsedMs }: {
  readonly growth: number;
  readonly elapsedMs: number;
}): number | null {
  if (!(growth > 0) || !(elapsedMs > 0)) return null;
  const rate = power(growth, 365 * dayMs / elapsedMs) - 1;
  return Number.isFinite(rate) ? rate : null;
}

/** A risk below this fraction is rounding of the account arithmetic, as a fall is in drawdown(), and a ratio over it noise. */
export const roundingRisk = 1e-12;

/** A return per risk; null without either, or where there was no risk. */
export function ratio(numerator: number | null, risk: number | null): number | null {
  if (numerator === null || risk === null || !(risk > roundingRisk)) return null;
  const value = numerator / risk;
  return Number.isFinite(value) ? value : null;
}

/**
 * The last bar of each UTC day that has bars. A bar belongs to the day in which it closes, so one that closes at midnight
 * opens the new day; days without a bar are not filled.
 */
export function lastBarsOfDays(closeTsMs: Float64Array): Int32Array<ArrayBuffer> {
  const bars: number[] = [];
  let dayEndMs = -Infinity;
  for (let i = 0; i < closeTsMs.length; i++) {
    if (closeTsMs[i]! >= dayEndMs) dayEndMs = (Math.floor(closeTsMs[i]! / dayMs) + 1) * dayMs;
    if (i + 1 === closeTsMs.length || closeTsMs[i + 1]! >= dayEndMs) bars.push(i);
  }
  return Int32Array.from(bars);
}

/** Null where a return has no meaning: equity before it is not positive, or something is not finite. */
function dailyReturns(equity: Float64Array, dayEnds: Int32Array): Float64Array | null {
  const returns = new Float64Array(Math.max(0, dayEnds.length - 1));
  for (let day = 0; day < returns.length; day++) {
    const previous = equity[dayEnds[day]!]!;
    const value = equity[dayEnds[day + 1]!]! / previous - 1;
    if (!(previous > 0) || !Number.isFinite(value)) return null;
    returns[day] = value;
  }
  return returns;
}
