import { parseRequest } from "../../../src/request/parse.ts";
import { readStored } from "../../../src/request/stored.ts";
import { fileURLToPath } from "node:url";
import { DirectoryCandleSource } from "../../../src/adapters/candles/directory_candle_source.ts";
import { memoryLog } from "../../../tests/memory/log.ts";
import { noMetrics } from "../../../src/ports/no_metrics.ts";
import { systemClock } from "../../../src/adapters/system/clock.ts";
import { createPool } from "../../../src/adapters/wasm/pool.ts";
import type { Job, StoredTopVariant } from "../../../src/core/job/mod.ts";
import type { CandleSource } from "../../../src/ports/candle_source.ts";
import { type PreparedSweep, prepareSweep } from "../../../src/sweep/prepare.ts";
import { submitJob } from "../../../src/usecases/submit_job.ts";
import { openStores } from "../../../src/wiring/database.ts";
import { loadSettings } from "../../../src/wiring/settings.ts";
import { workerDeps } from "../../../src/wiring/worker_deps.ts";
import { runJob } from "../../../src/worker/run_job.ts";
import { timedCompute } from "./timed_compute.ts";

/** A finished job and where its time went, in ms. */
export interface FinishedJob {
  readonly job: Job;
  readonly rows: readonly StoredTopVariant[];
  /** Stage A indexes in ranked order. */
  readonly shortlist: readonly number[];
  readonly elapsedMs: number;
  /** Compute time of all batches, threads added up. */
  readonly busyMs: number;
  readonly stageMs: Readonly<Record<string, number>>;
}

/** A database, candles and a worker's parts. */
export interface JobWorld extends AsyncDisposable {
  /** Queues the request and runs it with the worker's code until its rows are committed. */
  run(body: unknown): Promise<FinishedJob>;
  /** The sweep of a job, made anew. */
  sweepOf(job: Job): Promise<PreparedSweep>;
}

const configPath = fileURLToPath(new URL("../../../configs/test/backtest.yaml", import.meta.url));
const lockedBy = "bench-1";

/** Starts an embedded Postgres with the schema, and a pool of `threads`. */
export async function jobWorld(
  { directory, threads }: { readonly directory: string; readonly threads: number },
): Promise<JobWorld> {
  await using resources = new AsyncDisposableStack();
  const settings = await loadSettings({ configPath }, {});
  const stores = resources.use(
    await openStores("embedded:temporary", { migrate: true, onNotice: (line) => console.error(line) }),
  );
  const stageMs: Record<string, number> = {};
  const compute = resources.use(timedCompute(createPool({ threads })));
  const clock = systemClock();
  const candles = timedSource(new DirectoryCandleSource({ directory }), stageMs);
  const metrics = {
    ...noMetrics,
    stageDone: (stage: string, seconds: number) => void (stageMs[stage] = seconds * 1000),
  };
  const deps = workerDeps({ ...stores, candles, compute, clock, log: memoryLog(), metrics }, settings);
  const submission = { ...settings, jobs: stores.jobs, newId: () => crypto.randomUUID() };
  const kept = resources.move();
  return {
    async run(body) {
      const parsed = parseRequest(body);
      const startedMs = performance.now();
      const busyBeforeMs = compute.busyMs;
      const { jobId } = await submitJob({ parsed, userId: crypto.randomUUID() }, submission);
      const sentMs = clock.monotonicMs();
      const job = await stores.queue.claimNext({ lockedBy, leaseSeconds: deps.settings.leaseSeconds });
      if (job?.jobId !== jobId) throw new Error(`Cannot claim job ${jobId}: got ${job?.jobId}`);
      const end = await runJob({ job, lockedBy, sentMs }, { deps, stop: new AbortController().signal });
      const elapsedMs = performance.now() - startedMs;
      if (end.outcome !== "succeeded") throw new Error(`Job ${jobId} ended ${end.outcome} in ${end.stage}`);
      const rows = await stores.results.listTopVariants(jobId, deps.settings.topKPersisted);
      const shortlist = (await stores.results.getShortlist(jobId))?.stageAIndexes ?? [];
      return {
        job,
        rows,
        shortlist,
        elapsedMs,
        busyMs: compute.busyMs - busyBeforeMs,
        stageMs: { ...stageMs },
      };
    },
    sweepOf: (job) => prepareSweep(readStored(job), { ...deps, ...deps.settings }),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

function timedSource(source: CandleSource, stageMs: Record<string, number>): CandleSource {
  return {
    async load(...query) {
      const startedMs = performance.now();
      const loaded = await source.load(...query);
      stageMs.load_candles = performance.now() - startedMs;
      return loaded;
    },
  };
}
