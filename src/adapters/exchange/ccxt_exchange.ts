import { type ExactCandles, exactCandles, longestBarMs, timeframeMs } from "../../core/bars/mod.ts";
import { BacktestError, validationError } from "../../core/errors/mod.ts";
import { nearestName, scrub, shown } from "../../core/text/mod.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Exchange, ExchangeQuery } from "../../ports/exchange.ts";
import type { Ccxt, CcxtExchange } from "./ccxt_module.ts";

/** How an exchange is reached. */
export interface CcxtOptions {
  /** As the package calls it: `binance`. */
  readonly name: string;
  readonly clock: Clock;
  /** In place of the hosts of the exchange, which become the first part of the path; for tests. */
  readonly gateway?: string;
}

/** A page where the package does not say how many candles the exchange gives at once. */
const usualPage = 500;

/** So often a request is sent again in a row, a wait of 1, 2, 4, ... s before each. */
const retriesMax = 5;
const retryMs = 1000;

/** Opens an exchange by its name. Rejects with a `validation_error` for one that nobody knows, or without the package. */
export async function openExchange(options: CcxtOptions): Promise<Exchange> {
  const ccxt = await load();
  const Named = ccxt.exchanges.includes(options.name) ? ccxt[options.name] : undefined;
  if (Named === undefined) {
    throw refused(
      "--exchange",
      `there is no exchange ${shown(options.name)}${meantBy(options.name, ccxt.exchanges)}`,
    );
  }
  const exchange = new Named({ enableRateLimit: true });
  if (!exchange.has.fetchOHLCV) throw refused("--exchange", `${options.name} gives no candles`);
  if (options.gateway !== undefined) exchange.urls.api = through(exchange.urls.api, options.gateway);
  return new CcxtCandles(exchange, { ...options, ccxt });
}

/**
 * The package is not imported by its name anywhere that a program comes by when it starts, so that Deno installs it for
 * nobody else.
 */
async function load(): Promise<Ccxt> {
  try {
    const module = new URL("./ccxt_package.ts", import.meta.url).href;
    return (await import(module)).default;
  } catch {
    const message = "Cannot fetch candles: the package ccxt is not installed here; " +
      "fetch them with the task candles of a clone, and import the files";
    throw validationError(message, [{ path: "--exchange", code: "value_error", message }]);
  }
}

class CcxtCandles implements Exchange {
  readonly #exchange: CcxtExchange;
  readonly #options: CcxtOptions & { readonly ccxt: Ccxt };

  constructor(exchange: CcxtExchange, options: CcxtOptions & { readonly ccxt: Ccxt }) {
    this.#exchange = exchange;
    this.#options = options;
  }

  get name(): string {
    return this.#options.name;
  }

  async *pages(
    query: ExchangeQuery,
    { signal }: { readonly signal?: AbortSignal } = {},
  ): AsyncGenerator<ExactCandles> {
    const { symbol, timeframe } = query;
    const lengthMs = timeframeMs(timeframe);
    // months are not all as long
    const shortestMs = timeframe === "1M" ? 1 : lengthMs;
    const { timeframes } = this.#exchange;
    if (!(timeframe in timeframes)) {
      throw refused(
        "--timeframe",
        `${this.name} has ${Object.keys(timeframes).join(", ")}, got ${timeframe}`,
      );
    }
    await this.#ask(() => this.#exchange.loadMarkets(), signal);
    const limit = this.#pageOf(symbol);
    const endMs = Math.min(query.endMs, await this.#nowMs(signal));
    for (let sinceMs = query.startMs; sinceMs < endMs;) {
      const from = sinceMs;
      const rows = await this.#ask(
        () => this.#exchange.fetchOHLCV(symbol, timeframe, from, limit),
        signal,
      );
      const over = rows.map((row) => this.#checked(row, query))
        .filter(([openMs]) =>
          openMs! >= sinceMs && openMs! < query.endMs && openMs! + longestBarMs(timeframe) <= endMs
        )
        .sort(([a], [b]) => a! - b!)
        .filter(([openMs], row, all) => row === 0 || openMs !== all[row - 1]![0]);
      if (over.length > 0) yield candlesOf(over);
      // a window without candles may lie before the first or in a hole, and others behind it
      sinceMs = over.length > 0 ? over.at(-1)![0]! + shortestMs : sinceMs + limit * lengthMs;
    }
  }

  #pageOf(symbol: string): number {
    const { features, symbols = [] } = this.#exchange;
    if (!symbols.includes(symbol)) {
      throw refused("--symbol", `${this.name} has no ${shown(symbol)}${meantBy(symbol, symbols)}`);
    }
    const { swap } = this.#exchange.market(symbol);
    return features?.[swap ? "swap" : "spot"]?.fetchOHLCV?.limit ?? usualPage;
  }

