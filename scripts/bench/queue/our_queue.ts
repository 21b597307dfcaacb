import { setTimeout as delay } from "node:timers/promises";
import { connect, disconnect } from "../../../src/adapters/postgres/connect.ts";
import { PostgresJobWakeups } from "../../../src/adapters/postgres/job_wakeups.ts";
import { postgresJobs } from "../../../src/adapters/postgres/jobs.ts";
import { migrate } from "../../../src/adapters/postgres/migrate.ts";
import { systemClock } from "../../../src/adapters/system/clock.ts";
import { createLog } from "../../../src/adapters/system/log.ts";
import type { Job, Lease } from "../../../src/core/job/mod.ts";
import type { EndedJob, JobQueue } from "../../../src/ports/job_queue.ts";
import { Doorbell } from "../../../src/worker/doorbell.ts";
import { noOpJob } from "../no_op_job.ts";
import type { QueueTiming, QueueWork } from "./queue_timing.ts";

const pollMs = 1000;
const betweenWakeupsMs = 30;
const claim = { lockedBy: "bench", leaseSeconds: 60 };

/** Measures the project's own queue: its adapter, and the doorbell by which its worker waits. */
export async function timeOurQueue(dsn: string, work: QueueWork): Promise<QueueTiming> {
  const sql = connect(dsn, { connectionsMax: work.loops + 1 });
  try {
    await migrate(sql);
    const { jobs, queue } = postgresJobs(sql);
    const create = () =>
      jobs.create(noOpJob("11111111-1111-4111-8111-111111111111"), { maxActive: 1_000_000 });
    const wakeupMs = await timeWakeups(dsn, { queue, create, count: work.wakeups });
    const timeJobs = async (end: End): Promise<number> => {
      const waiting = Array(work.jobs).values();
      await Promise.all(Array.from({ length: work.loops }, async () => {
        for (const _ of waiting) await create();
      }));
      const startedMs = performance.now();
      const done = await Promise.all(Array.from({ length: work.loops }, () => drain(queue, end)));
      const seconds = (performance.now() - startedMs) / 1000;
      const total = done.reduce((sum, count) => sum + count, 0);
      if (total !== work.jobs) throw new Error(`Finished ${total} of ${work.jobs} jobs`);
      return work.jobs / seconds;
    };
    const jobsPerSecond = await timeJobs(finish);
    const otherJobsPerSecond: Record<string, number> = work.otherWays
      ? { ending_with_a_result: await timeJobs(succeed) }
      : {};
    return { versions: `Deno ${Deno.version.deno}`, wakeupMs, jobsPerSecond, otherJobsPerSecond };
  } finally {
    await disconnect(sql);
  }
}

async function timeWakeups(
  dsn: string,
  options: { readonly queue: JobQueue; readonly create: () => Promise<Job>; readonly count: number },
): Promise<readonly number[]> {
  const { queue, create, count } = options;
  const clock = systemClock();
  const log = createLog({ write: () => {}, level: "off", component: "bench" });
  await using wakeups = new PostgresJobWakeups({ dsn, listenerId: "bench", clock, log, random: Math.random });
  const samples: number[] = [];
  const stop = new AbortController();
  let sentMs = 0;
  const worker = (async () => {
    using doorbell = new Doorbell({ wakeups, clock });
    while (!stop.signal.aborted) {
      const job = await queue.claimNext(claim);
      if (job === null) await doorbell.wait(pollMs, stop.signal);
      else {
        samples.push(performance.now() - sentMs);
        await finish(queue, job);
      }
    }
  })();
  // the first one only shows that the listener listens
  for (let i = 0; i <= count; i++) {
    await delay(betweenWakeupsMs);
    sentMs = performance.now();
    await create();
    while (samples.length <= i) await delay(1);
  }
  stop.abort();
  await worker;
  return samples.slice(1);
}

type End = (queue: JobQueue, job: Job) => Promise<void>;

async function drain(queue: JobQueue, end: End): Promise<number> {
  for (let done = 0;; done++) {
    const job = await queue.claimNext(claim);
    if (job === null) return done;
    await end(queue, job);
  }
}

async function finish(queue: JobQueue, job: Job): Promise<void> {
  requireEnded(job, await queue.finish(leaseOf(job), { state: "cancelled" }));
}

/** As a job with a result ends: rows are replaced in the same transaction, of which there are none here. */
async function succeed(queue: JobQueue, job: Job): Promise<void> {
  requireEnded(job, await queue.succeed(leaseOf(job), []));
}

function leaseOf({ jobId, attempt }: Job): Lease {
  return { jobId, attempt, lockedBy: claim.lockedBy };
}

function requireEnded({ jobId }: Job, ended: EndedJob | null): void {
  if (ended === null) throw new Error(`Cannot finish job "${jobId}": the lease is lost`);
}
