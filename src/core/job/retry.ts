import type { Job, JobError } from "./job.ts";

/** How often a job may be started before its retries are spent, unless the config says otherwise. */
export const attemptsMaxDefault = 3;

/** How long to wait before something that failed is tried again. */
export interface Backoff {
  /** Longest wait after the first failure. */
  readonly baseMs: number;
  /** Longest wait at all. */
  readonly maxMs: number;
}

/**
 * Milliseconds to wait after `failures` failures in a row (1 or more): exponential backoff with full jitter, that is
 * anything from 0 to `min(maxMs, baseMs * 2^(failures - 1))`, so that those who failed together do not come back
 * together. `random` returns numbers in [0, 1).
 *
 * Source: Marc Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
 */
export function backoffMs(failures: number, { baseMs, maxMs, random }: Backoff & Randomness): number {
  return Math.floor(random() * Math.min(maxMs, baseMs * 2 ** (failures - 1)));
}

/** Where jitter comes from. */
export interface Randomness {
  readonly random: () => number;
}

/** Whether a job that failed, or whose worker died, may be started once more. */
export function hasRetryLeft({ retries }: Pick<Job, "retries">, maxAttempts: number): boolean {
  return retries + 1 < maxAttempts;
}

/**
 * Why a job ended whose lease ran out when it had no retry left. Its other attempts may have failed or ended in the same
 * way; how many did, and the stage of the last one, are still to be added to the details.
 */
export function attemptsExhausted(maxAttempts: number): JobError {
  const message =
    `Cannot run the job: the last of its ${maxAttempts} attempts ended without a word from its worker`;
  return {
    code: "attempts_exhausted",
    message,
    details: {
      error_class: "InternalError",
      exception_type: "attempts_exhausted",
      max_attempts: maxAttempts,
      message,
    },
  };
}
