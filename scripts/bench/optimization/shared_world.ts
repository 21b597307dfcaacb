import { fileURLToPath } from "node:url";
import { DirectoryCandleSource } from "../../../src/adapters/candles/directory_candle_source.ts";
import { systemClock } from "../../../src/adapters/system/clock.ts";
import { createPool } from "../../../src/adapters/wasm/pool.ts";
import { isTerminal, type Job, type StoredTopVariant } from "../../../src/core/job/mod.ts";
import type { OptimizationTask } from "../../../src/core/optimization/mod.ts";
import { noMetrics } from "../../../src/ports/no_metrics.ts";
import { parseRequest } from "../../../src/request/parse.ts";
import { readStored } from "../../../src/request/stored.ts";
import { type PreparedSweep, prepareSweep } from "../../../src/sweep/prepare.ts";
import { submitJob } from "../../../src/usecases/submit_job.ts";
import { openStores, openWakeups } from "../../../src/wiring/database.ts";
import { engineHash } from "../../../src/wiring/engine_hash.ts";
import { loadSettings } from "../../../src/wiring/settings.ts";
import { workerDeps } from "../../../src/wiring/worker_deps.ts";
import { runWorker } from "../../../src/worker/worker.ts";
import { memoryLog } from "../../../tests/memory/log.ts";
import { type TimedCompute, timedCompute } from "../whole_job/timed_compute.ts";

/** How a sweep is run: by so many workers, whole or in tasks. */
export interface SharedRun {
  readonly workers: number;
  readonly split: boolean;
}

/** A sweep that has ended. */
export interface SharedResult {
  readonly job: Job;
  readonly rows: readonly StoredTopVariant[];
  readonly shortlist: readonly number[];
  readonly tasks: readonly OptimizationTask[];
  readonly elapsedMs: number;
  /** Compute time of the batches of each worker, in ms. */
  readonly busyMs: readonly number[];
}

/** A database, candles, and workers of one thread each. */
export interface SharedWorld extends AsyncDisposable {
  run(body: unknown, run: SharedRun): Promise<SharedResult>;
  sweepOf(job: Job): Promise<PreparedSweep>;
}

const configPath = fileURLToPath(new URL("../../../configs/test/backtest.yaml", import.meta.url));
const pollMs = 5;

/** Starts an embedded Postgres with the schema, and pools of one thread for at most `workersMax` workers. */
export async function sharedWorld(
  { directory, workersMax, taskVariants }: {
    readonly directory: string;
    readonly workersMax: number;
    readonly taskVariants: number;
  },
): Promise<SharedWorld> {
  await using resources = new AsyncDisposableStack();
  const settings = await loadSettings({ configPath }, {});
  const stores = resources.use(
    await openStores("embedded:temporary", { migrate: true, onNotice: (line) => console.error(line) }),
  );
  const clock = systemClock();
  const log = memoryLog();
  const wakeups = resources.use(
    openWakeups(stores, { listenerId: "bench", clock, log, random: Math.random }),
  );
  const computes = Array.from(
    { length: workersMax },
    () => resources.use(timedCompute(createPool({ threads: 1 }))),
  );
  const sharing = { coordinator: stores.coordinator, tasks: stores.tasks, moduleHash: engineHash(stores) };
  const depsOf = (compute: TimedCompute) => {
    const candles = new DirectoryCandleSource({ directory });
    return workerDeps(
      { ...stores, wakeups, candles, compute, clock, log: memoryLog(), metrics: noMetrics, sharing },
      settings,
    );
  };
  const optimizations = { ...settings.config.optimizations, task_variants: taskVariants };
  const submission = {
    ...settings,
    config: { ...settings.config, optimizations },
    jobs: stores.jobs,
    newId: () => crypto.randomUUID(),
  };
  const kept = resources.move();
  return {
    async run(body, { workers, split }) {
      const stop = new AbortController();
      const used = computes.slice(0, workers);
      const before = used.map(({ busyMs }) => busyMs);
      const loops = used.map((compute, i) =>
        runWorker(depsOf(compute), { lockedBy: `bench-${i}`, stop: stop.signal })
      );
      const startedMs = performance.now();
      const parsed = parseRequest(body);
      const shared = split ? { sharing: { concurrency_limit: workers } } : {};
      const { jobId } = await submitJob({ parsed, userId: crypto.randomUUID(), ...shared }, submission);
      let job = (await stores.jobs.get(jobId))!;
      for (; !isTerminal(job.state); job = (await stores.jobs.get(jobId))!) await clock.sleep(pollMs);
      const elapsedMs = performance.now() - startedMs;
      stop.abort();
      await Promise.all(loops);
      if (job.state !== "succeeded") throw new Error(`Job ${jobId} ended ${job.state}: ${job.lastError}`);
      return {
        job,
        rows: await stores.results.listTopVariants(jobId, 1000),
        shortlist: (await stores.results.getShortlist(jobId))?.stageAIndexes ?? [],
        tasks: (await stores.optimizations.listTasks({ jobId, limit: 1000 })).items,
        elapsedMs,
        busyMs: used.map(({ busyMs }, i) => busyMs - before[i]!),
      };
    },
    sweepOf: (job) => {
      const deps = depsOf(computes[0]!);
      return prepareSweep(readStored(job), { ...deps, ...deps.settings });
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}
