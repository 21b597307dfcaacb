import { type ClickHouseClient, ClickHouseError } from "@clickhouse/client-web";
import type { CandleColumns, TimeRange } from "../../core/candles.ts";
import { BacktestError } from "../../core/errors.ts";
import type { Instrument } from "../../core/plan.ts";
import { barsMax } from "../../core/rollup.ts";
import { formatTimestamp } from "../../core/time_text.ts";
import type { CandleSource, LoadedCandles } from "../../ports/candle_source.ts";
import { CandleDecoder, MalformedAnswerError } from "./candle_decoder.ts";
import { clickHouseAddress, clickHouseClient } from "./client.ts";
import type { ClickHouseSettings } from "./settings.ts";

interface CandleQuery {
  readonly instrument: Instrument;
  readonly range: TimeRange;
}

/** How long candles may take. */
export interface ClickHouseCandleOptions {
  /** From the question to the last row, in ms. */
  readonly timeoutMs: number;
}

const minuteMs = 60_000;

/**
 * The minute candles of the table `canonical_candles_1m`. Of several rows with one `ts_open` the newest `ingested_at`
 * counts, whatever their age: which rows a merge has already folded must not change a result. NULL is a missing value.
 */
export class ClickHouseCandleSource implements CandleSource {
  readonly #client: ClickHouseClient;
  readonly #address: string;
  readonly #timeoutMs: number;

  constructor(settings: ClickHouseSettings, { timeoutMs }: ClickHouseCandleOptions) {
    this.#client = clickHouseClient(settings, { timeoutMs });
    this.#address = clickHouseAddress(settings);
    this.#timeoutMs = timeoutMs;
  }

  async load(query: CandleQuery, { signal }: { readonly signal?: AbortSignal } = {}): Promise<LoadedCandles> {
    signal?.throwIfAborted();
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), this.#timeoutMs);
    try {
      const candles = await this.#read(query, AbortSignal.any([late.signal, ...(signal ? [signal] : [])]));
      if (candles.tsOpenMs.length === 0) throw noRows(query);
      return { candles, timeframeMs: minuteMs };
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof BacktestError) throw error;
      const reason = late.signal.aborted
        ? `did not answer within ${this.#timeoutMs / 1000} s`
        : reasonOf(error);
      throw unavailable(query, { reason: `ClickHouse at ${this.#address} ${reason}`, cause: error });
    } finally {
      clearTimeout(timer);
    }
  }

  async #read({ instrument, range }: CandleQuery, signal: AbortSignal): Promise<CandleColumns> {
    const { stream } = await this.#client.exec({
      query: statement,
      query_params: {
        market_id: instrument.market_id,
        symbol: instrument.symbol,
        start: Math.max(range.startMs, firstTimeMs),
        end: Math.min(range.endMs, lastTimeMs),
      },
      // the status comes after the last row, so that a failure on the way cannot look like the end of the data
      clickhouse_settings: { wait_end_of_query: 1 },
      abort_signal: signal,
    });
    const decoder = new CandleDecoder({ range, rowsMax: barsMax });
    for await (const bytes of stream) decoder.push(bytes);
    return decoder.finish();
  }
}

// a DateTime64 lies between these; times outside would wrap
const firstTimeMs = Date.UTC(1900, 0, 1);
const lastTimeMs = Date.UTC(2299, 11, 31);

// values break ties, so that equal rows come in one order; see CandleDecoder for the row
const statement = `
SELECT
  toFloat64(toUnixTimestamp64Milli(toDateTime64(ts_open, 3, 'UTC'))),
  ${["open", "high", "low", "close", "volume_base"].map(float32).join(",\n  ")}
FROM canonical_candles_1m
WHERE market_id = {market_id:Int64} AND symbol = {symbol:String}
  AND ts_open >= fromUnixTimestamp64Milli({start:Int64}, 'UTC')
  AND ts_open < fromUnixTimestamp64Milli({end:Int64}, 'UTC')
ORDER BY ts_open, ingested_at, open, high, low, close, volume_base
FORMAT RowBinary`;

/** By way of f64, as a file's decimals are read. */
function float32(column: string): string {
  return `toFloat32(ifNull(toFloat64(${column}), nan))`;
}

function reasonOf(error: unknown): string {
  if (error instanceof ClickHouseError) {
    return `refused: ${error.type ?? "unknown error"} (code ${error.code})`;
  }
  if (error instanceof MalformedAnswerError) return `sent an answer that ${error.message}`;
  return "cannot be reached or broke off";
}

function noRows(query: CandleQuery): BacktestError {
  const [start, end] = [formatTimestamp(query.range.startMs), formatTimestamp(query.range.endMs)];
  const reason = `no market data for requested range ${start} to ${end}`;
  return unavailable(query, { reason, details: { start, end } });
}

interface Fault {
  readonly reason: string;
  readonly details?: Readonly<Record<string, string>>;
  readonly cause?: unknown;
}

function unavailable({ instrument }: CandleQuery, { reason, details, cause }: Fault): BacktestError {
  const { market_id, symbol } = instrument;
  return new BacktestError(
    "market_data_unavailable",
    `Cannot load candles of market ${market_id} symbol ${JSON.stringify(symbol)}: ${reason}`,
    { details: { market_id, symbol, ...details }, cause },
  );
}
