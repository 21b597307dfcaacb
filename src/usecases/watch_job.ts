import { isTerminal, type Job } from "../core/job/mod.ts";
import type { Clock } from "../ports/clock.ts";
import type { JobRepository } from "../ports/job_repository.ts";
import { type JobQuery, ownJob } from "./own_job.ts";

/** How a job is watched. */
export interface WatchOptions {
  readonly jobs: JobRepository;
  readonly clock: Clock;
  readonly pollMs: number;
  /** Called with every state read, the terminal one included. */
  readonly onUpdate: (job: Job) => void | Promise<void>;
  readonly signal?: AbortSignal;
}

/** Reads a job until it is terminal or `signal` aborts; returns the last state read. */
export async function watchJob(query: JobQuery, options: WatchOptions): Promise<Job> {
  for (;;) {
    const job = await ownJob(options.jobs, query);
    await options.onUpdate(job);
    if (isTerminal(job.state) || options.signal?.aborted) return job;
    await options.clock.sleep(options.pollMs, options.signal);
  }
}
