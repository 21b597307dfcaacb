import { setImmediate } from "node:timers";
import { createInProcessCompute } from "../../src/adapters/wasm/in_process_compute.ts";
import { marketLookup } from "../../src/core/bars/mod.ts";
import type { Job, StoredTopVariant } from "../../src/core/job/mod.ts";
import { isTerminal } from "../../src/core/job/mod.ts";
import type { CandleSource } from "../../src/ports/candle_source.ts";
import type { Compute } from "../../src/ports/compute.ts";
import { parseOptimization } from "../../src/request/optimization.ts";
import { parseRequest } from "../../src/request/parse.ts";
import { submitJob } from "../../src/usecases/submit_job.ts";
import type { WorkerDeps } from "../../src/worker/job_context.ts";
import type { SharingDeps } from "../../src/worker/sharing.ts";
import { runWorker } from "../../src/worker/worker.ts";
import { testConfig } from "../helpers/config.ts";
import { type Harness, harness, type HarnessOptions, userId } from "../helpers/worker_harness.ts";

/** How a shared world differs from the usual one. */
export interface SharedWorldOptions extends Pick<HarnessOptions, "sabotage" | "settings" | "batchUnits"> {
  readonly candles: CandleSource;
  /** Variants of a task. */
  readonly taskVariants?: number;
  /** The module in this thread unless given. */
  readonly compute?: Compute;
  readonly sharing?: Partial<SharingDeps>;
}

/** Workers of the product's own code over stores in memory, and real kernels. */
export interface SharedWorld extends Harness, AsyncDisposable {
  /** Queues an optimisation; without sharing members a plain job. */
  share(request: Record<string, unknown>): Promise<Job>;
  submitPlain(request: Record<string, unknown>): Promise<Job>;
  /** Starts a worker that claims and helps until it is stopped. */
  startWorker(
    name: string,
    changes?: Partial<WorkerDeps>,
    /** One that may die is not waited for in the end. */
    options?: { readonly mortal?: boolean },
  ): StartedWorker;
  /** The job once it has ended; the clock stands still, or goes on by so much at every look. */
  ended(jobId: string, options?: { readonly advanceMs?: number }): Promise<Job>;
  rows(jobId: string): Promise<readonly StoredTopVariant[]>;
}

/** A worker that runs. */
export interface StartedWorker {
  /** Tells it to stop and waits until it has. */
  stop(): Promise<void>;
  readonly done: Promise<void>;
}

/** Makes a world in which sweeps are shared. */
export function sharedWorld(options: SharedWorldOptions): SharedWorld {
  const { taskVariants = 40, compute = createInProcessCompute(), sharing = {}, ...rest } = options;
  const guards = { maxVariants: 600_000, maxVariantsExhaustive: 600_000, maxBytes: 2 ** 34 };
  const world = harness({ batchUnits: 3, ...rest, sharing, settings: { guards, ...rest.settings } });
  const config = testConfig();
  const deps: WorkerDeps = {
    ...world.deps,
    compute,
    marketOf: marketLookup(config.markets),
    random: () => 0,
  };
  const submitDeps = {
    jobs: world.jobs,
    config: { ...config, optimizations: { ...config.optimizations, task_variants: taskVariants } },
    defaults: {},
    newId: () => crypto.randomUUID(),
  };
  const workers = new Set<StartedWorker>();
  return {
    ...world,
    deps,
    async share(request) {
      const { request: parsed, sharing } = parseOptimization(request);
      return await submitJob({ parsed, sharing, userId }, submitDeps);
    },
    submitPlain: (request) => submitJob({ parsed: parseRequest(request), userId }, submitDeps),
    startWorker(lockedBy, changes = {}, { mortal = false } = {}) {
      const stop = new AbortController();
      const done = runWorker({ ...deps, ...changes }, { lockedBy, stop: stop.signal });
      const worker = {
        done,
        async stop() {
          stop.abort();
          await done;
          workers.delete(worker);
        },
      };
      if (!mortal) workers.add(worker);
      return worker;
    },
    async ended(jobId, { advanceMs = 0 } = {}) {
      for (let quietTurns = 0;;) {
        const job = (await world.jobs.get(jobId))!;
        if (isTerminal(job.state)) return job;
        const before = world.writes.length;
        // a turn of the loop: nothing here takes longer than the work itself
        await new Promise((resolve) => setImmediate(resolve));
        quietTurns = world.writes.length === before ? quietTurns + 1 : 0;
        // time passes while nobody does anything
        if (advanceMs > 0 && quietTurns > 3) await world.clock.advance(advanceMs);
      }
    },
    rows: (jobId) => world.results.listTopVariants(jobId, 1000),
    async [Symbol.asyncDispose]() {
      for (const worker of workers) await worker.stop();
      await compute[Symbol.asyncDispose]();
    },
  };
}
