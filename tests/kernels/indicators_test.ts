import assert from "node:assert/strict";
import fc from "fast-check";
import { catalogue } from "../../src/core/catalogue.ts";
import type { Source } from "../../src/core/catalogue/definition.ts";
import { kernelSeries } from "../helpers/kernel_series.ts";
import { kernelBench, pricesArbitrary } from "../helpers/series.ts";
import { sourceSeries } from "../oracle/candles.ts";
import { indicatorSeries } from "../oracle/indicators.ts";

const bench = kernelBench();

const candlesArbitrary = fc.integer({ min: 0, max: 130 }).chain((bars) => {
  const column = pricesArbitrary({ minLength: bars, maxLength: bars }, { holes: false });
  const withHoles = fc.tuple(column, fc.array(fc.nat(Math.max(0, bars - 1)), { maxLength: 3 }))
    .map(([values, holes]) => values.map((value, t) => holes.includes(t) ? NaN : value));
  return fc.record({ open: withHoles, high: withHoles, low: withHoles, close: withHoles, volume: withHoles });
});

const windowArbitrary = fc.oneof(fc.integer({ min: 2, max: 20 }), fc.integer({ min: 2, max: 140 }));

for (const { id, axes } of catalogue) {
  const sources = axes.find(({ name }) => name === "source")?.sources;
  const valuesArbitrary = fc.record({
    window: windowArbitrary,
    fast_window: windowArbitrary,
    slow_window: windowArbitrary,
    source: fc.constantFrom<Source>(...(sources ?? ["close"])),
  });

  Deno.test(`${id} kernel equals its oracle on random series with holes`, () => {
    fc.assert(
      fc.property(candlesArbitrary, valuesArbitrary, (candles, values) => {
        assert.deepEqual(
          kernelSeries(bench, { id, candles, values }),
          indicatorSeries(id, { candles, values }),
        );
      }),
      { numRuns: 300 },
    );
  });

  Deno.test(`${id} kernel equals its oracle at lengths around the window`, () => {
    for (const bars of [0, 1, 6, 7, 8, 14, 15]) {
      const column = Array.from({ length: bars }, (_, t) => Math.fround(10 + ((t * 7) % 5)));
      const candles = { open: column, high: column, low: column, close: column, volume: column };
      const values = { window: 7, fast_window: 3, slow_window: 7, source: "close" };
      assert.deepEqual(
        kernelSeries(bench, { id, candles, values }),
        indicatorSeries(id, { candles, values }),
      );
    }
  });
}

Deno.test("momentum.rsi kernel has no value in a flat market", () => {
  const flat = new Float32Array(40).fill(5);
  const candles = { open: flat, high: flat, low: flat, close: flat, volume: flat };
  const series = kernelSeries(bench, {
    id: "momentum.rsi",
    candles,
    values: { window: 14, source: "close" },
  });
  assert.ok(series.every(Number.isNaN));
});

Deno.test("hl2, hlc3 and ohlc4 round after each operation", () => {
  fc.assert(
    fc.property(candlesArbitrary, fc.constantFrom<Source>("hl2", "hlc3", "ohlc4"), (candles, source) => {
      // A window of 1 gives the source itself.
      const actual = kernelSeries(bench, { id: "ma.ema", candles, values: { source, window: 1 } });
      assert.deepEqual(actual, sourceSeries(candles, source));
    }),
  );
});

Deno.test("an indicator kernel traps on a window below 1", () => {
  const column = [1, 2, 3];
  const candles = { open: column, high: column, low: column, close: column, volume: column };
  assert.throws(
    () => kernelSeries(bench, { id: "ma.sma", candles, values: { window: 0, source: "close" } }),
    WebAssembly.RuntimeError,
  );
});
