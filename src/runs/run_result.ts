import { closesOf } from "../core/bars/mod.ts";
import { runEquityPointsMax } from "../core/limits/mod.ts";
import { reportDesk, type ReportRow, reportVariant, withTimes } from "../core/report/mod.ts";
import { byTotalReturn } from "../core/ranking/mod.ts";
import type { JobError } from "../core/job/mod.ts";
import { type Trade, tradeColumns } from "../core/execution/mod.ts";
import {
  type DecisionUsage,
  type FinalMetrics,
  finalMetrics,
  type RunEnd,
  type StepCodes,
} from "../core/run/mod.ts";
import type { SignalReplay, UnfilledBar } from "../ports/signal_replay.ts";
import { timeText } from "./run_view.ts";
import type { RunTape } from "./tape.ts";
import { unfilledText, wholeReplay } from "./trade_run.ts";

/** What a run stores when it succeeds. */
export interface StoredResult extends Readonly<Record<string, unknown>> {
  readonly metrics: FinalMetrics;
  readonly rows: readonly ReportRow[];
  readonly trades: readonly Trade[];
  readonly equity: readonly { readonly close_ts: string; readonly equity: number }[];
}

/** A run all of whose steps are decided. */
export interface DecidedRun {
  readonly tape: RunTape;
  readonly steps: StepCodes;
  readonly replay: SignalReplay;
  readonly usages: readonly DecisionUsage[];
}

/**
 * How a run ends once its last step is decided: with the figures that a sweep has for the variant whose signals are these
 * decisions, or as failed where its last position cannot be closed.
 */
export function decidedEnd(decided: DecidedRun): Exclude<RunEnd, { readonly state: "cancelled" }> {
  const replayed = wholeReplay(decided);
  if ("badBar" in replayed) return { state: "failed", error: unfilledError(replayed, decided.tape) };
  const { tape: { request, timeline, facts }, usages } = decided;
  const desk = reportDesk(timeline);
  const trades = withTimes(replayed.trades, timeline);
  const reported = reportVariant(
    {
      trades: tradeColumns(replayed.trades),
      totalReturnPct: replayed.total_return_pct,
      storedTrades: trades,
    },
    {
      plan: { execution: request.execution, ranking: byTotalReturn },
      desk,
      requestRange: facts.range,
      daysPerYear: facts.daysPerYear,
    },
  );
  const result: StoredResult = {
    metrics: finalMetrics({
      totalReturnPct: replayed.total_return_pct,
      sharpeRatio: reported.metrics.sharpe_ratio,
      maxDrawdownPct: reported.metrics.max_drawdown_pct,
      trades: replayed.trades.length,
      equity: replayed.equity_end_quote,
      usages,
    }),
    rows: reported.rows,
    trades,
    equity: equityPoints(closesOf(timeline), desk.equity),
  };
  return { state: "succeeded", result };
}

/** Why a run fails at a bar at which nothing can be bought or sold. */
export function unfilledError(unfilled: UnfilledBar, tape: RunTape): JobError {
  return {
    code: "backtest_job_runner_failed",
    message: unfilledText(unfilled, tape),
    details: { reason: "unfilled", bar_index: unfilled.badBar },
  };
}

/** Every n-th point so that there are not too many, the last one always among them. */
function equityPoints(closeTsMs: Float64Array, equity: Float64Array): StoredResult["equity"] {
  const every = Math.ceil(equity.length / runEquityPointsMax);
  const points: { close_ts: string; equity: number }[] = [];
  for (let i = (equity.length - 1) % every; i < equity.length; i += every) {
    points.push({ close_ts: timeText(closeTsMs[i]!), equity: equity[i]! });
  }
  return points;
}
