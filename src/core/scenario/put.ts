import { exponential, naturalLog } from "../numbers/mod.ts";
import { normalCdf } from "./normal.ts";

/** A European put and the market it is priced in. */
export interface PutTerms {
  /** Price of the underlying, > 0. */
  readonly spot: number;
  /** > 0. */
  readonly strike: number;
  /** Time to expiry; at 0 or less it is worth what it pays at once. */
  readonly years: number;
  /** Continuous yearly fractions. */
  readonly riskFreeRate: number;
  readonly dividendYield: number;
  /** Deviation of yearly log returns, a fraction >= 0. */
  readonly volatility: number;
}

/**
 * Value of a European put on one unit: Black and Scholes (1973) with a continuous dividend yield (Merton 1973). With
 * `d1 = (ln(S/K) + (r - q + v^2/2) T) / (v sqrt T)` and `d2 = d1 - v sqrt T` it is
 * `K e^(-rT) N(-d2) - S e^(-qT) N(-d1)`, and without volatility what the forward price leaves of the strike.
 */
export function putPrice(
  { spot, strike, years, riskFreeRate, dividendYield, volatility }: PutTerms,
): number {
  if (years <= 0) return Math.max(strike - spot, 0);
  const deviation = volatility * Math.sqrt(years);
  const strikeNow = strike * exponential(-riskFreeRate * years);
  const spotNow = spot * exponential(-dividendYield * years);
  const least = Math.max(strikeNow - spotNow, 0);
  if (deviation === 0) return least;
  const drift = (riskFreeRate - dividendYield + volatility * volatility / 2) * years;
  const d1 = (naturalLog(spot / strike) + drift) / deviation;
  const d2 = d1 - deviation;
  // no put is worth less; with next to no volatility the difference is nothing but rounding
  return Math.max(strikeNow * normalCdf(-d2) - spotNow * normalCdf(-d1), least);
}
