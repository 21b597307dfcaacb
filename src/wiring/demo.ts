import { parseRequestText } from "../request/parse.ts";
import { fileURLToPath } from "node:url";
import { FileCandleSource } from "../adapters/candles/file_candle_source.ts";
import { createPool } from "../adapters/wasm/pool.ts";
import { noMetrics } from "../ports/no_metrics.ts";
import type { OpenDemo } from "../cli/deps.ts";
import type { Clock } from "../ports/clock.ts";
import type { Log } from "../ports/log.ts";
import { runWorker } from "../worker/worker.ts";
import { openStores } from "./database.ts";
import { engineHash } from "./engine_hash.ts";
import { loadSettings } from "./settings.ts";
import { workerDeps } from "./worker_deps.ts";

const example = (name: string) => new URL(`../../docs/examples/${name}`, import.meta.url);
const devConfig = fileURLToPath(new URL("../../configs/dev/backtest.yaml", import.meta.url));
const claimPollSeconds = 0.05;

/** What the process gives to the demo. */
export interface DemoProcess {
  readonly clock: Clock;
  readonly log: Log;
  readonly lockedBy: string;
  readonly onNotice: (line: string) => void;
  /** The file in which `deno task` noted when it began, in epoch ms. */
  readonly startedPath: string | undefined;
}

/** A temporary database with schema, and a worker on it over the example candles, until it is disposed of. */
export async function openDemo(
  { clock, log, lockedBy, onNotice, startedPath }: DemoProcess,
): Promise<OpenDemo> {
  await using resources = new AsyncDisposableStack();
  const startedMs = startedPath === undefined
    ? null
    : Number(await Deno.readTextFile(startedPath).catch(() => NaN));
  const settings = await loadSettings({ configPath: devConfig }, {});
  const stores = resources.use(await openStores("embedded:temporary", { onNotice, migrate: true }));
  const compute = resources.use(createPool({ threads: settings.config.cpu.max_threads }));
  const candles = new FileCandleSource({
    path: example("sp500-daily.csv"),
    label: "docs/examples/sp500-daily.csv",
  });
  const request = parseRequestText(
    await Deno.readTextFile(example("sp500-sma-rsi.json")),
    "sp500-sma-rsi.json",
  );

  const stop = new AbortController();
  const deps = workerDeps({
    ...stores,
    candles,
    compute,
    clock,
    log,
    metrics: noMetrics,
    sharing: { coordinator: stores.coordinator, tasks: stores.tasks, moduleHash: engineHash(stores) },
  }, settings);
  const worker = runWorker(
    { ...deps, settings: { ...deps.settings, claimPollSeconds } },
    { lockedBy, stop: stop.signal },
  );
  resources.defer(async () => {
    stop.abort();
    await worker;
  });
  const kept = resources.move();
  return {
    ...stores,
    ...settings,
    candles,
    request,
    sinceCommandMs: () => startedMs === null || Number.isNaN(startedMs) ? null : clock.nowMs() - startedMs,
    worker,
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}
