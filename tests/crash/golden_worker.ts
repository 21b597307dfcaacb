/**
 * A worker process for golden jobs: the real adapter, worker and kernels, composed so that the order of statements is the
 * same in every run. Runs until SIGTERM.
 *
 * Usage: `golden_worker.ts <dsn> <name> <story>`
 */
import { noMetrics } from "../../src/ports/no_metrics.ts";
import { connect, disconnect } from "../../src/adapters/postgres/connect.ts";
import { postgresJobs } from "../../src/adapters/postgres/jobs.ts";
import { systemClock } from "../../src/adapters/system/clock.ts";
import { createLog } from "../../src/adapters/system/log.ts";
import { createInProcessCompute } from "../../src/adapters/wasm/in_process_compute.ts";
import type { Config } from "../../src/config.ts";
import { BacktestError } from "../../src/core/errors/mod.ts";
import type { CandleSource } from "../../src/ports/candle_source.ts";
import type { Clock } from "../../src/ports/clock.ts";
import type { Compute } from "../../src/ports/compute.ts";
import { noTaskMetrics } from "../../src/ports/task_metrics.ts";
import type { TaskQueue } from "../../src/ports/task_queue.ts";
import { fixedBatchSize } from "../../src/sweep/batch_size.ts";
import { workerDeps } from "../../src/wiring/worker_deps.ts";
import { runWorker } from "../../src/worker/worker.ts";
import type { SharingDeps } from "../../src/worker/sharing.ts";
import { testConfig } from "../helpers/config.ts";
import { candleSource } from "../helpers/worker_harness.ts";
import { type GoldenStory, isShared } from "./golden_jobs.ts";

const leaseSeconds = 1;
// so short that a heartbeat is due at every batch boundary
const heartbeatSeconds = 1e-6;
const batchUnits = 8;

/**
 * The machine's clock, on which the heartbeat's timer never fires: boundaries beat, and they are where they are. Who waits for
 * the tasks of others comes to none, so that there it does fire.
 */
function boundaryClock({ shares }: { readonly shares: boolean }): Clock {
  const clock = systemClock();
  const intervalMs = shares ? 300 : Infinity;
  return {
    ...clock,
    sleep: (ms, signal) => clock.sleep(ms === heartbeatSeconds * 1000 ? intervalMs : ms, signal),
  };
}

/** Writes a line with port and method before each call, by which the matrix knows what a story covers. */
function announced<T extends object>(name: string, port: T): T {
  return new Proxy(port, {
    get(target, method, receiver) {
      const member = Reflect.get(target, method, receiver);
      if (typeof member !== "function") return member;
      return (...args: unknown[]) => {
        log.debug("port_call", { method: `${name}.${String(method)}` });
        return member.apply(target, args);
      };
    },
  });
}

/**
 * A queue that the worker is cut off from as soon as `isCutOff` says so, for a lease's time and once, in the story of a job
 * that is surrendered.
 */
function cutOff<T extends object>(port: T, isCutOff: () => boolean): T {
  let untilMs: number | null = null;
  return new Proxy(port, {
    get(target, name, receiver) {
      const member = Reflect.get(target, name, receiver);
      if (typeof member !== "function") return member;
      return (...args: unknown[]) => {
        if (isCutOff()) untilMs ??= performance.now() + 1.2 * leaseSeconds * 1000;
        if (untilMs === null || performance.now() >= untilMs) return member.apply(target, args);
        return Promise.reject(new BacktestError("storage_unavailable", `Cannot ${String(name)}: cut off`));
      };
    },
  });
}

/** The port of a coordinator that leaves its tasks to helpers. */
function withoutOwn(tasks: TaskQueue): TaskQueue {
  return {
    ...tasks,
    claimTask: (claim) =>
      claim.jobId === undefined
        ? tasks.claimTask(claim)
        : Promise.resolve({ kind: "none", otherModule: null }),
  };
}

/** A source that does not answer the first call: the task is put off, and the next attempt mends it. */
function hesitating(source: CandleSource): CandleSource {
  let calls = 0;
  return { load: (request) => (calls++ === 0 ? silentSource : source).load(request) };
}

/** Calls `onStageB` when Stage B begins: asks the worker to stop, or cuts it off. */
function interrupted(compute: Compute, onStageB: () => void): Compute {
  return {
    ...compute,
    async open(input) {
      const session = await compute.open(input);
      return {
        ...session,
        scoreRisk(...args) {
          onStageB();
          return session.scoreRisk(...args);
        },
        [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
      };
    },
  };
}

/** Fails, in the story of a retried job, in a way that another attempt may mend. */
const silentSource: CandleSource = {
  load() {
    const message = "Cannot load candles: the source does not answer";
    return Promise.reject(new BacktestError("market_data_unavailable", message));
  },
};

const [dsn = "", lockedBy = "", story] = Deno.args;
// leaves the tasks of its job to the worker of the story
const coordinates = story === "coordinates";
const shares = coordinates || isShared(story as GoldenStory);
const encoder = new TextEncoder();
const log = createLog({
  write: (line) => void Deno.stderr.writeSync(encoder.encode(`${line}\n`)),
  level: "debug",
  component: "golden-worker",
});
const stop = new AbortController();
Deno.addSignalListener("SIGTERM", () => stop.abort());
const config = testConfig();
// of the config's own type, which refuses a member that is none: a lease of a minute is another matrix
const jobs: Config["jobs"] = {
  ...config.jobs,
  lease_seconds: leaseSeconds,
  heartbeat_seconds: heartbeatSeconds,
  // on a busy machine a lease of a second may be lost more often than a fault costs
  max_attempts: 20,
  claim_poll_seconds: 0.05,
  snapshot_variants_step: 1,
};
const compute = createInProcessCompute();
const sql = connect(dsn, { connectionsMax: 4 });
const { queue, results, coordinator, tasks } = postgresJobs(sql);
let inStageB = false;
const stageBOf: Partial<Record<string, () => void>> = {
  "is released": () => stop.abort(),
  "gets a task back": () => stop.abort(),
  "is surrendered": () => inStageB = true,
  "has a task that fails"() {
    throw new Error("a bug");
  },
};
const onStageB = stageBOf[story!];
const candlesOf: Partial<Record<string, CandleSource>> = {
  "is retried": silentSource,
  "is helped with": hesitating(candleSource),
};
const parts = {
  queue: announced("queue", story === "is surrendered" ? cutOff(queue, () => inStageB) : queue),
  results: announced("results", results),
  candles: candlesOf[story!] ?? candleSource,
  compute: onStageB ? interrupted(compute, onStageB) : compute,
  clock: boundaryClock({ shares }),
  log,
  metrics: noMetrics,
  // retries and reconnects at once, or nearly so
  random: () => 0.02,
};
const sharing: SharingDeps = {
  coordinator: announced("coordinator", coordinator),
  tasks: announced("tasks", coordinates ? withoutOwn(tasks) : tasks),
  metrics: noTaskMetrics,
  newId: () => crypto.randomUUID(),
  moduleHash: "golden",
  // more than faults of one point can spend
  maxRetries: 20,
};
const deps = {
  ...workerDeps(parts, { config: { ...config, jobs }, defaults: {} }),
  ...(shares ? { sharing } : {}),
};
await runWorker({ ...deps, batchSize: () => fixedBatchSize(batchUnits) }, { lockedBy, stop: stop.signal });
await disconnect(sql);
Deno.exit(0);
