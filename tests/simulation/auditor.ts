import {
  attemptsMaxDefault,
  hasRetryLeft,
  isActive,
  isTerminal,
  type Job,
  type Lease,
  stages,
} from "../../src/core/job/mod.ts";
import type { Clock } from "../../src/ports/clock.ts";

/** What the simulation found to be broken. */
export class Violation extends Error {
  constructor(message: string) {
    super(message);
    this.name = "Violation";
  }
}

/**
 * Keeps a record of its own of every job and holds each change of the store against the promises of the queue: at most
 * one live lease, terminal is final, `attempt` only grows, counters are monotone, a cancel is never forgotten, the quota
 * holds. What it finds is kept; {@link Auditor.assertClean} throws it.
 */
export class Auditor {
  readonly #clock: Clock;
  readonly #maxActive: number;
  readonly #cancelsAreSeen: boolean;
  readonly #jobs = new Map<string, Job>();
  /** Attempts that were taken over, by job, attempt and worker, and have not been given back. */
  #call: string | null = null;
  readonly #silent = new Set<string>();
  readonly #violations: Violation[] = [];

  /** `cancelsAreSeen`: whether the workers look for a cancel before they work, as the real one does. */
  constructor(
    options: { readonly clock: Clock; readonly maxActive: number; readonly cancelsAreSeen: boolean },
  ) {
    this.#clock = options.clock;
    this.#maxActive = options.maxActive;
    this.#cancelsAreSeen = options.cancelsAreSeen;
  }

  /** Jobs as last seen. */
  get jobs(): readonly Job[] {
    return [...this.#jobs.values()];
  }

  /** Whether a worker's write with this lease must be accepted now; knows nothing of how the store decides. */
  holds(lease: Lease): boolean {
    const job = this.#jobs.get(lease.jobId);
    return job !== undefined && job.state === "running" && job.attempt === lease.attempt &&
      job.lockedBy === lease.lockedBy && (job.leaseExpiresAtMs ?? 0) > this.#clock.nowMs();
  }

  /** Whether a worker that lost this lease has something to give back. */
  maySurrender(lease: Lease): boolean {
    const job = this.#jobs.get(lease.jobId);
    if (job === undefined || !isActive(job.state)) return false;
    const ours = job.state === "running" && job.attempt === lease.attempt && job.lockedBy === lease.lockedBy;
    return ours || this.#silent.has(attemptKey(lease));
  }

  /** Takes note of a stored job. */
  stored(after: Job): void {
    const before = this.#jobs.get(after.jobId);
    this.#jobs.set(after.jobId, after);
    this.#shape(after);
    if (before === undefined) this.#quota(after.userId);
    else this.#change(before, after);
  }

  report(fact: string): void {
    this.#violations.push(new Violation(`At ${this.#clock.nowMs()} ms: ${fact}`));
  }

  /** Throws the first violation, if there is any. */
  assertClean(): void {
    if (this.#violations.length > 0) throw this.#violations[0];
  }

  #expect(holds: boolean, fact: string): void {
    if (!holds) this.report(fact);
  }

  #shape(job: Job): void {
    const lease = [job.lockedBy, job.lockedAtMs, job.leaseExpiresAtMs, job.heartbeatAtMs];
    const held = lease.filter((part) => part !== null).length;
    const name = `${job.state} job ${short(job)}`;
    this.#expect(held === (job.state === "running" ? 4 : 0), `${name} has ${held} of 4 lease members`);
    this.#expect(isTerminal(job.state) === (job.finishedAtMs !== null), `${name} has the wrong end time`);
    this.#expect((job.state === "failed") === (job.lastErrorJson !== null), `${name} has the wrong error`);
    this.#expect(job.state !== "queued" || job.startedAtMs === null, `${name} has a start time`);
    this.#expect(job.totalUnits === 0 || job.processedUnits <= job.totalUnits, `${name} is past its total`);
  }

