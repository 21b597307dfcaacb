import { isRuined } from "../execution/mod.ts";
import { metricValue, type VariantMeasures } from "../ranking/mod.ts";
import { inMemberOrder } from "../text/mod.ts";
import type { MetricName, ReportFigures } from "./report_rows.ts";

/** Figures that measure what a row of the report measures in another way, or that a row is made of. */
export const otherFormTexts = {
  exposure_with_exit_bar_pct: "exposure_pct with the bars on which a position was closed, in percent",
  avg_drawdown_all_bars_pct: "Mean drawdown over all bars, those without one included, in percent, >= 0",
  annual_return_pct:
    "Growth per year of 365 days that compounds to the total return over the reported range, in percent",
  sharpe_ratio_compounded: "Compounded mean daily return of a year over the deviation of sharpe_ratio",
  sortino_ratio_compounded:
    "Compounded mean daily return of a year over the downside deviation of sortino_ratio",
  calmar_ratio_compounded: "Compounded mean daily return of a year over the deepest drawdown",
  days_per_year: "How many daily returns, or returns of longer bars, make a year, as the ratios have it",
} as const;

/** Name of one of {@link otherFormTexts}. */
export type OtherForm = keyof typeof otherFormTexts;

/** The figures of a ranked variant and what each is; formulas in `docs/execution.md`. */
export const figureTexts = {
  duration_ms: "Length of the reported range, in ms",
  init_cash_quote: "Cash at the start, in quote",
  total_profit_quote: "Final equity minus the cash at the start, in quote",
  total_return_pct: "Final equity over the cash at the start, minus 1, in percent",
  benchmark_return_pct:
    "Return of buying at the first close and selling at the last, without costs, in percent",
  exposure_pct: "Share of the bars at whose close a position was held, in percent",
  max_drawdown_pct: "Deepest fall of equity below its peak at bar closes, in percent, >= 0",
  avg_drawdown_pct: "Mean over the drawdown episodes of their deepest fall, in percent; null without one",
  max_drawdown_duration_ms: "Longest drawdown episode, in ms",
  avg_drawdown_duration_ms: "Mean length of the drawdown episodes, in ms",
  trades: "Number of trades",
  short_trades: "Number of trades that were short",
  win_rate_pct: "Share of the trades with a net profit above 0, in percent",
  best_trade_pct: "Largest net profit of a trade over the quote put into it, in percent",
  worst_trade_pct: "Smallest net profit of a trade over the quote put into it, in percent",
  avg_trade_pct: "Mean net profit of the trades over the quote put into each, in percent",
  max_trade_duration_ms: "Longest trade from bar close to bar close, in ms",
  avg_trade_duration_ms: "Mean length of the trades, in ms",
  expectancy_pct: "The same as avg_trade_pct, as the report has it in a row of its own",
  sqn: "System quality number over net profits in quote",
  gross_exposure: "Mean over all bars of the quote bound by a position over equity, as a fraction",
  sharpe_ratio: "Arithmetic mean of the daily returns over their deviation, annualised",
  sortino_ratio: "Arithmetic mean of the daily returns over their downside deviation, annualised",
  calmar_ratio: "annual_return_pct over max_drawdown_pct",
  return_over_max_drawdown: "total_return_pct over max_drawdown_pct; null where that is 0",
  profit_factor: "Net profits above 0 over the amount of those below 0; null without a losing trade",
  ...otherFormTexts,
} as const;

/** Name of a figure. */
export type FigureName = keyof typeof figureTexts;

/** Facts about a ranked variant that are no numbers. */
export const flagTexts = {
  ruined: "Whether nothing of the initial cash was left, or less: a total return of -100 % or below",
  profit_factor_infinite:
    "Whether there are profits and no losing trade, for which profit_factor has no number",
} as const;

/** Name of a flag. */
export type FlagName = keyof typeof flagTexts;

/** The raw figures of a ranked variant by name, in the order of {@link figureNames} and {@link flagNames}; null where a figure is undefined. */
export type VariantMetrics =
  & Readonly<Record<FigureName, number | null>>
  & Readonly<Record<FlagName, boolean>>;

/** All figures, in the order in which they are shown. */
export const figureNames = Object.keys(figureTexts) as readonly FigureName[];

/** All flags, behind the figures. */
export const flagNames = Object.keys(flagTexts) as readonly FlagName[];

/** The figure in each row of the report; its first two rows are times. */
export const figureOfRow: Readonly<Record<Exclude<MetricName, "Start" | "End">, FigureName>> = {
  "Duration": "duration_ms",
  "Init. Cash": "init_cash_quote",
  "Total Profit": "total_profit_quote",
  "Total Return [%]": "total_return_pct",
  "Benchmark Return [%]": "benchmark_return_pct",
  "Position Coverage [%]": "exposure_pct",
  "Max. Drawdown [%]": "max_drawdown_pct",
  "Avg. Drawdown [%]": "avg_drawdown_pct",
  "Max. Drawdown Duration": "max_drawdown_duration_ms",
  "Avg. Drawdown Duration": "avg_drawdown_duration_ms",
  "Num. Trades": "trades",
  "Win Rate [%]": "win_rate_pct",
  "Best Trade [%]": "best_trade_pct",
  "Worst Trade [%]": "worst_trade_pct",
  "Avg. Trade [%]": "avg_trade_pct",
  "Max. Trade Duration": "max_trade_duration_ms",
  "Avg. Trade Duration": "avg_trade_duration_ms",
  "Expectancy": "expectancy_pct",
  "SQN": "sqn",
  "Gross Exposure": "gross_exposure",
  "Sharpe Ratio": "sharpe_ratio",
  "Sortino Ratio": "sortino_ratio",
  "Calmar Ratio": "calmar_ratio",
};

/** What the metrics of a replayed variant are made of. */
export interface VariantMetricsInput {
  readonly figures: ReportFigures;
  readonly measures: VariantMeasures;
  readonly shortTrades: number;
}

/** The metrics of a replayed variant. What is not finite is undefined, and null. */
export function variantMetrics({ figures, measures, shortTrades }: VariantMetricsInput): VariantMetrics {
  const rows = Object.entries(figureOfRow).map(([row, name]) =>
    [name, figures.rows[row as MetricName]] as const
  );
  const known: Readonly<Record<string, number | null>> = {
    ...Object.fromEntries(rows),
    short_trades: shortTrades,
    return_over_max_drawdown: metricValue("return_over_max_drawdown", measures),
    profit_factor: metricValue("profit_factor", measures),
    ...figures.otherForms,
  };
  const numbers = figureNames.map((name) => [name, finiteOrNull(known[name])]);
  return {
    ...Object.fromEntries(numbers) as Record<FigureName, number | null>,
    ruined: isRuined(measures.totalReturnPct),
    profit_factor_infinite: metricValue("profit_factor", measures) === Infinity,
  };
}

/** Metrics with their members in the usual order, which not every store keeps; what a later version added comes last. */
export function inMetricOrder(metrics: VariantMetrics): VariantMetrics {
  return inMemberOrder(metrics, [...figureNames, ...flagNames]);
}

function finiteOrNull(value: number | null | undefined): number | null {
  return value !== null && value !== undefined && Number.isFinite(value) ? value : null;
}
