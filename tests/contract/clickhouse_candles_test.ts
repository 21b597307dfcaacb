import assert from "node:assert/strict";
import { ClickHouseCandleSource } from "../../src/adapters/clickhouse/candle_source.ts";
import { type ClickHouseServer, namedClickHouse, sharedClickHouse } from "../helpers/clickhouse.ts";
import { firstMs, minutes, testCandleSource } from "./candle_source_suite.ts";
import { insert, openMinutes, openStore, timeoutMs, type WrittenCandle } from "./clickhouse_store.ts";

const btc = { market_id: 1, symbol: "BTCUSDT" };
const minuteMs = 60_000;
const hour = { startMs: firstMs, endMs: firstMs + 60 * minuteMs };

const engine = await sharedClickHouse();
const named = namedClickHouse();

testServer({ name: "clickhouse engine", ignore: engine.ignore, server: engine.server });
testServer({
  name: named === null ? "clickhouse CH_HOST (skipped: CH_HOST is not set)" : "clickhouse CH_HOST",
  ignore: named === null,
  server: () => named!,
});

interface Server {
  readonly name: string;
  readonly ignore: boolean;
  readonly server: () => ClickHouseServer;
}

function testServer({ name, ignore, server }: Server): void {
  const open = (candles: readonly WrittenCandle[]) => openStore(server(), candles);
  testCandleSource({ name, ignore, open, openMinutes: (count) => openMinutes(server(), count) });
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

  test("reads a NaN as a missing value and leaves out what is no finite f32", async () => {
    await using store = await open(minutes(1));
    await store.run(insert("(1, 'NANS', 0, nan, 1, 1, 1, 1, 0), (1, 'LARGE', 0, 1, 1e39, 1, 1, 1, 0)"));
    const range = { startMs: 0, endMs: minuteMs };
    const { candles } = await store.source.load({ instrument: { market_id: 1, symbol: "NANS" }, range });
    assert.deepEqual([candles.open[0], candles.close[0]], [NaN, 1]);
    await assert.rejects(store.source.load({ instrument: { market_id: 1, symbol: "LARGE" }, range }), {
      code: "validation_error",
      message:
        'Cannot use candles of market 1 symbol "LARGE": at 1970-01-01T00:00:00Z high is too large for a price; ' +
        "1 of 1 rows cannot be candles",
    });
  });

  test("binds a symbol as a value, whatever is in it", async () => {
    const symbol = `x' OR '1'='1\t\\ {start:Int64} é`;
    await using store = await open([...minutes(1), { ...minutes(2)[1]!, symbol: "OTHER" }]);
    await assert.rejects(store.source.load({ instrument: { market_id: 1, symbol }, range: hour }), {
      code: "no_candles",
    });
    await store.run(insert(`(1, 'x\\' OR \\'1\\'=\\'1\\t\\\\ {start:Int64} é', 0, 1, 5, 1, 4, 5, 0)`));
    const range = { startMs: 0, endMs: minuteMs };
    const { candles } = await store.source.load({ instrument: { market_id: 1, symbol }, range });
    assert.deepEqual([...candles.close], [4]);
  });

  test("answers rows in order of time, whatever order they were written in", async () => {
    const rows = minutes(5);
    await using store = await open([3, 0, 4, 2, 1].map((minute) => rows[minute]!));
    const { candles } = await store.source.load({ instrument: btc, range: hour });
    assert.deepEqual([...candles.tsOpenMs], rows.map(({ openMs }) => openMs));
    assert.deepEqual(candles.open, Float32Array.of(100.1, 101.1, 102.1, 103.1, 104.1));
  });

  test("answers the one row of a table", async () => {
    await using store = await open(minutes(1));
    const { candles } = await store.source.load({ instrument: btc, range: hour });
    assert.deepEqual(candles.volume, Float32Array.of(0));
  });

  test("gives up on a server that is slow with its rows", async () => {
    await using store = await open(minutes(3));
    const { database } = store.settings;
    await store.run(`RENAME TABLE canonical_candles_1m TO ${database}.canonical_candles_1m_fast`);
    await store.run(`CREATE VIEW canonical_candles_1m AS
      SELECT * FROM ${database}.canonical_candles_1m_fast WHERE sleepEachRow(0.5) = 0`);
    const hasty = new ClickHouseCandleSource(store.settings, { timeoutMs: 200 });
    await assert.rejects(hasty.load({ instrument: btc, range: hour }), (error: Error) => {
      assert.match(error.message, /ClickHouse at \S+ did not answer within 0\.2 s$/);
      return true;
    });
    assert.equal((await store.source.load({ instrument: btc, range: hour })).candles.close.length, 3);
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
