/** Where a job that is not over stands: a finer division than its state, in which each job is counted once. */
export type QueueState = "queued" | "delayed" | "running" | "abandoned";

/** All of them, in the order in which a job passes through. */
export const queueStates: readonly QueueState[] = ["queued", "delayed", "running", "abandoned"];

/** Jobs of one state are counted up to this many, so that a look at a long queue has an end. */
export const queueDepthMax = 100_000;

/** Jobs of one state. */
export interface QueueDepth {
  /** {@link queueDepthMax} also where there are more. */
  readonly jobs: number;
  /** How long the oldest has been in this state; 0 where there is none. */
  readonly oldestAgeSeconds: number;
}

/** The queue and the database server at one moment. */
export interface QueueOverview {
  readonly states: Readonly<Record<QueueState, QueueDepth>>;
  /** How often the job that was started most often, of those that are not over, was started: so far in vain. 0 without any. */
  readonly attemptsMax: number;
  /** Sessions of clients on the server: of this program, and of others. */
  readonly sessions: { readonly ours: number; readonly others: number; readonly max: number };
}

/** Looks at all jobs that are not over, whoever they belong to. */
export interface QueueLookout {
  /** Rejects with `storage_unavailable` when the database does not answer. */
  look(): Promise<QueueOverview>;
}
