import { closeClock, type Timeline, type TimeRange } from "../bars/mod.ts";
import type { TradeColumns } from "../execution/mod.ts";
import { mean } from "../numbers/mod.ts";
import { annualReturn, dailyRatios, ratio } from "./daily_ratios.ts";
import { drawdown } from "./drawdown.ts";
import { summarizeEquity } from "./equity_summary.ts";
import type { ReportDesk } from "./report_desk.ts";
import type { MetricFormat } from "./report_format.ts";
import { systemQuality } from "./system_quality.ts";
import type { OtherForm } from "./variant_metrics.ts";

/** The metrics of a report and how each is printed, in the order of the table. */
export const metricFormats = {
  "Start": "date",
  "End": "date",
  "Duration": "duration",
  "Init. Cash": 2,
  "Total Profit": 2,
  "Total Return [%]": 4,
  "Benchmark Return [%]": 4,
  "Position Coverage [%]": 4,
  "Max. Drawdown [%]": 4,
  "Avg. Drawdown [%]": 4,
  "Max. Drawdown Duration": "duration",
  "Avg. Drawdown Duration": "duration",
  "Num. Trades": "integer",
  "Win Rate [%]": 4,
  "Best Trade [%]": 4,
  "Worst Trade [%]": 4,
  "Avg. Trade [%]": 4,
  "Max. Trade Duration": "duration",
  "Avg. Trade Duration": "duration",
  "Expectancy": 4,
  "SQN": 5,
  "Gross Exposure": 4,
  "Sharpe Ratio": 5,
  "Sortino Ratio": 5,
  "Calmar Ratio": 5,
} as const satisfies Readonly<Record<string, MetricFormat>>;

/** Name of a report metric. */
export type MetricName = keyof typeof metricFormats;

/** Metric values before printing: quote, percent, fraction, ms or epoch ms by name; null where there is none. */
export type RawMetrics = Readonly<Record<MetricName, number | null>>;

/** What the metrics of one variant are computed from. */
export interface MetricsInput {
  readonly desk: ReportDesk;
  readonly trades: TradeColumns;
  readonly initCash: number;
  /** The range the figures are of, which need not lie on bars; it heads the table. */
  readonly requestRange: TimeRange;
  /** How many daily returns make a year. */
  readonly daysPerYear: number;
}

/** All that is computed for a report. */
export interface ReportFigures {
  readonly rows: RawMetrics;
  /** The same things measured in another way, for which the report has no row. */
  readonly otherForms: Readonly<Record<OtherForm, number | null>>;
}

/** Computes the 25 metrics, and leaves the equity curve on the desk; formulas in `docs/execution.md`. */
export function reportFigures(input: MetricsInput): ReportFigures {
  const { desk, trades, initCash, requestRange, daysPerYear } = input;
  const { timeline, equity, dayEnds } = desk;
  const bars = equity.length;
  const { heldBars, touchedBars, exposureSum } = summarizeEquity(equity, { trades, timeline, initCash });
  const finalEquity = bars === 0 ? initCash : equity[bars - 1]!;
  const { slice } = timeline;
  const fall = drawdown({
    initCash,
    equity,
    closeTsMs: closeClock(timeline).subarray(slice.start, slice.stop),
  });
  const maxDrawdown = fall?.max ?? null;
  const ratios = dailyRatios({ equity, dayEnds, daysPerYear, maxDrawdown });
  const elapsedMs = requestRange.endMs - requestRange.startMs;
  const annual = annualReturn({ growth: finalEquity / initCash, elapsedMs });
  const rows: RawMetrics = {
    "Start": requestRange.startMs,
    "End": requestRange.endMs,
    "Duration": elapsedMs,
    "Init. Cash": initCash,
    "Total Profit": finalEquity - initCash,
    "Total Return [%]": (finalEquity / initCash - 1) * 100,
    "Benchmark Return [%]": benchmarkReturnPct(timeline),
    "Position Coverage [%]": percent(finiteOrNull(heldBars / bars)),
    "Max. Drawdown [%]": percent(maxDrawdown),
    "Avg. Drawdown [%]": percent(fall?.average ?? null),
    "Max. Drawdown Duration": fall?.longestMs ?? null,
    "Avg. Drawdown Duration": fall?.averageMs ?? null,
    "Num. Trades": trades.count,
    ...tradeMetrics(trades, timeline),
    "Gross Exposure": finiteOrNull(exposureSum / bars),
    "Sharpe Ratio": ratios.sharpe,
    "Sortino Ratio": ratios.sortino,
    "Calmar Ratio": ratio(annual, maxDrawdown),
  };
  return {
    rows,
    otherForms: {
      exposure_with_exit_bar_pct: percent(finiteOrNull(touchedBars / bars)),
      avg_drawdown_all_bars_pct: percent(fall?.allBars ?? null),
      annual_return_pct: percent(annual),
      sharpe_ratio_compounded: ratios.compounded.sharpe,
      sortino_ratio_compounded: ratios.compounded.sortino,
      calmar_ratio_compounded: ratios.compounded.calmar,
      days_per_year: daysPerYear,
    },
  };
}

type TradeMetrics = Pick<
  RawMetrics,
  | "Win Rate [%]"
  | "Best Trade [%]"
  | "Worst Trade [%]"
  | "Avg. Trade [%]"
  | "Max. Trade Duration"
  | "Avg. Trade Duration"
  | "Expectancy"
  | "SQN"
>;

const noTrades: TradeMetrics = {
  "Win Rate [%]": null,
  "Best Trade [%]": null,
  "Worst Trade [%]": null,
  "Avg. Trade [%]": null,
  "Max. Trade Duration": null,
  "Avg. Trade Duration": null,
  "Expectancy": null,
  "SQN": null,
};

function tradeMetrics(trades: TradeColumns, timeline: Timeline): TradeMetrics {
  const { count, entryBar, exitBar, entryQuote } = trades;
  if (count === 0) return noTrades;
  const clock = closeClock(timeline);
  const nets = trades.net.subarray(0, count);
  const returns = new Float64Array(count);
  let wins = 0;
  let best = -Infinity;
  let worst = Infinity;
  let longestMs = -Infinity;
  let sumMs = 0;
  for (let i = 0; i < count; i++) {
    if (nets[i]! > 0) wins++;
    returns[i] = nets[i]! / entryQuote[i]! * 100;
    best = Math.max(best, returns[i]!);
    worst = Math.min(worst, returns[i]!);
    const lengthMs = clock[exitBar[i]!]! - clock[entryBar[i]!]!;
    longestMs = Math.max(longestMs, lengthMs);
    sumMs += lengthMs;
  }
  const average = mean(returns);
  return {
    "Win Rate [%]": wins / count * 100,
    "Best Trade [%]": best,
    "Worst Trade [%]": worst,
    "Avg. Trade [%]": average,
    "Max. Trade Duration": longestMs,
    "Avg. Trade Duration": Math.floor(sumMs / count),
    "Expectancy": average,
    "SQN": systemQuality({ nets, quotes: entryQuote.subarray(0, count) }),
  };
}

function benchmarkReturnPct({ candles, slice }: Timeline): number | null {
  const first = candles.close[slice.start]!;
  const last = candles.close[slice.stop - 1]!;
  return slice.start === slice.stop || !(first > 0) ? null : finiteOrNull((last / first - 1) * 100);
}

function percent(fraction: number | null): number | null {
  return fraction === null ? null : fraction * 100;
}

function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
