import assert from "node:assert/strict";
import { Registry } from "prom-client";
import { samples } from "../../../tests/helpers/metric_samples.ts";
import { emptyCandles, wholeSeries } from "../../core/bars/mod.ts";
import { BacktestError } from "../../core/errors/mod.ts";
import type { CandleSource } from "../../ports/candle_source.ts";
import { manualClock } from "../../../tests/memory/clock.ts";
import { measuredCandles } from "./candle_metrics.ts";

const query = { instrument: { market_id: 1, symbol: "BTCUSDT" }, range: { startMs: 0, endMs: 1 } };

function world(load: CandleSource["load"]) {
  const clock = manualClock();
  const registry = new Registry();
  return { clock, registry, source: measuredCandles({ load }, { registry, clock }) };
}

async function counts(registry: Registry): Promise<readonly (number | undefined)[]> {
  const values = await samples(registry);
  const count = (result: string) =>
    values.get(`backtest_candle_load_duration_seconds_count{result="${result}"}`);
  return [count("loaded"), count("failed"), values.get("backtest_candle_rows_total")];
}

Deno.test("measuredCandles() passes candles on and counts their rows and the time they took", async () => {
  const loaded = wholeSeries({ candles: emptyCandles(7), timeframeMs: 60_000 });
  const gate = Promise.withResolvers<void>();
  const { clock, registry, source } = world(() => gate.promise.then(() => loaded));
  const loading = source.load(query);
  await clock.advance(1500);
  gate.resolve();
  assert.equal(await loading, loaded);
  assert.deepEqual(await counts(registry), [1, 0, 7]);
  const name = 'backtest_candle_load_duration_seconds_sum{result="loaded"}';
  assert.equal((await samples(registry)).get(name), 1.5);
});

Deno.test("measuredCandles() counts a load that rejects as failed and passes the error on", async () => {
  const { registry, source } = world(() => Promise.reject(new Error("no such table")));
  await assert.rejects(source.load(query), { message: "no such table" });
  assert.deepEqual(await counts(registry), [0, 1, 0]);
});

Deno.test("measuredCandles() counts a load of what is not there apart from those that failed", async () => {
  const { registry, source } = world(() => Promise.reject(new BacktestError("no_candles", "nothing")));
  await assert.rejects(source.load(query), { code: "no_candles" });
  assert.deepEqual(await counts(registry), [0, 0, 0]);
  const none = 'backtest_candle_load_duration_seconds_count{result="none"}';
  assert.equal((await samples(registry)).get(none), 1);
});

Deno.test("measuredCandles() counts a load that is given up as failed at once, whatever comes of it", async () => {
  const gate = Promise.withResolvers<Awaited<ReturnType<CandleSource["load"]>>>();
  const { registry, source } = world(() => gate.promise);
  const controller = new AbortController();
  const loading = source.load(query, { signal: controller.signal });
  controller.abort();
  assert.deepEqual(await counts(registry), [0, 1, 0]);
  gate.resolve(wholeSeries({ candles: emptyCandles(7), timeframeMs: 60_000 }));
  await loading;
  assert.deepEqual(await counts(registry), [0, 1, 0]);
});
