import { decisionTimeoutMs } from "./deadlines.ts";
import { type FinalMetrics, inFinalOrder } from "./final_metrics.ts";
import { mayMove, placeOf, type Run, type RunEnd } from "./run.ts";
import type { Side, StepSource } from "./steps.ts";

/** A step that the agent decided, as it is stored. */
export interface StoredDecision {
  readonly side: Side;
  /** Unique in its run. */
  readonly idempotencyKey: string;
  readonly bodyHash: string;
  readonly decisionJson: Readonly<Record<string, unknown>>;
  /** The bytes that the decision was answered with. */
  readonly ackText: string;
  /** Hash of what the agent was shown. */
  readonly contextRef: string;
}

/** A stored step. */
export interface Step {
  readonly stepIndex: number;
  readonly side: Side;
  readonly source: StepSource;
  readonly idempotencyKey: string | null;
  readonly decisionJson: Readonly<Record<string, unknown>> | null;
  readonly contextRef: string | null;
  readonly decidedAtMs: number;
}

/** What one transaction does to a waiting run, in this order; to any other running one only its end. */
export interface RunChange {
  /** Steps that close by their deadlines, with the side of the step before. */
  readonly holds: number;
  /** Closes the step that is open then. */
  readonly decision: StoredDecision | null;
  readonly end: RunEnd | null;
}

/** Nothing. */
export const noChange: RunChange = { holds: 0, decision: null, end: null };

/** The run after the change, which comes at `nowMs` of the database. Throws where no run may go that way. */
export function changedRun(
  run: Run,
  { holds, decision, end, nowMs }: RunChange & { readonly nowMs: number },
): Run {
  const closed = holds + (decision === null ? 0 : 1);
  if (closed === 0 && end === null) return run;
  const stepIndex = run.stepIndex + closed;
  if (closed > 0 && (run.phase !== "waiting_decision" || stepIndex > run.totalSteps)) {
    throw new Error(
      `Cannot close ${closed} steps of run "${run.runId}": it is ${placeOf(run)} at step ${run.stepIndex}`,
    );
  }
  const atMs = Math.max(nowMs, run.updatedAtMs);
  const stepped = { ...run, stepIndex, timeoutHolds: run.timeoutHolds + holds, updatedAtMs: atMs };
  if (end !== null) return endedRun(stepped, { end, atMs });
  const openedAtMs = decision === null ? run.stepOpenedAtMs! + holds * decisionTimeoutMs(run) : atMs;
  return { ...stepped, stepOpenedAtMs: openedAtMs };
}

/** The run at its end. Throws where it may not end so. */
export function endedRun(
  run: Run,
  { end, atMs }: { readonly end: RunEnd; readonly atMs: number },
): Run {
  const from = placeOf(run);
  if (!mayMove(from, end.state)) {
    throw new Error(`Cannot end run "${run.runId}": ${from} does not go to ${end.state}`);
  }
  const error = end.state === "failed" ? end.error : null;
  return {
    ...run,
    state: end.state,
    phase: null,
    ownerInstance: null,
    heartbeatAtMs: null,
    stepOpenedAtMs: null,
    metrics: end.state === "succeeded" && end.result.metrics
      ? inFinalOrder(end.result.metrics as FinalMetrics)
      : null,
    cancelReason: end.state === "cancelled" ? end.reason : null,
    lastError: error?.message ?? null,
    lastErrorJson: error,
    updatedAtMs: Math.max(atMs, run.updatedAtMs),
    finishedAtMs: Math.max(atMs, run.updatedAtMs),
  };
}
