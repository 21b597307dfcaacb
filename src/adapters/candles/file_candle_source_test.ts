import assert from "node:assert/strict";
import { BacktestError } from "../../core/errors/mod.ts";
import { FileCandleSource } from "./file_candle_source.ts";

const instrument = { market_id: 100, symbol: "SP500" };
const path = new URL("../../../docs/examples/sp500-daily.csv", import.meta.url);
const dayMs = 86_400_000;

Deno.test("FileCandleSource.load() gives the rows of a half-open range, whatever the instrument", async () => {
  const source = new FileCandleSource({ path, label: "sp500-daily.csv" });
  const range = { startMs: Date.UTC(2000, 0, 4), endMs: Date.UTC(2000, 0, 7) };
  const { candles, timeframeMs } = await source.load({ instrument, range });
  assert.equal(timeframeMs, dayMs);
  assert.deepEqual([...candles.tsOpenMs], [4, 5, 6].map((day) => Date.UTC(2000, 0, day)));
  assert.equal(candles.close[0], Math.fround(1399.420044));
  const all = await source.load({ instrument, range: { startMs: 0, endMs: Date.UTC(2100, 0) } });
  assert.equal(all.candles.close.length, 5105);
});

Deno.test("FileCandleSource.release() frees the rows with the last of who had them, and a later load reads anew", async () => {
  const source = new FileCandleSource({ path, label: "sp500-daily.csv" });
  const range = { startMs: 0, endMs: Date.UTC(2100, 0) };
  const [one, other] = [await source.load({ instrument, range }), await source.load({ instrument, range })];
  const closes = one.candles.close.slice();
  source.release(one);
  source.release(one);
  assert.deepEqual(other.candles.close, closes);
  source.release(other);
  assert.equal(other.candles.close.length, 0);
  assert.deepEqual((await source.load({ instrument, range })).candles.close, closes);
});

Deno.test("FileCandleSource.load() rejects a range without rows", async () => {
  const source = new FileCandleSource({ path, label: "sp500-daily.csv" });
  const range = { startMs: 0, endMs: dayMs };
  await assert.rejects(source.load({ instrument, range }), (error: BacktestError) => {
    assert.equal(error.code, "no_candles");
    assert.equal(
      error.message,
      'Cannot load candles of market 100 symbol "SP500": no market data for requested range ' +
        "1970-01-01T00:00:00Z to 1970-01-02T00:00:00Z (warm-up included); its candles cover 2000-01-03T00:00:00Z to 2020-04-18T00:00:00Z",
    );
    return true;
  });
});

Deno.test("FileCandleSource.load() rejects a file that is not there, naming its label only", async () => {
  const source = new FileCandleSource({ path: new URL("./none.csv", import.meta.url), label: "none.csv" });
  await assert.rejects(source.load({ instrument, range: { startMs: 0, endMs: dayMs } }), {
    code: "no_candles",
    message: 'Cannot read candles "none.csv": no such file',
  });
});

Deno.test("FileCandleSource.load() stops when its signal is aborted", async () => {
  const source = new FileCandleSource({ path, label: "sp500-daily.csv" });
  const query = { instrument, range: { startMs: 0, endMs: dayMs } };
  const reason = new Error("lease lost");
  await assert.rejects(source.load(query, { signal: AbortSignal.abort(reason) }), reason);
});
