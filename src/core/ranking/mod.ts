/**
 * Which variants are kept, and in which order.
 * @module
 */
export { type Folded, FoldedRanking } from "./folded_ranking.ts";
export { comparedPreselect, countMissed, type Preselect, shippedPreselect } from "./preselect.ts";
export { BoundedRanking, type Ranked, selectionScore } from "./ranking.ts";
export {
  byTotalReturn,
  directionOf,
  measuresOf,
  merit,
  metricValue,
  minTradesMax,
  profitAndLoss,
  type RankingMetric,
  rankingMetrics,
  type RankingOrder,
  ranksByProfitFactor,
  ranksByReturnAlone,
  usualMinTrades,
  valueOfGoodness,
  type VariantMeasures,
} from "./ranking_metric.ts";
