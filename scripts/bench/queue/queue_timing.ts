/** What one queue does with the same work. */
export interface QueueTiming {
  /** Of what the queue ran on, and the queue's own. */
  readonly versions: string;
  /** From the call that puts a job into the idle queue to the moment its handler has it. */
  readonly wakeupMs: readonly number[];
  /** No-op jobs claimed and finished per second, one at a time in each of several loops. */
  readonly jobsPerSecond: number;
  /** The same in other ways to run the queue, by name; empty unless they were asked for. */
  readonly otherJobsPerSecond: Readonly<Record<string, number>>;
}

/** How much is measured, the same for every queue. */
export interface QueueWork {
  /** Jobs put into the idle queue one after the other. */
  readonly wakeups: number;
  /** Jobs waiting when the clock is started. */
  readonly jobs: number;
  /** Jobs worked on at the same time. */
  readonly loops: number;
  /** Whether other ways to run the queue are measured, too. */
  readonly otherWays: boolean;
}

/** The value below which a share of the samples lies; nearest rank. */
export function quantile(samples: readonly number[], share: number): number {
  const sorted = samples.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? NaN;
}

/** Several timings of one queue as one: all wake-ups, and the best of each throughput, as noise only takes away. */
export function bestOf(timings: readonly QueueTiming[]): QueueTiming {
  const [first] = timings;
  if (first === undefined) throw new TypeError("Cannot take the best of no timing");
  return {
    versions: first.versions,
    wakeupMs: timings.flatMap(({ wakeupMs }) => wakeupMs),
    jobsPerSecond: Math.max(...timings.map(({ jobsPerSecond }) => jobsPerSecond)),
    otherJobsPerSecond: Object.assign({}, ...timings.map(({ otherJobsPerSecond }) => otherJobsPerSecond)),
  };
}
