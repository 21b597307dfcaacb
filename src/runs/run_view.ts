import type { DecisionLog, ListedRuns, RunStatus } from "../answers/run.ts";
import { compareUrl, deadlineMs, type Run, sideName, type Step } from "../core/run/mod.ts";
import type { SentDecision } from "../request/run_decision.ts";

/** A run as callers see it. One function for every reader, so that all show the same. */
export function runStatus(run: Run): RunStatus {
  const { instrument_id, timeframe, time_range } = run.requestJson as Partial<
    Pick<RunStatus, "instrument_id" | "timeframe" | "time_range">
  >;
  return {
    run_id: run.runId,
    kind: run.kind,
    state: run.state,
    phase: run.phase,
    agent_name: run.agentName,
    model_name: run.modelName,
    instrument_id: instrument_id
      ? { market_id: instrument_id.market_id, symbol: instrument_id.symbol }
      : null,
    timeframe: timeframe ?? null,
    time_range: time_range ? { start: time_range.start, end: time_range.end } : null,
    step_index: run.stepIndex,
    total_steps: run.totalSteps,
    timeout_holds: run.timeoutHolds,
    decision_deadline_at: timeText(deadlineMs(run)),
    created_at: timeText(run.createdAtMs)!,
    updated_at: timeText(run.updatedAtMs)!,
    finished_at: timeText(run.finishedAtMs),
    metadata: run.metadata,
    error: run.lastErrorJson && {
      code: run.lastErrorJson.code,
      message: run.lastErrorJson.message,
      details: run.lastErrorJson.details,
    },
    metrics: run.metrics,
    baseline_run_ids: run.baselines ?? {},
    compare_url: compareUrl(run),
  };
}

/** What everybody may see of a run that was created with `listed`: that there is one, and what it is called. */
export function listedRun(run: Run): ListedRuns["items"][number] {
  const status = runStatus(run);
  return {
    run_id: status.run_id,
    kind: status.kind,
    state: status.state,
    agent_name: status.agent_name,
    model_name: status.model_name,
    instrument_id: status.instrument_id,
    timeframe: status.timeframe,
    time_range: status.time_range,
    step_index: status.step_index,
    total_steps: status.total_steps,
    created_at: status.created_at,
    finished_at: status.finished_at,
    metadata: status.metadata,
  };
}

/** A step as the decision log shows it. */
export function logItem(step: Step): DecisionLog["items"][number] {
  const decision = step.decisionJson as Partial<SentDecision> | null;
  return {
    step_index: step.stepIndex,
    source: step.source,
    side: sideName(step.side),
    action: decision?.action ?? null,
    reason: decision?.reason ?? null,
    confidence: decision?.confidence ?? null,
    usage: decision?.usage ?? null,
    context_ref: step.contextRef,
    decided_at: timeText(step.decidedAtMs)!,
  };
}

/** ISO 8601 UTC with milliseconds; null stays null. */
export function timeText<Ms extends number | null>(ms: Ms): Ms extends null ? null : string {
  return (ms === null ? null : new Date(ms).toISOString()) as Ms extends null ? null : string;
}
