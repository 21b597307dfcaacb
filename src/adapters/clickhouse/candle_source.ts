import type { ClickHouseClient } from "@clickhouse/client-web";
import type { CandleColumns, TimeRange } from "../../core/candles.ts";
import { BacktestError } from "../../core/errors.ts";
import { candleRetrySeconds } from "../../core/limits.ts";
import type { Instrument } from "../../core/plan.ts";
import { barsMax } from "../../core/rollup.ts";
import { formatTimestamp } from "../../core/time_text.ts";
import type { CandleSource, LoadedCandles } from "../../ports/candle_source.ts";
import { CandleDecoder } from "./candle_decoder.ts";
import { candleQuery } from "./candle_query.ts";
import { startAndEnd } from "./candle_times.ts";
import { clickHouseAddress, clickHouseClient } from "./client.ts";
import { serverReason } from "./server_reason.ts";
import type { ClickHouseSettings } from "./settings.ts";
import { withinTime } from "./within_time.ts";

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
    try {
      const limit = { timeoutMs: this.#timeoutMs, signal };
      const candles = await withinTime(limit, (ended) => this.#read(query, ended));
      if (candles.tsOpenMs.length === 0) throw noRows(query);
      return { candles, timeframeMs: minuteMs };
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof BacktestError) throw error;
      const reason = `ClickHouse at ${this.#address} ${serverReason(error)}`;
      throw unavailable(query, {
        reason,
        details: { retry_after_seconds: candleRetrySeconds },
        cause: error,
      });
    }
  }

  async #read({ instrument, range }: CandleQuery, signal: AbortSignal): Promise<CandleColumns> {
    const { stream } = await this.#client.exec({
      query: `${candleQuery}\nFORMAT Native`,
      query_params: {
        market_id: instrument.market_id,
        symbol: instrument.symbol,
        ...startAndEnd(range),
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

function noRows(query: CandleQuery): BacktestError {
  const [start, end] = [formatTimestamp(query.range.startMs), formatTimestamp(query.range.endMs)];
  const reason = `no market data for requested range ${start} to ${end}`;
  return unavailable(query, { reason, details: { start, end } });
}

interface Fault {
  readonly reason: string;
  readonly details?: Readonly<Record<string, string | number>>;
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
