import type { Timeline, TimeRange } from "./candles.ts";
import { dailyRatios } from "./daily_ratios.ts";
import { drawdown } from "./drawdown.ts";
import type { EquityCurve } from "./equity.ts";
import type { Trade } from "./execution.ts";
import type { MetricFormat } from "./report_format.ts";
import { mean, sampleDeviation } from "./statistics.ts";

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
  readonly curve: EquityCurve;
  /** In trade-id order. */
  readonly trades: readonly Trade[];
  readonly timeline: Timeline;
  readonly initCash: number;
  /** The range as requested, which need not lie on bars. */
  readonly requestRange: TimeRange;
}

/** Computes the 25 metrics; formulas in `docs/execution.md`. */
export function rawMetrics(input: MetricsInput): RawMetrics {
  const { curve, trades, initCash, requestRange } = input;
  const { equity, closeTsMs } = curve;
  const finalEquity = equity.length === 0 ? initCash : equity[equity.length - 1];
  const fall = drawdown(curve);
  const ratios = dailyRatios({ equity, closeTsMs, maxDrawdown: fall?.max ?? null });
  return {
    "Start": requestRange.startMs,
    "End": requestRange.endMs,
    "Duration": requestRange.endMs - requestRange.startMs,
    "Init. Cash": initCash,
    "Total Profit": finalEquity - initCash,
    "Total Return [%]": (finalEquity / initCash - 1) * 100,
    "Benchmark Return [%]": benchmarkReturnPct(input.timeline),
    "Position Coverage [%]": percent(coverage(curve.havePosition)),
    "Max. Drawdown [%]": percent(fall?.max ?? null),
    "Avg. Drawdown [%]": percent(fall?.average ?? null),
    "Max. Drawdown Duration": fall?.longestMs ?? null,
    "Avg. Drawdown Duration": fall?.averageMs ?? null,
    "Num. Trades": trades.length,
    ...tradeMetrics(trades, input.timeline),
    "Gross Exposure": averageExposure(curve.exposureFrac),
    "Sharpe Ratio": ratios.sharpe,
    "Sortino Ratio": ratios.sortino,
    "Calmar Ratio": ratios.calmar,
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

function tradeMetrics(trades: readonly Trade[], timeline: Timeline): TradeMetrics {
  if (trades.length === 0) return noTrades;
  const { tsOpenMs } = timeline.candles;
  const nets = trades.map((trade) => trade.net_pnl_quote);
  const returns = trades.map((trade) => trade.net_pnl_quote / trade.entry_quote_amount * 100);
  // both ends are bar closes one timeframe after their opens, so the opens give the same difference
  const lengthsMs = trades.map((trade) => tsOpenMs[trade.exit_bar_index] - tsOpenMs[trade.entry_bar_index]);
  const average = mean(returns);
  return {
    "Win Rate [%]": nets.filter((net) => net > 0).length / nets.length * 100,
    "Best Trade [%]": returns.reduce((a, b) => Math.max(a, b)),
    "Worst Trade [%]": returns.reduce((a, b) => Math.min(a, b)),
    "Avg. Trade [%]": average,
    "Max. Trade Duration": lengthsMs.reduce((a, b) => Math.max(a, b)),
    "Avg. Trade Duration": Math.floor(lengthsMs.reduce((a, b) => a + b) / lengthsMs.length),
    "Expectancy": average,
    "SQN": systemQuality(nets),
  };
}

// Tharp's system quality number, over profits in quote
function systemQuality(nets: readonly number[]): number | null {
  const deviation = sampleDeviation(nets);
  return deviation === 0 ? null : finiteOrNull(Math.sqrt(nets.length) * mean(nets) / deviation);
}

// two loops rather than one over any array: these run over every bar of every reported variant, and V8 is several times
// faster where it sees one array type only
function coverage(havePosition: Uint8Array): number | null {
  let held = 0;
  for (let i = 0; i < havePosition.length; i++) held += havePosition[i];
  return finiteOrNull(held / havePosition.length);
}

function averageExposure(exposureFrac: Float64Array): number | null {
  let sum = 0;
  for (let i = 0; i < exposureFrac.length; i++) sum += exposureFrac[i];
  return finiteOrNull(sum / exposureFrac.length);
}

function benchmarkReturnPct({ candles, slice }: Timeline): number | null {
  const first = candles.close[slice.start];
  const last = candles.close[slice.stop - 1];
  return slice.start === slice.stop || !(first > 0) ? null : finiteOrNull((last / first - 1) * 100);
}

function percent(fraction: number | null): number | null {
  return fraction === null ? null : fraction * 100;
}

function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
