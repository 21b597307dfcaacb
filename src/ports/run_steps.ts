import type { DecisionUsage, Run, RunChange, Step, StepCodes } from "../core/run/mod.ts";

/** A decision that was stored under a key. */
export interface KeyedStep {
  readonly stepIndex: number;
  readonly bodyHash: string;
  readonly ackText: string;
}

/** A run that nobody else can change meanwhile. What it reads costs a query, so it is read where it is wanted. */
export interface LockedRun {
  readonly run: Run;
  /** The database clock, read once the run was locked. */
  readonly nowMs: number;
  /** The step that was decided with the key asked for. */
  readonly keyed: KeyedStep | null;
  /** Its steps so far, or the last of them. */
  codes(options?: { readonly last: number }): Promise<StepCodes>;
  /** What its decisions declared, in step order; those that declared nothing are left out. */
  usages(): Promise<readonly DecisionUsage[]>;
}

/**
 * The steps of runs.
 *
 * Every method rejects with `BacktestError` `storage_unavailable` when the database does not answer.
 */
export interface RunSteps {
  /**
   * Locks a run, lets `work` say what happens to it, writes that and the answer in one transaction. Null where there is no
   * such run. Nothing is written when `work` rejects, or where it answers `noChange`; it may be called again after a
   * rollback. A run that has ended takes no change.
   */
  change<Answer>(
    query: { readonly runId: string; readonly key?: string },
    work: (locked: LockedRun) => Promise<{ readonly change: RunChange; readonly answer: Answer }>,
  ): Promise<Answer | null>;
  /** All steps of a run so far. */
  codes(runId: string): Promise<StepCodes>;
  /** Steps from the given one on, `limit` 1..1000 of them, in order. */
  list(
    query: { readonly runId: string; readonly from: number; readonly limit: number },
  ): Promise<readonly Step[]>;
}

/** Most steps of one {@link RunSteps.list}. */
export const stepsPerPageMax = 1000;
