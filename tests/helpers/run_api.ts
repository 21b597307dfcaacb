import { testConfig } from "./config.ts";
import type { RunStatus } from "../../src/answers/run.ts";
import type { ApiDeps } from "../../src/api/deps.ts";
import { type ManualClock, manualClock } from "../memory/clock.ts";
import { memoryJobs } from "../memory/jobs.ts";
import { memoryLog } from "../memory/log.ts";
import { memoryStrategies } from "../memory/strategy_repository.ts";
import { type ApiWorld, apiWorld } from "./api_world.ts";
import {
  dailyCandles,
  type RunWorld,
  runWorld,
  type RunWorldOptions,
  type TestCandles,
} from "./run_world.ts";

/** Opening of the example's first traded bar. */
export const exampleStartMs = Date.UTC(2026, 0, 5);
/** The closes of the example, section 8 of the contract. */
export const exampleCloses = [100, 104, 103, 98.5, 97, 101.25];

/** The body of the example's run. */
export const exampleBody = {
  instrument_id: { market_id: 100, symbol: "EXAMPLE" },
  timeframe: "1d",
  time_range: { start: "2026-01-06T00:00:00Z", end: "2026-01-12T00:00:00Z" },
  warmup_bars: 1,
  decision_timeout_seconds: 60,
  execution: { init_cash_quote: 10_000, fee_pct: 0.1, slippage_pct: 0.05 },
};

/** An API whose runs are driven by a clock that stands still. */
export interface RunApi extends ApiWorld, AsyncDisposable {
  readonly clock: ManualClock;
  readonly candles: TestCandles;
  readonly runWorld: RunWorld;
  /** Another process over the same rows, which has nothing in memory. */
  sibling(changes?: Partial<RunWorldOptions>): RunApi;
  /** Starts a run and waits until it is loaded, or has failed. */
  started(body?: Readonly<Record<string, unknown>>): Promise<RunStatus>;
  /** Sends a decision with a key of its own. */
  decide(
    runId: string,
    decision: Readonly<Record<string, unknown>>,
    key?: string,
  ): ReturnType<ApiWorld["send"]>;
}

interface Shared {
  readonly clock: ManualClock;
  readonly stores: ReturnType<typeof memoryJobs>;
  readonly candles: TestCandles;
}

/** Opens it; the candles are those of the example unless given. */
export function runApi(
  options: Partial<RunWorldOptions> & {
    readonly testCandles?: TestCandles;
    readonly api?: Partial<ApiDeps>;
  } = {},
): RunApi {
  const clock = manualClock(Date.UTC(2026, 1, 1));
  const { testCandles = dailyCandles(exampleCloses, exampleStartMs), api = {}, ...rest } = options;
  return opened({ clock, stores: memoryJobs(clock), candles: testCandles }, { options: rest, api });
}

function opened(
  shared: Shared,
  { options, api }: { readonly options: Partial<RunWorldOptions>; readonly api: Partial<ApiDeps> },
): RunApi {
  const { clock, stores, candles } = shared;
  const log = memoryLog();
  const world = runWorld({ stores: stores.runStores, candles, clock, log, ...options });
  const { wakeups, jobs, results, changes, optimizations } = stores;
  const opening = apiWorld({
    clock,
    log,
    jobs: { jobs, results, changes, wakeups, optimizations, strategies: memoryStrategies(clock) },
    runs: world,
    newId: () => crypto.randomUUID(),
    config: testConfig(),
    ...api,
  });
  return {
    ...opening,
    ...stores,
    clock,
    candles,
    log,
    runWorld: world,
    sibling: (changes = {}) =>
      opened(shared, { options: { ...options, holder: "process-2", ...changes }, api }),
    async started(body = exampleBody) {
      const { status, json, text } = await opening.send("POST", "/backtests/runs", { body });
      if (status !== 201) throw new Error(`Cannot start the run: ${status} ${text}`);
      await world.loader.idle();
      return (await opening.send("GET", `/backtests/runs/${json.run_id}`)).json;
    },
    decide: (runId, body, key = crypto.randomUUID()) =>
      opening.send("POST", `/backtests/runs/${runId}/decisions`, {
        body,
        headers: { "idempotency-key": key },
      }),
    [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
  };
}
