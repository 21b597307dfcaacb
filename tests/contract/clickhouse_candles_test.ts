import assert from "node:assert/strict";
import { ClickHouseCandleSource } from "../../src/adapters/clickhouse/candle_source.ts";
import type { ClickHouseSettings } from "../../src/adapters/clickhouse/settings.ts";
import {
  clickHouseEngine,
  type ClickHouseServer,
  namedClickHouse,
  startClickHouse,
} from "../helpers/clickhouse.ts";
import {
  type CandleStore,
  firstMs,
  minutes,
  type StoredCandle,
  testCandleSource,
} from "./candle_source_suite.ts";

/** A stored row with the time it was written. */
interface WrittenCandle extends StoredCandle {
  readonly ingestedMs?: number;
}

interface ClickHouseStore extends CandleStore {
  readonly settings: ClickHouseSettings;
  readonly run: (statement: string) => Promise<void>;
}

const btc = { market_id: 1, symbol: "BTCUSDT" };
const minuteMs = 60_000;
const timeoutMs = 30_000;
const hour = { startMs: firstMs, endMs: firstMs + 60 * minuteMs };

const folder = await clickHouseEngine();
const named = namedClickHouse();
let engine: ClickHouseServer;
Deno.test.beforeAll(async () => {
  if (folder !== null) engine = await startClickHouse(folder);
});
Deno.test.afterAll(async () => {
  if (folder !== null) await engine[Symbol.asyncDispose]();
});

testServer({ name: "clickhouse engine", ignore: folder === null, server: () => engine });
testServer({ name: "clickhouse CH_HOST", ignore: named === null, server: () => named! });

interface Server {
  readonly name: string;
  readonly ignore: boolean;
  readonly server: () => ClickHouseServer;
}

function testServer({ name, ignore, server }: Server): void {
  const open = (candles: readonly WrittenCandle[]) => openStore(server(), candles);
  testCandleSource({ name, ignore, open });
  const test = (fact: string, fn: () => Promise<void>) =>
    Deno.test({ name: `load() [${name}] ${fact}`, ignore, fn });

  test("takes the newest ingested_at of rows with one time, however they were written", async () => {
    const [first, second] = minutes(2);
    const old = { ...first!, values: [1, 1, 1, 1, 1], ingestedMs: firstMs + 1 };
    const fresh = { ...first!, values: [2, 2, 2, 2, 2], ingestedMs: firstMs + 2 };
    for (const written of [[old, fresh, second!], [fresh, old, second!], [second!, fresh, old, fresh]]) {
      await using store = await open(written);
      const { candles } = await store.source.load({ instrument: btc, range: hour });
      assert.deepEqual(candles.close, Float32Array.of(2, 101.9));
    }
  });

  test("gives one answer for rows that differ in values only", async () => {
    const [first] = minutes(1);
    const [low, high] = [3, 4].map((price) => ({ ...first!, values: [price, 5, 1, price, 1] }));
    for (const written of [[low!, high!], [high!, low!]]) {
      await using store = await open(written);
      const { candles } = await store.source.load({ instrument: btc, range: hour });
      assert.deepEqual([...candles.open], [4]);
    }
  });

  test("reads a NaN as a missing value and refuses what is no finite f32", async () => {
    await using store = await open(minutes(1));
    await store.run(insert("(1, 'NANS', 0, nan, 1, 1, 1, 1, 0), (1, 'LARGE', 0, 1, 1e39, 1, 1, 1, 0)"));
    const range = { startMs: 0, endMs: minuteMs };
    const { candles } = await store.source.load({ instrument: { market_id: 1, symbol: "NANS" }, range });
    assert.deepEqual([candles.open[0], candles.close[0]], [NaN, 1]);
    await assert.rejects(store.source.load({ instrument: { market_id: 1, symbol: "LARGE" }, range }), {
      code: "validation_error",
      message:
        "Cannot use candles of canonical_candles_1m: high at 1970-01-01T00:00:00.000Z is no finite f32",
    });
  });

  test("binds a symbol as a value, whatever is in it", async () => {
    const symbol = `x' OR '1'='1\t\\ {start:Int64} é`;
    await using store = await open([...minutes(1), { ...minutes(2)[1]!, symbol: "OTHER" }]);
    await assert.rejects(store.source.load({ instrument: { market_id: 1, symbol }, range: hour }), {
      code: "market_data_unavailable",
    });
    await store.run(insert(`(1, 'x\\' OR \\'1\\'=\\'1\\t\\\\ {start:Int64} é', 0, 1, 2, 3, 4, 5, 0)`));
    const range = { startMs: 0, endMs: minuteMs };
    const { candles } = await store.source.load({ instrument: { market_id: 1, symbol }, range });
    assert.deepEqual([...candles.close], [4]);
  });

  test("reads more rows than a block holds, in order", async () => {
    const rows = 200_000;
    await using store = await open([]);
    await store.run(`INSERT INTO canonical_candles_1m
      SELECT 1, 'BTCUSDT', fromUnixTimestamp64Milli(toInt64(${firstMs} + number * ${minuteMs}), 'UTC'),
        number, number + 1, number - 1, number + 0.5, number * 2, now64(3) FROM numbers(${rows})`);
    const range = { startMs: firstMs, endMs: firstMs + rows * minuteMs };
    const { candles } = await store.source.load({ instrument: btc, range });
    assert.equal(candles.tsOpenMs.length, rows);
    for (let row = 0; row < rows; row++) {
      if (candles.tsOpenMs[row] !== firstMs + row * minuteMs || candles.volume[row] !== row * 2) {
        assert.fail(`row ${row} is ${candles.tsOpenMs[row]}, ${candles.volume[row]}`);
      }
    }
  });

  test("says what the server refused, without the password", async () => {
    await using store = await open(minutes(1));
    await store.run("DROP TABLE canonical_candles_1m");
    await assert.rejects(store.source.load({ instrument: btc, range: hour }), (error: Error) => {
      assert.match(error.message, /refused: UNKNOWN_TABLE \(code 60\)$/);
      return true;
    });
    const password = "hunter2";
    const intruder = new ClickHouseCandleSource({ ...store.settings, password }, { timeoutMs });
    await assert.rejects(intruder.load({ instrument: btc, range: hour }), (error: Error) => {
      assert.match(
        error.message,
        /^Cannot load candles of market 1 symbol "BTCUSDT": ClickHouse at .* refused:/,
      );
      assert.match(error.message, /AUTHENTICATION_FAILED \(code 516\)$/);
      assert.ok(!Deno.inspect(error).includes(password));
      return true;
    });
  });
}

let stores = 0;

/** A database of its own for a test, dropped afterwards; every row in an insert of its own, as a feed writes them. */
async function openStore(
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
    [Symbol.asyncDispose]: () => server.run(`DROP DATABASE ${database}`),
  };
}

/** Rows as `(market_id, symbol, open ms, open, high, low, close, volume, ingested ms)`. */
function insert(rows: string): string {
  const columns =
    "m UInt16, s String, t Int64, o Nullable(Float64), h Nullable(Float64), l Nullable(Float64), " +
    "c Nullable(Float64), v Nullable(Float64), i Int64";
  return `INSERT INTO canonical_candles_1m
    SELECT m, s, fromUnixTimestamp64Milli(t, 'UTC'), o, h, l, c, v, fromUnixTimestamp64Milli(i, 'UTC')
    FROM VALUES('${columns}', ${rows})`;
}
