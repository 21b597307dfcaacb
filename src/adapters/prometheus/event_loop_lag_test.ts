import assert from "node:assert/strict";
import { Registry } from "prom-client";
import { samples } from "../../../tests/helpers/metric_samples.ts";
import { manualClock } from "../../../tests/memory/clock.ts";
import { measureEventLoopLag } from "./event_loop_lag.ts";

const name = "backtest_event_loop_lag_seconds";

Deno.test("measureEventLoopLag() looks every 250 ms and sees no lag where timers are in time", async () => {
  const clock = manualClock();
  const registry = new Registry();
  await using _lag = measureEventLoopLag({ registry, clock });
  await clock.advance(1000);
  const values = await samples(registry);
  assert.deepEqual([values.get(`${name}_count`), values.get(`${name}_sum`)], [4, 0]);
});

Deno.test("measureEventLoopLag() tells how late a timer was", async () => {
  const clock = manualClock();
  const registry = new Registry();
  // a thread that is busy for 400 ms when the timer should run
  const busy = { ...clock, sleep: (ms: number, signal?: AbortSignal) => clock.sleep(ms + 400, signal) };
  await using _lag = measureEventLoopLag({ registry, clock: busy });
  await clock.advance(650);
  const values = await samples(registry);
  assert.equal(values.get(`${name}_count`), 1);
  assert.ok(Math.abs(values.get(`${name}_sum`)! - 0.4) < 1e-9);
});

Deno.test("measureEventLoopLag() ends when it is disposed of", async () => {
  const clock = manualClock();
  const lag = measureEventLoopLag({ registry: new Registry(), clock });
  assert.equal(clock.sleepers, 1);
  await lag[Symbol.asyncDispose]();
  assert.equal(clock.sleepers, 0);
});
