import type { RunContext } from "../answers/run.ts";
import { inMemberOrder } from "../core/text/mod.ts";
import { tradeMembers } from "../core/execution/mod.ts";
import { withTimes } from "../core/report/mod.ts";
import {
  barsOf,
  deadlineMs,
  dueExit,
  portfolioAt,
  type Run,
  type StepCodes,
  valuesOf,
  windowAt,
} from "../core/run/mod.ts";
import { canonicalJson, sha256Hex } from "../core/text/mod.ts";
import type { SignalReplay } from "../ports/signal_replay.ts";
import { timeText } from "./run_view.ts";
import type { RunTape } from "./tape.ts";
import { barOf, closeMsOf, type MidwayTrades, tradesUpTo } from "./trade_run.ts";

/** Closed trades that an agent is shown. */
const recentTradesMax = 5;

const decisionFormat = { action: "long|short|flat|hold" } as const;

/** What is shown of a run that does not wait for a decision. */
export function closedContext(run: Run): RunContext {
  return {
    schema_version: 1,
    run_id: run.runId,
    state: run.state,
    phase: run.phase,
    step_index: run.stepIndex,
    total_steps: run.totalSteps,
    bar_index: null,
    close_ts: null,
    decision_deadline_at: null,
    decision_timeout_seconds: run.kind === "scenario"
      ? null
      : Number(run.requestJson.decision_timeout_seconds),
    bars: null,
    indicators: null,
    portfolio: null,
    risk_exit_due: null,
    recent_trades: [],
    decision_format: decisionFormat,
  };
}

/** What a waiting run is made of. */
export interface OpenStep {
  readonly run: Run;
  readonly tape: RunTape;
  /** Its steps so far. */
  readonly steps: StepCodes;
  readonly replay: SignalReplay;
}

/**
 * What the agent of a waiting run may see: a function of its request, its bars and its steps, and of no bar after that of
 * the open step. Null where its account cannot be told, since something would have been traded where nothing can be.
 */
export function openContext(open: OpenStep): RunContext | null {
  const { run, tape, steps } = open;
  const { request, timeline } = tape;
  const bar = barOf(run.stepIndex, tape);
  // the side before is kept, so that nothing closes on this bar but what its close triggers by itself
  const trades: MidwayTrades = tradesUpTo(run.stepIndex, { ...open, steps: steps.slice(0, run.stepIndex) });
  if ("badBar" in trades) return null;
  const window = windowAt(bar, request.lookback_bars);
  const closeMs = closeMsOf(tape);
  const closed = trades.filter(({ exit_bar_index }) => exit_bar_index < bar).slice(-recentTradesMax);
  return {
    ...closedContext(run),
    bar_index: bar,
    close_ts: timeText(closeMs(bar)),
    decision_deadline_at: timeText(deadlineMs(run)),
    bars: barsOf(timeline.candles, window).map(([ts, ...values]) => [ts, ...values]),
    indicators: request.indicators.map(({ indicator_id }, i) => ({
      indicator_id,
      values: valuesOf(tape.series[i]!, window),
    })),
    portfolio: portfolioAt({
      trades,
      initCash: request.execution.init_cash_quote,
      bar: bar - 1,
      close: timeline.candles.close[bar]!,
      closeMs,
    }),
    risk_exit_due: dueExit(trades, bar),
    recent_trades: withTimes(closed, timeline).map((trade) => inMemberOrder(trade, tradeMembers)),
  };
}

/** Names what an agent was shown; the deadline is none of it. */
export function contextRef({ decision_deadline_at: _, ...shown }: RunContext): string {
  return `sha256:${sha256Hex(canonicalJson(shown))}`;
}
