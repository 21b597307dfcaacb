import process from "node:process";
import { createLog } from "../../src/adapters/system/log.ts";
import { systemClock } from "../../src/adapters/system/clock.ts";
import { runWorkerProcess } from "../../src/wiring/worker_process.ts";
import { settledHeap } from "../pool/settled_heap.ts";
import { requestKinds } from "./soak_requests.ts";
import { soakWorld } from "./soak_world.ts";

/** What this process holds once so many jobs have run in it. */
export interface HeldAfter {
  readonly jobs: number;
  /** Heap and what it holds outside of it, garbage collected, in bytes. */
  readonly settledBytes: number;
  /** Resident memory after that, in bytes. */
  readonly rssBytes: number;
}

/** What a run of many jobs in one worker left behind. */
export interface PlateauEnd {
  readonly held: readonly HeldAfter[];
  readonly problems: readonly string[];
}

/** Jobs between two looks. */
const jobsPerLook = 50;

/** The first looks find code and caches that are still being made. */
const warmLooks = 4;

/**
 * What a job may leave behind, in bytes. Seen: 1,200 between jobs 250 and 500, and less with every look, the code that is
 * still being compiled; the closes of one job would be 2,400 more.
 */
const leftPerJobMax = 3_000;

/** Runs `jobs` jobs of different shapes in a worker of this process and looks at what is kept. */
export async function plateau({ jobs }: { readonly jobs: number }): Promise<PlateauEnd> {
  await using world = await soakWorld();
  const stop = new AbortController();
  const running = runWorkerProcess({ metricsPort: 0 }, {
    env: world.env,
    clock: systemClock(),
    openLog: () => createLog({ write() {}, level: "info", component: "backtest-job-runner" }),
    lockedBy: `plateau-${process.pid}`,
    stop: stop.signal,
  });
  const held: HeldAfter[] = [];
  try {
    for (let done = 0; done < jobs;) {
      for (let i = 0; i < jobsPerLook; i++) await world.submit((done + i) % requestKinds);
      done += jobsPerLook;
      await Promise.race([allEnded(world, done), running.then(workerEnded)]);
      held.push({ jobs: done, settledBytes: settledHeap(), rssBytes: Deno.memoryUsage().rss });
    }
  } finally {
    stop.abort();
    await running;
  }
  return { held, problems: [...leftBehind(held), ...await unsuccessful(world)] };
}

type World = Awaited<ReturnType<typeof soakWorld>>;

async function allEnded({ sql }: World, jobs: number): Promise<void> {
  let ended = 0;
  while (ended < jobs) {
    [{ ended }] = await sql<[{ ended: number }]>`
      SELECT count(*)::int AS ended FROM backtest_jobs, pg_sleep(0.05) WHERE state NOT IN ('queued', 'running')`;
  }
}

function workerEnded(code: number): never {
  throw new Error(`the worker ended with ${code}`);
}

/** Warm, the least of the later looks may not be much above the least of the earlier ones. */
export function leftBehind(held: readonly HeldAfter[]): readonly string[] {
  const warm = held.slice(warmLooks);
  const half = Math.floor(warm.length / 2);
  if (half === 0) return [`${held.length} looks are too few to tell a plateau`];
  const least = (looks: readonly HeldAfter[]) => Math.min(...looks.map(({ settledBytes }) => settledBytes));
  const grown = least(warm.slice(half)) - least(warm.slice(0, half));
  const perJob = grown / (half * jobsPerLook);
  return perJob <= leftPerJobMax ? [] : [`every job leaves ${perJob.toFixed(0)} bytes behind`];
}

async function unsuccessful({ sql }: World): Promise<readonly string[]> {
  const rows = await sql<{ readonly last_error: string | null }[]>`
    SELECT last_error FROM backtest_jobs WHERE state <> 'succeeded'`;
  return rows.length === 0 ? [] : [`${rows.length} jobs did not succeed, the first: ${rows[0]!.last_error}`];
}
