import { createIndicatorCompute } from "../../src/adapters/wasm/indicator_compute.ts";
import { createSignalReplay } from "../../src/adapters/wasm/signal_replay.ts";
import type { ApiRuns } from "../../src/api/deps.ts";
import { emptyCandles, type Market, wholeSeries } from "../../src/core/bars/mod.ts";
import type { CandleSource } from "../../src/ports/candle_source.ts";
import type { Clock } from "../../src/ports/clock.ts";
import type { Log } from "../../src/ports/log.ts";
import type { RunMetrics } from "../../src/ports/run_metrics.ts";
import { noRunMetrics } from "../../src/ports/run_metrics.ts";
import { BaselineMaker, makeBaselines } from "../../src/runs/baselines.ts";
import type { RunDeps } from "../../src/runs/deps.ts";
import { RunLoader } from "../../src/runs/run_loader.ts";
import { createTapeCache } from "../../src/runs/tape_cache.ts";
import type { MemoryRuns } from "../memory/runs.ts";

const dayMs = 86_400_000;

/** A market with sessions, as a stock exchange is: 252 days a year. */
export const sessionsMarket: Market = {
  calendar: "sessions",
  daysPerYear: null,
  futures: false,
  dayStart: null,
  partialLastBar: "skip",
};

/** A candle source that can be told to wait, to fail, and to have other candles. */
export interface TestCandles extends CandleSource {
  /** How often it was asked. */
  readonly loads: () => number;
  /** Lets loads wait until the promise resolves; null: not any more. */
  gate(until: Promise<void> | null): void;
  /** Makes loads throw this; null: not any more. */
  fail(thrown: unknown): void;
  /** What loads answer from now on. */
  become(closes: readonly number[]): void;
}

/** Daily candles of these closes, every price of a candle the same, from `firstMs` on; NaN for a day without one. */
export function dailyCandles(closes: readonly number[], firstMs: number): TestCandles {
  let now = closes;
  let gate: Promise<void> | null = null;
  let thrown: { readonly value: unknown } | null = null;
  let loads = 0;
  return {
    loads: () => loads,
    gate: (until) => void (gate = until),
    fail: (value) => void (thrown = value === null ? null : { value }),
    become: (closes) => void (now = closes),
    async load() {
      loads++;
      await gate;
      if (thrown) throw thrown.value;
      const rows = now.flatMap((close, day) => Number.isNaN(close) ? [] : [{ close, day }]);
      const candles = emptyCandles(rows.length);
      rows.forEach(({ close, day }, i) => {
        candles.tsOpenMs[i] = firstMs + day * dayMs;
        for (const name of ["open", "high", "low", "close"] as const) candles[name][i] = close;
        candles.volume[i] = 0;
      });
      return wholeSeries({ candles, timeframeMs: dayMs });
    },
  };
}

/** What a test's runs are served with. */
export interface RunWorldOptions {
  readonly stores: MemoryRuns;
  readonly candles: CandleSource;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics?: RunMetrics;
  readonly holder?: string;
  readonly stop?: AbortSignal;
  readonly stepsMax?: number;
  readonly timeoutHoldsMax?: number;
  readonly tapesBytesMax?: number;
  readonly market?: Market;
}

/** Runs over given stores in one process; disposed of when what it has under way is to be over. */
export interface RunWorld extends ApiRuns, AsyncDisposable {
  readonly baselines: BaselineMaker;
}

/** Serves runs as a process does, but for its reaper. */
export function runWorld(options: RunWorldOptions): RunWorld {
  const { stores, candles, clock, log } = options;
  const deps: RunDeps = {
    ...stores,
    candles,
    indicators: createIndicatorCompute(),
    marketOf: () => options.market ?? sessionsMarket,
    replay: createSignalReplay(),
    tapes: createTapeCache(options.tapesBytesMax ?? 1 << 24),
    clock,
    log,
    metrics: options.metrics ?? noRunMetrics,
    timeoutHoldsMax: options.timeoutHoldsMax ?? 20,
    succeeded: (run) => baselines.take(run),
  };
  const baselines = new BaselineMaker((run) => makeBaselines(run, deps), log);
  const holds = { holder: options.holder ?? "process-1", runIds: new Set<string>(), others: [] };
  const loader = new RunLoader({
    ...deps,
    held: stores.held,
    holds,
    stepsMax: options.stepsMax ?? 10_000,
    stop: options.stop ?? new AbortController().signal,
  });
  return {
    ...deps,
    holds,
    loader,
    baselines,
    async [Symbol.asyncDispose]() {
      await loader[Symbol.asyncDispose]();
      await baselines[Symbol.asyncDispose]();
    },
  };
}
