import {
  changedRun,
  type DecisionUsage,
  noChange,
  type Run,
  type RunChange,
  sideAt,
  stepCode,
  type StepCodes,
} from "../../src/core/run/mod.ts";
import { checked } from "../../src/ports/checked.ts";
import { runStepsChecks } from "../../src/ports/run_checks.ts";
import type { LockedRun, RunSteps } from "../../src/ports/run_steps.ts";
import { asStored, type JobStore, type StoredRun } from "./job_store.ts";
import type { RunLocks } from "./run_locks.ts";

/** The steps of runs in memory. */
export function memoryRunSteps(store: JobStore, locks: RunLocks): RunSteps {
  const codesOf = (runId: string): StepCodes => (store.runs.get(runId)?.steps ?? []).map(stepCode).join("");
  return checked<RunSteps>(runStepsChecks, {
    change: ({ runId, key }, work) =>
      locks.locked(runId, async () => {
        const stored = store.runs.get(runId);
        if (stored === undefined) return null;
        const { run, steps } = stored;
        const keyed = key === undefined ? undefined : steps.find((step) => step.idempotencyKey === key);
        const locked: LockedRun = {
          run,
          nowMs: store.clock.nowMs(),
          keyed: keyed
            ? { stepIndex: keyed.stepIndex, bodyHash: keyed.bodyHash!, ackText: keyed.ackText! }
            : null,
          codes: ({ last } = { last: run.stepIndex }) =>
            Promise.resolve(codesOf(runId).slice(Math.max(0, run.stepIndex - last))),
          usages: () =>
            Promise.resolve(
              steps.flatMap(({ decisionJson }) =>
                decisionJson?.usage ? [decisionJson.usage as DecisionUsage] : []
              ),
            ),
        };
        const { change, answer } = await work(locked);
        if (change !== noChange) store.runs.set(runId, changedRow(stored, { ...locked, change }));
        return answer;
      }),
    codes: (runId) => Promise.resolve(codesOf(runId)),
    list: ({ runId, from, limit }) =>
      Promise.resolve(
        (store.runs.get(runId)?.steps ?? []).slice(from, from + limit)
          .map(({ bodyHash: _hash, ackText: _text, ...step }) => step),
      ),
  });
}

function changedRow(
  stored: StoredRun,
  { run, nowMs, change }: { readonly run: Run; readonly nowMs: number; readonly change: RunChange },
): StoredRun {
  const changed = changedRun(run, { ...change, nowMs });
  const side = sideAt(stored.steps.map(stepCode).join(""), run.stepIndex - 1);
  const timeoutMs = Number(run.requestJson.decision_timeout_seconds) * 1000;
  const nothing = {
    idempotencyKey: null,
    bodyHash: null,
    decisionJson: null,
    ackText: null,
    contextRef: null,
  };
  const holds = Array.from({ length: change.holds }, (_, n) => ({
    ...nothing,
    stepIndex: run.stepIndex + n,
    side,
    source: "timeout_hold" as const,
    decidedAtMs: run.stepOpenedAtMs! + (n + 1) * timeoutMs,
  }));
  const decided = change.decision === null ? [] : [{
    ...change.decision,
    stepIndex: run.stepIndex + change.holds,
    source: "agent" as const,
    decidedAtMs: Math.max(nowMs, run.updatedAtMs),
  }];
  const result = change.end?.state === "succeeded" ? change.end.result : stored.result;
  return asStored({ ...stored, run: changed, result, steps: [...stored.steps, ...holds, ...decided] });
}
