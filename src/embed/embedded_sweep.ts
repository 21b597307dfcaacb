import type { BacktestAnswer } from "../answers/backtest.ts";
import { parseRequestText } from "../request/parse.ts";
import { rowsInRange } from "../adapters/candles/rows/rows_in_range.ts";
import { createRuleProbe } from "../adapters/wasm/rule_probe.ts";
import { moduleCompute } from "../adapters/wasm/module_compute.ts";
import { type Config, parseConfig } from "../config.ts";
import {
  type Calendar,
  type Market,
  marketLookup,
  type Markets,
  parseDayStart,
  type PartialLastBar,
  type StoredSeries,
  wholeSeries,
} from "../core/bars/mod.ts";
import { validationError } from "../core/errors/mod.ts";
import type { CandleSource } from "../ports/candle_source.ts";
import { parseDefaultGrids } from "../request/default_grids_file.ts";
import { runBacktest } from "../usecases/run_backtest.ts";
import { checkArguments } from "./embedded_arguments.ts";
import { type EmbeddedCandles, readCandles } from "./embedded_candles.ts";

// A composition root of its own: bundled, it runs in every host that has WebAssembly.

/** Everything a sweep needs, handed over by the host: nothing is read from a file, the network or the environment. */
export interface EmbeddedSweep {
  /** Bytes of `build/backtest.wasm`. */
  readonly wasm: BufferSource;
  /** The request, as JSON text of the body of `POST /backtests`. */
  readonly request: string;
  /** Looked at before anything is computed; they are copied, and stay the caller's. */
  readonly candles: EmbeddedCandles;
  /** Spacing of the rows in ms. */
  readonly timeframeMs: number;
  /** What an empty bucket means; as the config has it for the market unless given. */
  readonly calendar?: Calendar;
  /** Where days, and bars of an hour or more, start, such as `17:00 America/New_York`; likewise. */
  readonly dayStart?: string;
  /** What is done with a last bar that the rows or the range end inside of; likewise. */
  readonly partialLastBar?: PartialLastBar;
  /** Text of `backtest.yaml` and of the `indicators.yaml` beside it. */
  readonly config: string;
  readonly grids: string;
  /** Aborts with a reason text; looked at between batches. */
  readonly signal?: AbortSignal;
}

/**
 * Runs a sweep in the calling thread and answers as `POST /backtests` does, reports included. Rejects as that route
 * answers, with a `BacktestError` whose message names field and value, also for a member that is missing, unknown or of
 * another type. Call it in a Web Worker to keep a page alive.
 */
export async function embeddedSweep(sweep: EmbeddedSweep): Promise<BacktestAnswer> {
  checkArguments(sweep);
  const given = readCandles(sweep.candles);
  const config = parseConfig(sweep.config, { path: "backtest.yaml", cpuCount: 1 });
  const defaults = parseDefaultGrids(sweep.grids, { path: "indicators.yaml" });
  const parsed = parseRequestText(sweep.request, "the request");
  const marketOf = givenMarket(sweep, config.markets);
  const module = await compiled(sweep.wasm);
  await using compute = moduleCompute(module);
  return await runBacktest(
    { parsed, reports: "full", ...(sweep.signal ? { signal: sweep.signal } : {}) },
    {
      candles: givenCandles(wholeSeries({ ...given, timeframeMs: sweep.timeframeMs }), config),
      compute,
      rules: createRuleProbe(() => module),
      defaults,
      config,
      marketOf,
    },
  );
}

/** The config's markets; what the caller says wins. */
function givenMarket(
  { calendar, dayStart, partialLastBar }: EmbeddedSweep,
  markets: Markets,
): (marketId: number) => Market {
  return marketLookup(markets, {
    ...(calendar && { calendar }),
    ...(dayStart !== undefined && { dayStart: parseDayStart(dayStart, "dayStart") }),
    ...(partialLastBar && { partialLastBar }),
  });
}

/** What tells the engine's module from another one. */
const neededExports = ["memory", "replay", "keepBest"];

/** The module of `build/backtest.wasm`. */
async function compiled(bytes: BufferSource): Promise<WebAssembly.Module> {
  try {
    const module = await WebAssembly.compile(bytes);
    const exported = new Set(WebAssembly.Module.exports(module).map(({ name }) => name));
    const needsNothing = WebAssembly.Module.imports(module).length === 0;
    if (needsNothing && neededExports.every((name) => exported.has(name))) return module;
  } catch {
    // whatever a host says of such bytes, the caller's mistake is the same
  }
  const message = "wasm must be the bytes of build/backtest.wasm, got other bytes";
  throw validationError(`Cannot sweep: ${message}`, [{ path: "wasm", code: "value_error", message }]);
}

/** A source that holds the rows of one instrument, whichever is asked for. */
function givenCandles(series: StoredSeries, { candles }: Config): CandleSource {
  const given = { series, badRows: candles.bad_rows ?? "skip", label: "sweep.candles" };
  // deno-lint-ignore require-await
  return { load: async (query) => rowsInRange(given, query) };
}
