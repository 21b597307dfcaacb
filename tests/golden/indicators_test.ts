import assert from "node:assert/strict";
import { f32, goldenNames, loadGolden, loadGoldenCandles, type SeriesCase } from "../helpers/golden.ts";
import { kernelSeries } from "../helpers/kernel_series.ts";
import { kernelBench } from "../helpers/series.ts";
import { indicatorSeries } from "../oracle/indicators.ts";
import { overturnedIn } from "./overturned.ts";
import { seriesName } from "./overturned_series.ts";

const bench = kernelBench();
const left = overturnedIn("indicators");

/** Logarithms may differ from platform to platform in their last bit. */
const logarithmic: ReadonlySet<string> = new Set(["volatility.hv", "momentum.fisher"]);

for (const family of goldenNames("indicators")) {
  Deno.test(`${family} kernels and oracles equal the golden series in every bit`, async () => {
    const { cases } = await loadGolden<{ cases: readonly SeriesCase[] }>(`indicators/${family}.json`);
    let compared = 0;
    for (const { id, params, source, candles: name, values: printed } of cases) {
      const candles = await loadGoldenCandles(name);
      const values = { ...params, ...(source === null ? {} : { source }) };
      const label = seriesName(id, { values, candles: name });
      const golden = { id, expected: f32(printed), label };
      const ofKernel = kernelSeries(bench, { id, candles, values });
      const ofOracle = { label: `oracle of ${label}`, series: indicatorSeries(id, { candles, values }) };
      if (left.has(label)) {
        assert.throws(() => assertSeries(ofKernel, golden), /instead of/, `${label} holds after all`);
        assertSeries(ofOracle.series, { id, expected: ofKernel, label: ofOracle.label });
        continue;
      }
      assertSeries(ofKernel, golden);
      assertSeries(ofOracle.series, { ...golden, label: ofOracle.label });
      compared += printed.length;
    }
    console.log(`${family}: ${compared} values of ${cases.length} series compared with kernel and oracle`);
  });
}

Deno.test("every overturned series is a golden one", () => {
  assert.deepEqual(left.unmet(), []);
});

function assertSeries(
  actual: readonly number[],
  { id, expected, label }: {
    readonly id: string;
    readonly expected: ArrayLike<number>;
    readonly label: string;
  },
): void {
  assert.equal(actual.length, expected.length, label);
  const tolerance = logarithmic.has(id) ? 1e-6 : 0;
  actual.forEach((value, t) => {
    const same = Object.is(value, expected[t]) ||
      Math.abs(value - expected[t]!) <= tolerance * Math.abs(expected[t]!);
    assert.ok(same, `${label}: ${value} instead of ${expected[t]} at ${t}`);
  });
}
