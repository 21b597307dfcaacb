/**
 * The figures of one variant: equity, drawdown, ratios, report rows.
 * @module
 */
export { drawdown } from "./drawdown.ts";
export { type EquityCurve, equityCurve } from "./equity.ts";
export type { ReportRow } from "./report.ts";
export { type ReportDesk, reportDesk } from "./report_desk.ts";
export { type ReportedVariant, reportVariant, type ReportWish } from "./reported_variant.ts";
export { withTimes } from "./trade_times.ts";
export { figureTexts, flagTexts, inMetricOrder, type VariantMetrics } from "./variant_metrics.ts";
