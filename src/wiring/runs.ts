import type { Registry } from "prom-client";
import { prometheusRunMetrics, registerRunsActive } from "../adapters/prometheus/run_metrics.ts";
import { createIndicatorCompute } from "../adapters/wasm/indicator_compute.ts";
import { createSignalReplay } from "../adapters/wasm/signal_replay.ts";
import type { ApiRuns } from "../api/deps.ts";
import type { Config } from "../config.ts";
import { marketLookup } from "../core/bars/mod.ts";
import { runTapesBytesMax } from "../core/limits/mod.ts";
import type { CandleSource } from "../ports/candle_source.ts";
import type { Clock } from "../ports/clock.ts";
import type { Log } from "../ports/log.ts";
import { BaselineMaker, makeBaselines } from "../runs/baselines.ts";
import type { RunDeps } from "../runs/deps.ts";
import { recoverRuns, runReaper, runSweeps } from "../runs/reaper.ts";
import { RunLoader } from "../runs/run_loader.ts";
import { createTapeCache } from "../runs/tape_cache.ts";
import { guardedCandles } from "../worker/guarded_candles.ts";
import type { OpenStores } from "./database.ts";

/** What runs are served with in one process. */
export interface RunsOptions {
  readonly stores: Pick<OpenStores, "runStores">;
  readonly config: Config;
  readonly candles: CandleSource;
  readonly registry: Registry;
  readonly clock: Clock;
  readonly log: Log;
  /** Names this process to others. */
  readonly lockedBy: string;
  /** Whether this is the only process that works on runs of the database. */
  readonly alone?: boolean;
  readonly stop: AbortSignal;
}

/** Serves the runs of a process: starts its reaper, and ends it with what is under way when it is disposed of. */
export async function openRuns(options: RunsOptions): Promise<ApiRuns & AsyncDisposable> {
  const { stores, config, clock, log, lockedBy: holder, stop, registry } = options;
  const holds = { holder, runIds: new Set<string>(), others: [] };
  const { candle_load_seconds: timeoutSeconds } = config.jobs;
  const base: RunDeps = {
    ...stores.runStores,
    candles: guardedCandles(options.candles, { clock, timeoutSeconds }),
    indicators: createIndicatorCompute(),
    marketOf: marketLookup(config.markets),
    replay: createSignalReplay(),
    tapes: createTapeCache(runTapesBytesMax),
    clock,
    log,
    metrics: prometheusRunMetrics(registry),
    timeoutHoldsMax: config.runs.timeout_holds_max,
    succeeded: (run) => baselines.take(run),
  };
  const baselines = new BaselineMaker((run) => makeBaselines(run, base), log);
  const deps = { ...base, held: stores.runStores.held, holds };
  registerRunsActive(stores.runStores.sweeps, { registry, clock });
  if (options.alone || config.runs.recover_on_startup) await recoverRuns(deps);
  const loader = new RunLoader({ ...deps, stepsMax: config.runs.steps_max, stop });
  const reaping = runReaper({
    sweeps: runSweeps({ ...deps, config: config.runs }),
    seconds: config.runs.reaper_seconds,
    jitter: Math.random(),
    clock,
    log,
    metrics: deps.metrics,
    stop,
  });
  return {
    ...deps,
    loader,
    async [Symbol.asyncDispose]() {
      await loader[Symbol.asyncDispose]();
      await baselines[Symbol.asyncDispose]();
      await reaping;
    },
  };
}
