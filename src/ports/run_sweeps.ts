import type { JobError } from "../core/job/mod.ts";
import type { NewRun, Run, RunKind } from "../core/run/mod.ts";
import type { LoadedBars } from "./held_runs.ts";

/** A baseline with what it came to. */
export interface FinishedBaseline extends LoadedBars {
  /** Of kind `baseline`. */
  readonly run: NewRun;
  readonly result: Readonly<Record<string, unknown>>;
}

/**
 * What is looked after in all runs together.
 *
 * Every method rejects with `BacktestError` `storage_unavailable` when the database does not answer.
 */
export interface RunSweeps {
  /** Runs with a deadline that has gone by, those that wait longest first; of one owner where it is given. */
  listDue(query: { readonly limit: number; readonly userId?: string }): Promise<readonly string[]>;
  /**
   * Fails held runs whose holder has not been heard of for so long; all of them, whoever holds them, with an age of 0.
   * Returns them.
   */
  failStale(query: { readonly seconds: number; readonly error: JobError }): Promise<readonly Run[]>;
  /** Stores a baseline, unless it is there already. */
  saveBaseline(baseline: FinishedBaseline): Promise<void>;
  /** Writes which baselines a succeeded run has, once. Null when it has some, or has not succeeded. */
  setBaselines(runId: string, baselines: Readonly<Record<string, string>>): Promise<Run | null>;
  /** Succeeded interactive runs without baselines that ended within so many seconds, the newest first. */
  listWithoutBaselines(
    query: { readonly seconds: number; readonly limit: number },
  ): Promise<readonly string[]>;
  /** How many run now; kinds of which none does may be left out. */
  countRunning(): Promise<Readonly<Partial<Record<RunKind, number>>>>;
  /** Deletes runs that ended so long ago, baselines only when no run has them any more; returns how many went. */
  prune(query: { readonly olderThanMs: number; readonly limit: number }): Promise<number>;
}

/** Most runs of one look or deletion. */
export const runSweepMax = 1000;