  #change(before: Job, after: Job): void {
    const name = `job ${short(after)}`;
    this.#expect(!isTerminal(before.state), `${name} was ${before.state} and was written again`);
    this.#expect(after.attempt >= before.attempt, `${name}: attempt fell from ${before.attempt}`);
    this.#expect(
      after.retries >= before.retries || this.#givesBack(before, after),
      `${name}: retries fell from ${before.retries}`,
    );
    this.#expect(after.createdAtMs === before.createdAtMs, `${name} changed its creation time`);
    this.#expect(
      before.cancelRequestedAtMs === null || after.cancelRequestedAtMs === before.cancelRequestedAtMs,
      `${name} forgot that a cancel was requested`,
    );
    const cancelKnown = this.#cancelsAreSeen && before.cancelRequestedAtMs !== null &&
      before.cancelRequestedAtMs < (before.lockedAtMs ?? Infinity);
    this.#expect(
      !cancelKnown || after.state !== "succeeded",
      `${name} succeeded though it was cancelled before`,
    );
    if (after.attempt !== before.attempt) this.#claim(before, after);
    else if (after.state === "running") this.#sameAttempt(before, after);
    else if (after.lastErrorJson?.code === "attempts_exhausted") this.#exhausted(before, after);
    if (after.retries < before.retries) return;
    if (before.state === "running" && after.state === "queued") {
      this.#expect(after.processedUnits === 0, `${name} is queued again with progress`);
      const spent = this.#call === "retry" ? 1 : 0;
      this.#expect(after.retries === before.retries + spent, `${name} is queued again with wrong retries`);
    }
  }

  /** One retry comes back for one silent attempt; which one, the store must know. */
  #givesBack(before: Job, after: Job): boolean {
    const silent = [...this.#silent].filter((key) => key.startsWith(`${after.jobId} `));
    return silent.length > 0 && after.retries === before.retries - 1 && after.attempt === before.attempt &&
      after.state === before.state;
  }

  /** What the call of a worker's method writes is held against what that method may do. */
  during<T>(method: string, call: () => T): T {
    this.#call = method;
    try {
      return call();
    } finally {
      this.#call = null;
    }
  }

  /** Takes note of a surrender that must have been accepted. */
  surrendered(lease: Lease): void {
    this.#silent.delete(attemptKey(lease));
  }

  #claim(before: Job, after: Job): void {
    if (before.state === "running") this.#silent.add(attemptKey({ ...before, lockedBy: before.lockedBy! }));
    const nowMs = this.#clock.nowMs();
    const name = `job ${short(after)}`;
    const free = before.state === "queued"
      ? (before.notBeforeMs ?? 0) <= nowMs
      : before.state === "running" && (before.leaseExpiresAtMs ?? 0) <= nowMs;
    const dead = before.state === "running";
    this.#expect(
      after.retries === before.retries + (dead ? 1 : 0),
      `${name} did not account for its retries`,
    );
    const poison = dead && !hasRetryLeft(before, attemptsMaxDefault) && before.cancelRequestedAtMs === null;
    this.#expect(!poison, `${name} was started again without a retry left`);
    this.#expect(free, `${name} was claimed though it was ${before.state} and not free`);
    this.#expect(after.attempt === before.attempt + 1, `${name}: attempt grew by more than one`);
    this.#expect(after.state === "running", `${name} was claimed and is ${after.state}`);
    this.#expect((after.leaseExpiresAtMs ?? 0) > nowMs, `${name} was claimed without a live lease`);
  }

  #exhausted(before: Job, after: Job): void {
    const name = `job ${short(after)}`;
    const expired = before.state === "running" && (before.leaseExpiresAtMs ?? 0) <= this.#clock.nowMs();
    this.#expect(expired, `${name} was given up though its lease was alive`);
    this.#expect(!hasRetryLeft(before, attemptsMaxDefault), `${name} was given up with a retry left`);
    this.#expect(before.cancelRequestedAtMs === null, `${name} was given up though it was cancelled`);
  }

  #sameAttempt(before: Job, after: Job): void {
    const name = `job ${short(after)}`;
    this.#expect(before.state === "running", `${name} runs without having been claimed`);
    this.#expect(before.lockedBy === after.lockedBy, `${name} changed hands without a claim`);
    this.#expect(
      (after.leaseExpiresAtMs ?? 0) >= (before.leaseExpiresAtMs ?? 0),
      `${name}: the lease was shortened`,
    );
    // a reclaimed job keeps the progress of the attempt before it until its first write
    const fresh = before.progressUpdatedAtMs === null || before.progressUpdatedAtMs < (after.lockedAtMs ?? 0);
    if (fresh || after.progressUpdatedAtMs === before.progressUpdatedAtMs) return;
    const order = stages.indexOf(after.stage) - stages.indexOf(before.stage);
    const forward = order > 0 || (order === 0 && after.processedUnits >= before.processedUnits);
    this.#expect(forward, `${name} went back from ${progress(before)} to ${progress(after)}`);
  }

  #quota(userId: string): void {
    const active = this.jobs.filter((job) => job.userId === userId && isActive(job.state)).length;
    this.#expect(active <= this.#maxActive, `user ${userId} has ${active} active jobs`);
  }
}

function attemptKey({ jobId, attempt, lockedBy }: Lease): string {
  return `${jobId} ${attempt} ${lockedBy}`;
}

function progress({ stage, processedUnits, totalUnits }: Job): string {
  return `${stage} ${processedUnits}/${totalUnits}`;
}

function short({ jobId, attempt }: Job): string {
  return `${Number(jobId.slice(-12))} (attempt ${attempt})`;
}
