import type { Run } from "./run.ts";

/** Timeouts in a row after which a run counts as abandoned. */
export const timeoutHoldsMax = 20;

/** How long the agent of an interactive run has for each step, in ms. */
export function decisionTimeoutMs({ requestJson }: Pick<Run, "requestJson">): number {
  return Number(requestJson.decision_timeout_seconds) * 1000;
}

/** When the open step closes by itself, epoch ms; null while none is open. */
export function deadlineMs(run: Pick<Run, "stepOpenedAtMs" | "requestJson">): number | null {
  return run.stepOpenedAtMs === null ? null : run.stepOpenedAtMs + decisionTimeoutMs(run);
}

/**
 * How many deadlines have gone by when steps follow each other at their deadlines. A step is closed at the very moment of
 * its deadline.
 */
export function elapsedDeadlines(
  { openedAtMs, nowMs, timeoutMs }: {
    readonly openedAtMs: number;
    readonly nowMs: number;
    readonly timeoutMs: number;
  },
): number {
  return Math.max(0, Math.floor((nowMs - openedAtMs) / timeoutMs));
}

/** What elapsed deadlines do to a run. */
export interface Drain {
  /** Steps that close without a decision, from the open one on. */
  readonly holds: number;
  /** What they bring about: `steps`: none is left; `abandoned`: too many in a row. */
  readonly ends: "steps" | "abandoned" | null;
}

const nothing: Drain = { holds: 0, ends: null };

/** Whether a drain of this run would do anything at all. */
export function isDue(run: Run, nowMs: number): boolean {
  const dueMs = deadlineMs(run);
  return dueMs !== null && nowMs >= dueMs;
}

/**
 * The deadlines of a waiting run that have gone by. A run whose last step is among them is over rather than abandoned: it
 * has all its decisions, though nobody made the last ones.
 */
export function drainOf(
  run: Pick<Run, "stepOpenedAtMs" | "stepIndex" | "totalSteps" | "requestJson">,
  { nowMs, holdsInRow, holdsMax = timeoutHoldsMax }: {
    readonly nowMs: number;
    /** Timeouts at the end of the steps so far. */
    readonly holdsInRow: number;
    readonly holdsMax?: number;
  },
): Drain {
  if (run.stepOpenedAtMs === null) return nothing;
  const elapsed = elapsedDeadlines({
    openedAtMs: run.stepOpenedAtMs,
    nowMs,
    timeoutMs: decisionTimeoutMs(run),
  });
  if (elapsed === 0) return nothing;
  const left = run.totalSteps - run.stepIndex;
  const bearable = Math.max(0, holdsMax - holdsInRow);
  const holds = Math.min(elapsed, left, bearable);
  if (holds === left) return { holds, ends: "steps" };
  return { holds, ends: holds === bearable ? "abandoned" : null };
}
