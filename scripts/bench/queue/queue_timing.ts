/** What one queue does with the same work. */
export interface QueueTiming {
  /** Of what the queue ran on, and the queue's own. */
  readonly versions: string;
  /** From the call that puts a job into the idle queue to the moment its handler has it. */
  readonly wakeupMs: readonly number[];
  /** No-op jobs claimed and finished per second, one at a time in each of several loops. */
  readonly jobsPerSecond: number;
}

/** How much is measured, the same for every queue. */
export interface QueueWork {
  /** Jobs put into the idle queue one after the other. */
  readonly wakeups: number;
  /** Jobs waiting when the clock is started. */
  readonly jobs: number;
  /** Jobs worked on at the same time. */
  readonly loops: number;
}

/** The value below which a share of the samples lies; nearest rank. */
export function quantile(samples: readonly number[], share: number): number {
  const sorted = samples.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? NaN;
}
