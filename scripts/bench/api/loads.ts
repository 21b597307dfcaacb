import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import type { BacktestClient } from "../../../src/client/client.ts";
import { longWalkRequest } from "../../../tests/helpers/long_walk.ts";
import type { ApiWorld } from "./api_world.ts";
import { type LoadTarget, type MeasuredLoad, measureLoad } from "./load.ts";

/** How much load, how long and how often. */
export interface LoadsWork {
  /** Jobs that run in worker processes meanwhile, one in each. */
  readonly runningJobs: number;
  readonly rounds: number;
  readonly seconds: number;
  readonly connections: number;
}

/** What is asked for: the yardstick, a job's state, and its best 50 rows. */
export const routes = ["healthz", "status", "top"] as const;

/** One of the measured routes. */
export type Route = typeof routes[number];

/** The rounds of every route, in the order in which they were run. */
export type Rounds = Readonly<Record<Route, readonly MeasuredLoad[]>>;

/** The same load while jobs run, while their workers give way to others (nice 10), and after they were cancelled. */
export type LoadsFound = Readonly<Record<"busy" | "yielding" | "quiet", Rounds>>;

const topLimit = 50;
const longRequest = longWalkRequest({ windows: 1999, topK: topLimit });
const patienceMs = 120_000;

/** Asks a running job's state and rows, as fast as they are answered. Rejects unless the jobs run all the time. */
export async function measureLoads(world: ApiWorld, work: LoadsWork): Promise<LoadsFound> {
  const { api } = world;
  const clients: BacktestClient[] = [];
  const jobIds: string[] = [];
  const userIds = Array.from({ length: work.runningJobs }, () => crypto.randomUUID());
  const workers: number[] = [];
  for (const userId of userIds) {
    workers.push(await world.startWorker());
    const client = await api.client(userId);
    clients.push(client);
    jobIds.push((await client.submitJob(longRequest)).job_id);
  }
  const client = clients[0]!;
  const jobId = jobIds[0]!;
  const states = () =>
    Promise.all(jobIds.map(async (id, i) => {
      const { state, last_error } = await clients[i]!.job(id);
      return last_error ?? state;
    }));
  const all = (state: string) => until(state, async () => new Set(await states()));
  await all("running");
  await until(topLimit, async () => [(await client.topRows(jobId, { limit: topLimit })).items.length]);

  const run = rounds(world, { ...work, jobId, token: await api.token(userIds[0]!) });
  await checkAnswers(api.url, { client, jobId });
  const busy = await run();
  for (const pid of workers) await giveWay(pid);
  const yielding = await run();
  assert.deepEqual(
    new Set(await states()),
    new Set(["running"]),
    "the jobs must run while they are measured",
  );
  for (const [i, id] of jobIds.entries()) await clients[i]!.cancelJob(id);
  await all("cancelled");
  return { busy, yielding, quiet: await run() };
}

/** A shell's exit code where a program is not there. */
const commandNotFound = 127;

/** Lowers the priority of all threads of a process, as starting it with `nice -n 10` does. */
async function giveWay(pid: number): Promise<void> {
  const script = `renice -n 10 -p $(ls /proc/${pid}/task)`;
  const { success, stderr, code } = await new Deno.Command("sh", { args: ["-c", script] }).output();
  if (code === commandNotFound) {
    return console.error("There is no renice on this machine: load and server have the same priority");
  }
  assert.ok(success, `Cannot lower the priority of process ${pid}: ${new TextDecoder().decode(stderr)}`);
}

/** A figure about wrong answers would be worth nothing. */
async function checkAnswers(
  url: string,
  { client, jobId }: { readonly client: BacktestClient; readonly jobId: string },
): Promise<void> {
  const health = await fetch(`${url}/healthz`);
  assert.deepEqual([health.status, await health.json()], [200, { status: "ok" }]);
  const { job_id, state } = await client.job(jobId);
  assert.deepEqual({ job_id, state }, { job_id: jobId, state: "running" });
  const { items } = await client.topRows(jobId, { limit: topLimit });
  assert.deepEqual(items.map(({ rank }) => rank), Array.from({ length: topLimit }, (_, i) => i + 1));
  const returns = items.map(({ total_return_pct }) => total_return_pct);
  assert.deepEqual(returns, returns.toSorted((a, b) => b - a));
}

/** The routes in turn, so that whatever else the machine does meets all of them. */
function rounds(
  { api }: ApiWorld,
  { jobId, token, rounds, seconds, connections }: LoadsWork & {
    readonly jobId: string;
    readonly token: string;
  },
): () => Promise<Rounds> {
  const bodyStart = `{"job_id":"${jobId}"`;
  const targets: Readonly<Record<Route, Pick<LoadTarget, "url" | "bodyStart">>> = {
    healthz: { url: `${api.url}/healthz`, bodyStart: '{"status":"ok"}' },
    status: { url: `${api.url}/backtests/jobs/${jobId}`, bodyStart },
    top: { url: `${api.url}/backtests/jobs/${jobId}/top?limit=${topLimit}`, bodyStart },
  };
  return async () => {
    const found: Record<Route, MeasuredLoad[]> = { healthz: [], status: [], top: [] };
    for (let round = 0; round < rounds; round++) {
      for (const route of routes) {
        found[route].push(await measureLoad({ ...targets[route], token, seconds, connections }, api.pid));
      }
    }
    return found;
  };
}

/** Waits until all that is read is as expected. */
async function until<T>(expected: T, read: () => Promise<Iterable<T>>): Promise<void> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const found = [...await read()];
    if (found.every((value) => value === expected)) return;
    if (performance.now() > deadline) {
      throw new Error(`Expected ${expected} within ${patienceMs} ms, got ${found.join(", ")}`);
    }
    await delay(100);
  }
}

/** The round with the most answers per second: the one in which the machine did the least besides. */
export function best(rounds: readonly MeasuredLoad[]): MeasuredLoad {
  return rounds.reduce((a, b) => b.requestsPerSecond > a.requestsPerSecond ? b : a);
}
