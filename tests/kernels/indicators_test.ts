import assert from "node:assert/strict";
import fc from "fast-check";
import type { AxisValues } from "../../src/adapters/wasm/series/series_kernel.ts";
import { type AxisDefinition, catalogue, type Source } from "../../src/core/catalogue/mod.ts";
import { kernelSeries } from "../helpers/kernel_series.ts";
import { type RoughCandles, roughCandles, roughCandlesArbitrary } from "../helpers/rough_candles.ts";
import { kernelBench } from "../helpers/series.ts";
import { type OracleCandles, sourceSeries } from "../oracle/candles.ts";
import { isOracleValue } from "../oracle/closeness.ts";
import { indicatorSeries } from "../oracle/indicators.ts";

const bench = kernelBench();

for (const { id, axes, otherOutputs = [] } of catalogue) {
  for (const { name: output } of otherOutputs) {
    Deno.test(`${id} kernel equals its oracle of ${output} on rough candles and random parameters`, () => {
      fc.assert(fc.property(roughCandlesArbitrary(130), valuesArbitrary(axes), (shape, values) => {
        compare(id, { candles: roughCandles(shape), values, output });
      }));
    });
  }

  Deno.test(`${id} kernel equals its oracle on rough candles and random parameters`, () => {
    fc.assert(
      fc.property(roughCandlesArbitrary(130), valuesArbitrary(axes), (shape, values) => {
        compare(id, { candles: roughCandles(shape), values });
      }),
      { numRuns: 200 },
    );
  });

  Deno.test(`${id} kernel equals its oracle at lengths around the window`, () => {
    const values = Object.fromEntries(
      axes.map((axis) => [axis.name, axis.kind === "int" ? 7 : plainValue(axis)]),
    );
    for (let bars = 0; bars <= 30; bars++) {
      compare(id, { candles: roughCandles({ ...plainCandles, bars }), values });
    }
  });
}

Deno.test("momentum.rsi kernel has no value in a flat market", () => {
  const candles = roughCandles({ ...plainCandles, prices: "flat" });
  const series = kernelSeries(bench, {
    id: "momentum.rsi",
    candles,
    values: { window: 14, source: "close" },
  });
  assert.ok(series.every(Number.isNaN));
});

Deno.test("hl2, hlc3 and ohlc4 round after each operation", () => {
  fc.assert(
    fc.property(
      roughCandlesArbitrary(130),
      fc.constantFrom<Source>("hl2", "hlc3", "ohlc4"),
      (shape, source) => {
        const candles = roughCandles(shape);
        // A window of 1 gives the source itself.
        const actual = kernelSeries(bench, { id: "ma.ema", candles, values: { source, window: 1 } });
        assert.deepEqual(actual, sourceSeries(candles, source));
      },
    ),
  );
});

Deno.test("an indicator kernel traps on a window below 1", () => {
  const candles = roughCandles(plainCandles);
  assert.throws(
    () => kernelSeries(bench, { id: "ma.sma", candles, values: { window: 0, source: "close" } }),
    WebAssembly.RuntimeError,
  );
});

const plainCandles: RoughCandles = {
  bars: 40,
  seed: 1,
  prices: "ticks",
  volumes: "ticks",
  holes: 0,
  ordered: true,
};

function valuesArbitrary(axes: readonly AxisDefinition[]): fc.Arbitrary<AxisValues> {
  return fc.record(Object.fromEntries(axes.map((axis) => [axis.name, axisArbitrary(axis)])));
}

function axisArbitrary({ kind, min = 0, max = 0, step = 1, sources = [] }: AxisDefinition) {
  if (kind === "source") return fc.constantFrom<string>(...sources);
  // Windows of a few bars, and some longer than the series.
  if (kind === "int") return fc.oneof(fc.integer({ min, max: 20 }), fc.integer({ min, max: 140 }));
  return fc.integer({ min: 0, max: Math.round((max - min) / step) }).map((steps) => min + steps * step);
}

function plainValue({ single, sources = [] }: AxisDefinition): number | string {
  return single ?? sources[0]!;
}

function compare(
  id: string,
  given: { readonly candles: OracleCandles; readonly values: AxisValues; readonly output?: string },
): void {
  const { candles, values, output } = given;
  const actual = kernelSeries(bench, { id, ...given });
  const expected = indicatorSeries(id, given);
  const name = output === undefined ? id : `${id}.${output}`;
  if (id === "volatility.hv") compareVolatility(actual, { expected, candles, values });
  else {
    const other = actual.findIndex((value, t) =>
      !isOracleValue(name, { actual: value, expected: expected[t]! })
    );
    assert.ok(other < 0, `${actual[other]} instead of ${expected[other]} at ${other}`);
  }
  assert.equal(actual.length, expected.length);
}

/** The last bit of a logarithm is all there is of a variance near 0: squares are compared on the largest return's scale. */
function compareVolatility(
  actual: readonly number[],
  given: {
    readonly expected: readonly number[];
    readonly candles: OracleCandles;
    readonly values: AxisValues;
  },
): void {
  const { expected, candles, values } = given;
  const logs = sourceSeries(candles, values.source as Source).filter((price) => price > 0).map(Math.log);
  const largestReturn = Math.max(0, ...logs) - Math.min(0, ...logs);
  const scale = largestReturn * 100 * Math.sqrt(Number(values.annualization));
  actual.forEach((value, t) => {
    const difference = (value || 0) ** 2 - (expected[t] || 0) ** 2;
    const same = Math.abs(difference) <= 1e-12 * scale ** 2 + 2e-7 * (expected[t] || 0) ** 2;
    assert.ok(same, `${value} instead of ${expected[t]} at ${t}`);
  });
}
