import assert from "node:assert/strict";
import { loadGolden, loadGoldenCandles } from "../helpers/golden.ts";
import { kernelSeries } from "../helpers/kernel_series.ts";
import { kernelBench } from "../helpers/series.ts";
import { indicatorSeries } from "../oracle/indicators.ts";

// Made from TA-Lib's published rules by a program of its own, on f32 inputs widened to f64.

interface StandardCase {
  readonly id: string;
  readonly params: Readonly<Record<string, number>>;
  readonly candles: string;
  /** Before it the start of the series still shows. */
  readonly compare_from_bar: number;
  readonly values: readonly (number | null)[];
}

const bench = kernelBench();
const { cases } = await loadGolden<{ cases: readonly StandardCase[] }>("standard/standard.json");

for (const { id, params: values, candles: name, compare_from_bar: from, values: expected } of cases) {
  Deno.test(`${id} equals the field's standard on ${name} from bar ${from} on`, async () => {
    const candles = await loadGoldenCandles(name);
    assert.equal(expected.length, candles.close.length);
    for (
      const series of [kernelSeries(bench, { id, candles, values }), indicatorSeries(id, { candles, values })]
    ) {
      const apart = expected.flatMap((value, t) => t < from || same(series[t]!, value) ? [] : [t]);
      assert.deepEqual(apart.map((t) => `${t}: ${series[t]} for ${expected[t]}`), []);
    }
  });
}

Deno.test("trend.psar on 2000-06-27 is 1438.31", async () => {
  const candles = await loadGoldenCandles("sp500-1500");
  const bar = candles.tsOpenMs.indexOf(Date.UTC(2000, 5, 27));
  const values = { accel_max: 0.2, accel_start: 0.02, accel_step: 0.02 };
  const stop = kernelSeries(bench, { id: "trend.psar", candles, values })[bar]!;
  assert.equal(stop.toFixed(2), "1438.31");
});

function same(actual: number, expected: number | null): boolean {
  if (expected === null) return Number.isNaN(actual);
  return Math.abs(actual - expected) <= 2e-5 * Math.max(1, Math.abs(expected));
}
