import { ClickHouseCandleSource } from "../../src/adapters/clickhouse/candle_source.ts";
import type { ClickHouseSettings } from "../../src/adapters/clickhouse/settings.ts";
import type { ClickHouseServer } from "../helpers/clickhouse.ts";
import { type CandleStore, firstMs, type StoredCandle } from "./candle_source_suite.ts";

/** A stored row with the time it was written. */
export interface WrittenCandle extends StoredCandle {
  readonly ingestedMs?: number;
}

/** A database with a candle table, and a source that reads it. */
export interface ClickHouseStore extends CandleStore {
  readonly settings: ClickHouseSettings;
  /** Runs a statement in which `canonical_candles_1m` is the table. */
  readonly run: (statement: string) => Promise<string>;
}

/** How long the sources of these stores wait, in ms. */
export const timeoutMs = 30_000;

const minuteMs = 60_000;

let stores = 0;

/** A database of its own for a test, dropped afterwards; every row in an insert of its own, as a feed writes them. */
export async function openStore(
  server: ClickHouseServer,
  candles: readonly WrittenCandle[],
): Promise<ClickHouseStore> {
  const database = `backtest_candles_${Deno.pid}_${++stores}`;
  await server.run(`CREATE DATABASE ${database}`);
  const run = (statement: string) => server.run(statement.replace("canonical_candles_1m", `${database}.$&`));
  await run(`CREATE TABLE canonical_candles_1m (
    market_id UInt16, symbol LowCardinality(String), ts_open DateTime64(3, 'UTC'), open Nullable(Float64),
    high Nullable(Float64), low Nullable(Float64), close Nullable(Float64), volume_base Nullable(Float64),
    ingested_at DateTime64(3, 'UTC')) ENGINE = MergeTree ORDER BY (market_id, symbol, ts_open)`);
  for (const { marketId, symbol, openMs, values, ingestedMs = 0 } of candles) {
    const shown = values.map((value) => value ?? "NULL").join(", ");
    await run(insert(`(${marketId}, '${symbol}', ${openMs}, ${shown}, ${ingestedMs})`));
  }
  const settings = { ...server.settings, database };
  return {
    settings,
    run,
    source: new ClickHouseCandleSource(settings, { timeoutMs }),
    [Symbol.asyncDispose]: async () => void await server.run(`DROP DATABASE ${database}`),
  };
}

/** A statement that writes rows given as `(market_id, symbol, open ms, open, high, low, close, volume, ingested ms)`. */
export function insert(rows: string): string {
  const columns =
    "m UInt16, s String, t Int64, o Nullable(Float64), h Nullable(Float64), l Nullable(Float64), " +
    "c Nullable(Float64), v Nullable(Float64), i Int64";
  return `INSERT INTO canonical_candles_1m
    SELECT m, s, fromUnixTimestamp64Milli(t, 'UTC'), o, h, l, c, v, fromUnixTimestamp64Milli(i, 'UTC')
    FROM VALUES('${columns}', ${rows})`;
}

/** A store of the first minutes of the suite, written in one statement. */
export async function openMinutes(server: ClickHouseServer, count: number): Promise<ClickHouseStore> {
  const store = await openStore(server, []);
  await store.run(`INSERT INTO canonical_candles_1m
    SELECT 1, 'BTCUSDT', fromUnixTimestamp64Milli(toInt64(${firstMs} + number * ${minuteMs}), 'UTC'),
      100.1 + number, 101.7 + number, 99.3 + number, 100.9 + number, number / 10, now64(3) FROM numbers(${count})`);
  return store;
}
