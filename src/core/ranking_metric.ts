import type { Trade } from "./execution.ts";

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
}

/** The order of a request and a config that say nothing about it. */
export const byTotalReturn: RankingOrder = { primary: "total_return_pct", secondary: null };

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
}

/** A variant's value of a metric; null where a denominator is 0 or the drawdown is missing. */
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
      return grossLoss === 0 ? null : grossProfit / Math.abs(grossLoss);
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

/** Goodness of a variant's primary and secondary metric; 0 without a secondary one. */
export function merit(
  order: RankingOrder,
  measures: VariantMeasures,
): { readonly score: number; readonly secondary: number } {
  const { primary, secondary } = order;
  return {
    score: goodness(primary, metricValue(primary, measures)),
    secondary: secondary === null ? 0 : goodness(secondary, metricValue(secondary, measures)),
  };
}

/** The measures of a replayed variant whose report says how deep its drawdown was. */
export function measuresOf(
  replay: { readonly trades: readonly Trade[]; readonly total_return_pct: number },
  maxDrawdownPct: number | null,
): VariantMeasures {
  const nets = replay.trades.map((trade) => trade.net_pnl_quote);
  return { totalReturnPct: replay.total_return_pct, maxDrawdownPct, ...profitAndLoss(nets) };
}

/** Sums of the net profits above and below 0, in the order given. */
export function profitAndLoss(
  nets: ArrayLike<number>,
): Pick<VariantMeasures, "grossProfit" | "grossLoss"> {
  let grossProfit = 0;
  let grossLoss = 0;
  for (let i = 0; i < nets.length; i++) {
    if (nets[i] > 0) grossProfit += nets[i];
    else grossLoss += nets[i];
  }
  return { grossProfit, grossLoss };
}
