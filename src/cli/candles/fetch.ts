import { type Command, InvalidArgumentError } from "commander";
import type { Timeframe } from "../../core/bars/mod.ts";
import { validationError } from "../../core/errors/mod.ts";
import { parseTimeOrDate } from "../../core/text/mod.ts";
import { timeframeSchema } from "../../schema/timeframe.ts";
import { fetchCandles, type FetchResult } from "../../usecases/fetch_candles.ts";
import type { CliDeps } from "../deps.ts";
import { parsedWith, positiveInteger, symbol } from "../options.ts";
import { progressView } from "../render/progress.ts";
import { warningLines } from "../render/warning_lines.ts";

interface FetchCommandOptions {
  readonly exchange: string;
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly from: number;
  readonly until?: number;
  readonly market?: number;
  readonly as?: string;
  readonly again?: boolean;
  readonly config?: string;
  readonly json?: boolean;
}

/** Markets of the shipped config by exchange; perpetual futures are symbols with a `:`. */
const usualMarkets: Readonly<Record<string, number>> = {
  binance: 1,
  "binance:": 2,
  "binanceusdm:": 2,
  bybit: 3,
  "bybit:": 4,
};

/** `candles fetch`: brings candles of an exchange into the candle folder. */
export function addFetchCommand(candles: Command, deps: CliDeps): void {
  candles.command("fetch")
    .description(
      "Bring public candles of an exchange into the candle folder; goes on where an earlier call ended",
    )
    .requiredOption("--exchange <name>", "as the package ccxt calls it, such as binance")
    .requiredOption("--symbol <name>", "as the exchange's users write it, such as BTC/USDT")
    .requiredOption("--timeframe <tf>", "such as 1m or 1d", (text) => parsedWith(timeframeSchema, text))
    .requiredOption("--from <time>", "open of the first candle, such as 2024-01-01, in UTC", time)
    .option("--until <time>", "end of the last candle; default now", time)
    .option("--market <id>", "market id; default that of the exchange in the shipped config", positiveInteger)
    .option("--as <symbol>", "symbol to store them as; default the same", symbol)
    .option("--again", "fetch what is stored already, too")
    .option("--config <file>", "runtime config, for candles.directory")
    .option("--json", "print one JSON object")
    .action((options: FetchCommandOptions) => fetchInto(options, deps));
}

async function fetchInto(options: FetchCommandOptions, deps: CliDeps): Promise<void> {
  const { exchange: name, from: fromMs, until: untilMs = deps.clock.nowMs() } = options;
  if (fromMs >= untilMs) throw refused("--from", "it is not before the end");
  const { config } = await deps.loadSettings(options.config ? { configPath: options.config } : {});
  const store = deps.openCandleStore(config.candles.directory);
  const exchange = await deps.openExchange(name);
  const view = progressView({ interactive: deps.interactive, clock: deps.clock, write: deps.err });
  try {
    const result = await fetchCandles({
      exchange,
      store,
      symbol: options.symbol,
      timeframe: options.timeframe,
      fromMs,
      untilMs,
      instrument: { market_id: marketOf(options), symbol: options.as ?? symbol(options.symbol) },
      again: options.again ?? false,
      signal: deps.stop,
      onProgress: ({ rows, totalRows }) =>
        view.update({
          state: "running",
          stage: "fetching",
          processedUnits: rows,
          totalUnits: Math.max(rows, totalRows),
        }),
    });
    view[Symbol.dispose]();
    deps.err(warningLines(result.warnings));
    deps.out(
      options.json ? `${JSON.stringify({ store: store.name, ...result })}\n` : lines(result, store.name),
    );
  } catch (error) {
    if (!deps.stop.aborted) throw error;
    const message = `Cannot finish fetching ${options.symbol}: interrupted; run it again for the rest`;
    throw validationError(message, [{ path: "--symbol", code: "interrupted", message }]);
  } finally {
    view[Symbol.dispose]();
  }
}

function lines(result: FetchResult, store: string): string {
  const { rows, first_ts_open: first, last_ts_open: last, inserted, replaced, unchanged } = result;
  return [
    rows === 0
      ? `no rows since ${result.from}`
      : `${rows} rows every ${result.timeframe}, ${first} to ${last}`,
    `${store}: ${inserted} new, ${replaced} replaced, ${unchanged} already there`,
    "",
  ].join("\n");
}

function marketOf({ exchange, symbol, market }: FetchCommandOptions): number {
  const usual = market ?? usualMarkets[`${exchange}${symbol.includes(":") ? ":" : ""}`];
  if (usual !== undefined) return usual;
  throw refused(
    "--market",
    `it must be given, as no market of the shipped config is ${exchange} with ${symbol}`,
  );
}

function time(text: string): number {
  const ms = parseTimeOrDate(text);
  if (ms === null) throw new InvalidArgumentError(`expected a time such as 2024-01-01, got "${text}"`);
  return ms;
}

function refused(path: string, why: string): Error {
  const message = `Cannot fetch candles: ${path}: ${why}`;
  return validationError(message, [{ path, code: "value_error", message }]);
}
