import type { Trade } from "../execution/mod.ts";

/** What variants can be ranked by. */
export type RankingMetric =
  | "total_return_pct"
  | "max_drawdown_pct"
  | "return_over_max_drawdown"
  | "profit_factor";

/** All ranking metrics, in the order error messages list them. */
export const rankingMetrics: readonly RankingMetric[] = [
  "total_return_pct",
  "max_drawdown_pct",
  "return_over_max_drawdown",
  "profit_factor",
];

/** By what variants are ranked; the variant key decides what both metrics leave open. */
export interface RankingOrder {
  readonly primary: RankingMetric;
  /** Never the primary one; null for none. */
  readonly secondary: RankingMetric | null;
  /** Trades a variant without a losing one must have to be ranked by its infinite profit factor, >= 1. */
  readonly minTrades: number;
}

/** Trades that make a profit factor infinite where nothing is said about it. */
export const usualMinTrades = 1;

/** Most trades that may be asked for. */
export const minTradesMax = 1_000_000_000;

/** The order of a request and a config that say nothing about it. */
export const byTotalReturn: RankingOrder = {
  primary: "total_return_pct",
  secondary: null,
  minTrades: usualMinTrades,
};

/** Whether an order looks at the profit factor. */
export function ranksByProfitFactor(
  { primary, secondary }: Pick<RankingOrder, "primary" | "secondary">,
): boolean {
  return primary === "profit_factor" || secondary === "profit_factor";
}

/** Whether an order looks at the total return and nothing else, which is the cheapest to score. */
export function ranksByReturnAlone({ primary, secondary }: RankingOrder): boolean {
  return primary === "total_return_pct" && secondary === null;
}

/** The figures of one variant that the metrics are made of. */
export interface VariantMeasures {
  readonly totalReturnPct: number;
  /** Deepest drawdown at bar closes in percent; null where the report has none. */
  readonly maxDrawdownPct: number | null;
  /** Sums of the net profits above and below 0, in trade order, in quote. */
  readonly grossProfit: number;
  readonly grossLoss: number;
  readonly trades: number;
}

/**
 * A variant's value of a metric; null where a denominator is 0 or the drawdown is missing. A profit factor of profits
 * without a loss is infinite.
 */
export function metricValue(metric: RankingMetric, measures: VariantMeasures): number | null {
  const { totalReturnPct, maxDrawdownPct, grossProfit, grossLoss } = measures;
  switch (metric) {
    case "total_return_pct":
      return totalReturnPct;
    case "max_drawdown_pct":
      return maxDrawdownPct;
    case "return_over_max_drawdown":
      return maxDrawdownPct === null || maxDrawdownPct === 0 ? null : totalReturnPct / maxDrawdownPct;
    case "profit_factor":
      if (grossLoss === 0) return grossProfit > 0 ? Infinity : null;
      return grossProfit / Math.abs(grossLoss);
  }
}

/**
 * A metric's value as a number of which more is better: drawdowns turn their sign, a missing value is `-Infinity` and
 * so comes last.
 */
export function goodness(metric: RankingMetric, value: number | null): number {
  if (value === null) return -Infinity;
  return metric === "max_drawdown_pct" ? 0 - value : value;
}

/** A metric's value of its goodness; null where it is missing. */
export function valueOfGoodness(metric: RankingMetric, good: number): number | null {
  if (good === -Infinity) return null;
  return metric === "max_drawdown_pct" ? 0 - good : good;
}

/** Whether more of a metric is better, or less. */
export function directionOf(metric: RankingMetric): "max" | "min" {
  return metric === "max_drawdown_pct" ? "min" : "max";
}

/**
 * Goodness of a variant's primary and secondary metric; 0 without a secondary one. Of fewer trades than the order wants
 * an infinite profit factor is a missing one.
 */
export function merit(
  order: RankingOrder,
  measures: VariantMeasures,
): { readonly score: number; readonly secondary: number } {
  const { primary, secondary, minTrades } = order;
  const ranked = (metric: RankingMetric) => {
    const value = metricValue(metric, measures);
    return goodness(metric, value === Infinity && measures.trades < minTrades ? null : value);
  };
  return { score: ranked(primary), secondary: secondary === null ? 0 : ranked(secondary) };
}

/** The measures of a replayed variant whose report says how deep its drawdown was. */
export function measuresOf(
  replay: { readonly trades: readonly Trade[]; readonly total_return_pct: number },
  maxDrawdownPct: number | null,
): VariantMeasures {
  const nets = replay.trades.map((trade) => trade.net_pnl_quote);
  return { totalReturnPct: replay.total_return_pct, maxDrawdownPct, ...profitAndLoss(nets) };
}

/** Sums of the net profits above and below 0 of some trades, in the order given, and how many these are. */
export function profitAndLoss(
  nets: ArrayLike<number>,
): Pick<VariantMeasures, "grossProfit" | "grossLoss" | "trades"> {
  let grossProfit = 0;
  let grossLoss = 0;
  for (let i = 0; i < nets.length; i++) {
    if (nets[i]! > 0) grossProfit += nets[i]!;
    else grossLoss += nets[i]!;
  }
  return { grossProfit, grossLoss, trades: nets.length };
}
