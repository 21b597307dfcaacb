import { mean, sampleDeviation } from "../numbers/mod.ts";
import { roundingRisk } from "./daily_ratios.ts";

/** Trades of a variant, an entry per trade in each column. */
export interface TradeProfits {
  /** Net profits in quote. */
  readonly nets: Float64Array;
  /** What was put into each trade, in quote, > 0. */
  readonly quotes: Float64Array;
}

/**
 * Tharp's system quality number, `sqrt(trades) * mean / deviation` of the net profits in quote. Null with fewer than two
 * trades, and where the profits are equal, or differ by no more of what was put into a trade than rounding makes of it.
 */
export function systemQuality({ nets, quotes }: TradeProfits): number | null {
  const deviation = sampleDeviation(nets);
  let largest = 0;
  for (const quote of quotes) if (quote > largest) largest = quote;
  if (!(deviation > roundingRisk * largest)) return null;
  const value = Math.sqrt(nets.length) * mean(nets) / deviation;
  return Number.isFinite(value) ? value : null;
}
