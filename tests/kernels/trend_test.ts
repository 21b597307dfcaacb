import assert from "node:assert/strict";
import fc from "fast-check";
import { kernelSeries } from "../helpers/kernel_series.ts";
import { generator, kernelBench, randomWalk } from "../helpers/series.ts";
import { indicatorSeries } from "../oracle/indicators.ts";

const bench = kernelBench();

Deno.test("trend.linreg_slope kernel equals fresh sums whatever the spread of the prices", () => {
  // A fall at half-time: what rounding would leave behind of the high prices is large beside the low ones. Running sums
  // over 200 bars are exact up to a fall by 2^14.
  const shape = fc.record({
    seed: fc.nat(),
    octaves: fc.integer({ min: 0, max: 40 }),
    window: fc.constantFrom(2, 50, 200, 1000),
    exponent: fc.integer({ min: -80, max: 80 }),
  });
  fc.assert(
    fc.property(shape, ({ seed, octaves, window, exponent }) => {
      const random = generator(seed);
      const close = Float32Array.from(
        { length: 1200 },
        (_, t) => (0.5 + random()) * 2 ** (t < 600 ? exponent + octaves : exponent),
      );
      const candles = { ...randomWalk(close.length, seed), close };
      const values = { source: "close", window };
      assert.deepEqual(
        kernelSeries(bench, { id: "trend.linreg_slope", candles, values }),
        indicatorSeries("trend.linreg_slope", { candles, values }),
      );
    }),
    { numRuns: 20 },
  );
});

Deno.test("trend.ichimoku_causal shows the span of trend.ichimoku two displacements later", () => {
  const candles = randomWalk(300, 3);
  const values = { conversion_window: 9, base_window: 26, span_b_window: 52, displacement: 26 };
  const ahead = kernelSeries(bench, { id: "trend.ichimoku", candles, values });
  const causal = kernelSeries(bench, { id: "trend.ichimoku_causal", candles, values });
  assert.equal(causal.findIndex((value) => !Number.isNaN(value)), 25 + 26);
  assert.deepEqual(causal.slice(52), ahead.slice(0, -52));
});

Deno.test("trend.psar kernel traps on an acceleration of 0", () => {
  const values = { accel_max: 0.2, accel_start: 0, accel_step: 0.02 };
  assert.throws(
    () => kernelSeries(bench, { id: "trend.psar", candles: randomWalk(5, 1), values }),
    WebAssembly.RuntimeError,
  );
});
