import type { Stage } from "../core/job.ts";

/** How processing of a claim ended; exactly one per claim. */
export type ClaimOutcome = "succeeded" | "failed" | "cancelled" | "lease_lost" | "released";

/** What the worker reports about itself. */
export interface RunnerMetrics {
  /** A job was claimed. `queueWaitSeconds` is null on a reclaim. */
  jobClaimed(claim: { readonly queueWaitSeconds: number | null; readonly reclaim: boolean }): void;
  /** Processing of a claim ended. */
  jobProcessed(end: { readonly outcome: ClaimOutcome; readonly seconds: number }): void;
  /** A stage that was entered has been left. */
  stageDone(stage: Stage, seconds: number): void;
}
