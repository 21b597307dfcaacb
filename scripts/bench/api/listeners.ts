import { setTimeout as delay } from "node:timers/promises";
import { postgresJobs } from "../../../src/adapters/postgres/jobs.ts";
import type { Job } from "../../../src/core/job/mod.ts";
import { noOpJob } from "../no_op_job.ts";
import { quantile } from "../queue/queue_timing.ts";
import type { ApiWorld } from "./api_world.ts";
import { type HeardEvent, startListeners } from "./listen.ts";
import { processUse } from "./process_use.ts";

/** How many listen, to how many jobs, and how often each job is written. */
export interface ListenersWork {
  readonly jobs: number;
  readonly listenersPerJob: number;
  readonly writesPerJob: number;
}

/** What streams cost, and how late they are. */
export interface ListenersFound {
  readonly listeners: number;
  readonly events: number;
  /** Writes that gave way to a newer one before a listener was told. */
  readonly overtaken: number;
  readonly memoryBeforeMb: number;
  readonly memoryOpenMb: number;
  readonly memoryAfterMb: number;
  /** By which the API process grew, from before the first stream to after the last write. */
  readonly kbPerListener: number;
  /** From the call that writes a job's progress to its event at a listener. */
  readonly eventP50Ms: number;
  readonly eventP99Ms: number;
  /** Processor time of the API process for each event. */
  readonly apiUsPerEvent: number;
  /** What each listener heard of last. */
  readonly lastUnits: readonly number[];
  /** Connections of the API that listen to the database. */
  readonly listeningConnections: number;
}

/** Between two writes of one job, at least: then the stream has told of the first before the second comes. */
const betweenWritesMs = 1500;
const leaseSeconds = 3600;

/**
 * Lets many listen to jobs that this process works on. Rejects unless every listener hears of the writes of its job in
 * order, each once at most, of the last one, and of the end.
 */
export async function measureListeners(
  { api, sql }: ApiWorld,
  { jobs, listenersPerJob, writesPerJob }: ListenersWork,
): Promise<ListenersFound> {
  const { jobs: repository, queue } = postgresJobs(sql);
  for (let n = 0; n < jobs; n++) await repository.create(noOpJob(), { maxActive: 1 });
  const leases: Job[] = [];
  for (let n = 0; n < jobs; n++) leases.push((await queue.claimNext({ lockedBy: "bench", leaseSeconds }))!);
  const lease = ({ jobId, attempt }: Job) => ({ jobId, attempt, lockedBy: "bench" });
  const listeners = await Promise.all(
    Array.from({ length: jobs * listenersPerJob }, async (_, i) => {
      const { jobId, userId } = leases[i % jobs]!;
      return { jobId, token: await api.token(userId) };
    }),
  );
  await warmUp(api, leases[0]!);

  const before = await processUse(api.pid);
  await using streams = await startListeners({ url: api.url, listeners });
  const open = await processUse(api.pid);
  const [{ listening }] = await sql<[{ readonly listening: number }]>`
    SELECT count(*)::int AS listening FROM pg_stat_activity WHERE query ILIKE 'listen %'`;
  const sentMs = new Map<string, number>();
  for (let write = 1; write <= writesPerJob; write++) {
    for (const job of leases) {
      sentMs.set(keyOf(job.jobId, write), Date.now());
      const progress = { stage: "stage_a", processedUnits: write, totalUnits: writesPerJob } as const;
      if (await queue.updateProgress(lease(job), progress) === null) throw new Error("A lease is lost");
      await delay(betweenWritesMs / jobs);
    }
  }
  await delay(1000);
  const after = await processUse(api.pid);
  for (const job of leases) await queue.finish(lease(job), { state: "cancelled" });
  const heard = await streams.heard();
  for (const events of heard) requireOrder(events, writesPerJob);
  const lateMs = heard.flat().flatMap(({ jobId, units, terminal, atMs }) =>
    terminal || units === 0 ? [] : [atMs - sentMs.get(keyOf(jobId, units))!]
  );
  return {
    listeners: heard.length,
    events: lateMs.length,
    overtaken: heard.length * writesPerJob - lateMs.length,
    memoryBeforeMb: before.residentMb,
    memoryOpenMb: open.residentMb,
    memoryAfterMb: after.residentMb,
    kbPerListener: (after.residentMb - before.residentMb) * 1000 / heard.length,
    eventP50Ms: quantile(lateMs, 0.5),
    eventP99Ms: quantile(lateMs, 0.99),
    apiUsPerEvent: (after.cpuMs - open.cpuMs) * 1000 / lateMs.length,
    lastUnits: heard.map((events) => events.at(-1)!.units),
    listeningConnections: listening,
  };
}

/** What a first stream loads belongs to the process, not to a listener. */
async function warmUp(api: ApiWorld["api"], { jobId, userId }: Job): Promise<void> {
  const stop = new AbortController();
  for await (const _ of (await api.client(userId)).watchJobs([jobId], { signal: stop.signal })) stop.abort();
}

/** A state may give way to a newer one before it is told; what is told comes once, in order, up to the last one. */
function requireOrder(events: readonly HeardEvent[], writes: number): void {
  const units = events.filter(({ terminal }) => !terminal).map(({ units }) => units);
  const inOrder = units.every((unit, i) => unit > (units[i - 1] ?? -1));
  if (!inOrder || units.at(-1) !== writes) {
    throw new Error(`A listener heard of the writes ${units.join()}, in place of 0 to ${writes}`);
  }
  if (!events.at(-1)?.terminal) throw new Error("A stream ended before its job did");
}

function keyOf(jobId: string, write: number): string {
  return `${jobId} ${write}`;
}