  /** The earlier of the two clocks: a candle that either says is not over is not taken. */
  async #nowMs(signal: AbortSignal | undefined): Promise<number> {
    const ownMs = this.#options.clock.nowMs();
    if (this.#exchange.has.fetchTime !== true) return ownMs;
    return Math.min(ownMs, await this.#ask(() => this.#exchange.fetchTime(), signal));
  }

  #checked(row: readonly (number | null | undefined)[], { symbol }: ExchangeQuery): readonly number[] {
    const [openMs, ...values] = row;
    const numbers = Array.from({ length: 5 }, (_, index) => values[index] ?? NaN);
    if (Number.isSafeInteger(openMs) && numbers.every((value) => typeof value === "number")) {
      return [openMs!, ...numbers];
    }
    throw this.#unavailable(`what it gave of ${symbol} is no candle: ${shown(row)}`);
  }

  async #ask<Answer>(ask: () => Promise<Answer>, signal: AbortSignal | undefined): Promise<Answer> {
    const { ccxt, clock } = this.#options;
    for (let failures = 0;; failures++) {
      signal?.throwIfAborted();
      try {
        return await ask();
      } catch (error) {
        signal?.throwIfAborted();
        // refusals by place or address look like others, but no waiting mends them
        const mayPass = error instanceof ccxt.NetworkError && !/\b(403|451)\b/.test(error.message);
        if (error instanceof ccxt.BadSymbol) throw refused("--symbol", reasonOf(error));
        if (!mayPass || failures === retriesMax) throw this.#unavailable(reasonOf(error), error);
        await clock.sleep(retryMs * 2 ** failures, signal);
      }
    }
  }

  #unavailable(reason: string, cause?: unknown): BacktestError {
    const message = `Cannot fetch candles from ${this.name}: ${reason}`;
    return new BacktestError("market_data_unavailable", message, { cause });
  }
}

function candlesOf(rows: readonly (readonly number[])[]): ExactCandles {
  const column = (index: number) => Float64Array.from(rows, (row) => row[index]!);
  return exactCandles(column(0), [1, 2, 3, 4, 5].map(column));
}

/** Every address with its host in front of its path, at another server. */
function through(api: unknown, gateway: string): unknown {
  if (typeof api === "string") return api.replace(/^https?:\//, gateway);
  if (typeof api !== "object" || api === null) return api;
  return Object.fromEntries(Object.entries(api).map(([name, value]) => [name, through(value, gateway)]));
}

/** The one that is perhaps meant; there are thousands. */
function meantBy(name: string, known: readonly string[]): string {
  const nearest = nearestName(name, known);
  return nearest === null ? "" : ` (nearest is ${nearest})`;
}

const reasonLengthMax = 300;

function reasonOf(error: unknown): string {
  const text = scrub(error instanceof Error ? error.message : String(error)).replaceAll(/\s+/g, " ");
  return text.length > reasonLengthMax ? `${text.slice(0, reasonLengthMax)}...` : text;
}

function refused(path: string, why: string): BacktestError {
  const message = `Cannot fetch candles: ${why}`;
  return validationError(message, [{ path, code: "value_error", message }]);
}
