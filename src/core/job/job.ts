import type { Trade } from "../execution/mod.ts";
import type { SameAs, VariantPayload } from "../grid/mod.ts";
import type { VariantMetrics } from "../report/mod.ts";
import type { RunData } from "./run_data.ts";

/** Where a job stands. The last three are terminal. */
export type JobState = "queued" | "running" | "succeeded" | "failed" | "cancelled";

/** What a running job is doing. */
export type Stage = "stage_a" | "stage_b" | "finalizing";

/** How the strategy was named: a stored strategy or a template in the request. */
export type JobMode = "saved" | "template";

/** All states, in the order error messages list them. */
export const jobStates: readonly JobState[] = ["queued", "running", "succeeded", "failed", "cancelled"];

/** All stages, in running order. */
export const stages: readonly Stage[] = ["stage_a", "stage_b", "finalizing"];

/** Structured reason of a failed job; never a stack, a path or a secret. */
export interface JobError {
  readonly code: string;
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/** What a caller supplies to put a job into the queue. */
export interface NewJob {
  /** UUID v4, lower case. */
  readonly jobId: string;
  readonly userId: string;
  readonly mode: JobMode;
  /** The effective request; see `src/request/effective.ts`. */
  readonly requestJson: Readonly<Record<string, unknown>>;
  readonly requestHash: string;
  readonly specHash: string | null;
  readonly specPayloadJson: Readonly<Record<string, unknown>> | null;
  readonly engineParamsHash: string;
  readonly backtestRuntimeConfigHash: string;
}

/** A stored job. Times are epoch milliseconds UTC of the database clock. */
export interface Job extends NewJob {
  readonly state: JobState;
  readonly stage: Stage;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
  readonly startedAtMs: number | null;
  readonly finishedAtMs: number | null;
  readonly cancelRequestedAtMs: number | null;
  readonly processedUnits: number;
  readonly totalUnits: number;
  readonly progressUpdatedAtMs: number | null;
  readonly lockedBy: string | null;
  readonly lockedAtMs: number | null;
  readonly leaseExpiresAtMs: number | null;
  readonly heartbeatAtMs: number | null;
  /** Claims so far: the fence. Only ever grows. */
  readonly attempt: number;
  /** How often the job was started again after a failure or a silent death of its worker: the spent budget. */
  readonly retries: number;
  /** A queued job is not claimed before this time; null: at once. */
  readonly notBeforeMs: number | null;
  readonly lastError: string | null;
  readonly lastErrorJson: JobError | null;
  /** W3C trace id of the request that created the job; null when it came without one. */
  readonly traceId: string | null;
  /** Null until a worker has loaded the candles, and for jobs of releases that did not store it. */
  readonly runData: RunData | null;
}

/** The fence of every worker write: all three must match the row, and the lease must not have expired. */
export interface Lease {
  readonly jobId: string;
  readonly lockedBy: string;
  readonly attempt: number;
}

/** One row of a job's ranked result. */
export interface TopVariant {
  /** 1..K. */
  readonly rank: number;
  readonly variantKey: string;
  readonly indicatorVariantKey: string;
  readonly variantIndex: number;
  readonly totalReturnPct: number;
  readonly payload: VariantPayload;
  /**
   * What was folded into the row; null where it stands alone, unless the job succeeded, and in jobs that do not fold.
   */
  readonly sameAs: SameAs | null;
  /** Null unless the job succeeded, and in rows of releases that did not store them. */
  readonly metrics: VariantMetrics | null;
  /** Markdown table; null unless the job succeeded. */
  readonly reportTableMd: string | null;
  /** Null unless the job succeeded and `rank <= top_trades_n`. */
  readonly trades: readonly Trade[] | null;
}

/** A stored row of a job's ranked result. */
export interface StoredTopVariant extends TopVariant {
  readonly jobId: string;
  readonly updatedAtMs: number;
}

/** Which base variants survived Stage A, in ranked order. */
export interface Shortlist {
  readonly stageAIndexes: readonly number[];
  readonly stageAVariantsTotal: number;
  readonly riskTotal: number;
  /** Number of indexes actually kept. */
  readonly preselectUsed: number;
}

/** A stored shortlist. */
export interface StoredShortlist extends Shortlist {
  readonly jobId: string;
  readonly updatedAtMs: number;
}

const transitions: Readonly<Record<JobState, readonly JobState[]>> = {
  queued: ["running", "cancelled"],
  // running -> running is a reclaim, running -> queued a released lease or a retry
  running: ["running", "queued", "succeeded", "failed", "cancelled"],
  succeeded: [],
  failed: [],
  cancelled: [],
};

/** Whether a job may go from one state to the other. */
export function canTransition(from: JobState, to: JobState): boolean {
  return transitions[from].includes(to);
}

/** Whether nothing can change a job in this state any more. */
export function isTerminal(state: JobState): state is "succeeded" | "failed" | "cancelled" {
  return transitions[state].length === 0;
}

/** Whether a job in this state counts against its owner's quota. */
export function isActive(state: JobState): boolean {
  return !isTerminal(state);
}
