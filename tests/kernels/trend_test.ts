import { mapped } from "../helpers/mapped.ts";
import assert from "node:assert/strict";
import fc from "fast-check";
import { createIndicatorCompute } from "../../src/adapters/wasm/indicator_compute.ts";
import { kernelOf } from "../../src/adapters/wasm/indicator_series.ts";
import { catalogue } from "../../src/core/catalogue/mod.ts";
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

Deno.test("trend.psar's direction is 1 where the stop lies below the bar and -1 where it lies above", () => {
  const compute = createIndicatorCompute();
  fc.assert(fc.property(fc.nat(), (seed) => {
    const walk = randomWalk(300, seed);
    const candles = {
      ...walk,
      high: walk.high.map((h, t) => t === 150 ? NaN : Math.max(h, walk.low[t]! + 0.5)),
    };
    const values = { accel_max: 0.2, accel_start: 0.02, accel_step: 0.02 };
    const [stop, side] = mapped(
      ["psar", "direction"],
      (output) => compute.series({ id: "trend.psar", values, output }, candles),
    );
    const expected = stop.map((level, t) => Number.isNaN(level) ? NaN : level <= candles.low[t]! ? 1 : -1);
    assert.deepEqual(side, expected);
    assert.ok(expected.includes(1) && expected.includes(-1));
    // nothing on the first bar, the hole and the bar that begins anew
    assert.deepEqual([0, 150, 151, 152].map((t) => Number.isNaN(side[t])), [true, true, true, false]);
  }));
});

Deno.test("every output of the catalogue has a kernel, and the other way round", () => {
  for (const { id, otherOutputs = [] } of catalogue) {
    assert.deepEqual(
      Object.keys(kernelOf(id).otherOutputs ?? {}),
      otherOutputs.map(({ name }) => name),
      id,
    );
  }
});

Deno.test("trend.psar kernel traps on an acceleration of 0", () => {
  const values = { accel_max: 0.2, accel_start: 0, accel_step: 0.02 };
  assert.throws(
    () => kernelSeries(bench, { id: "trend.psar", candles: randomWalk(5, 1), values }),
    WebAssembly.RuntimeError,
  );
});
