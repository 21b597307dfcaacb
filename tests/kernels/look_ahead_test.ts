import assert from "node:assert/strict";
import type { AxisValues } from "../../src/adapters/wasm/series/series_kernel.ts";
import { catalogue, type IndicatorDefinition } from "../../src/core/catalogue/mod.ts";
import { oneVariant, someValues } from "../helpers/any_indicator.ts";
import { kernelSeries } from "../helpers/kernel_series.ts";
import { maskSignal } from "../helpers/mask_signal.ts";
import { generator, kernelBench, randomWalk } from "../helpers/series.ts";
import { sweepInput } from "../helpers/sweep.ts";
import type { OracleCandles } from "../oracle/candles.ts";

const bench = kernelBench();
const bars = 240;
const candles = randomWalk(bars, 23);
const random = generator(42);
const cuts = Array.from({ length: 12 }, () => 1 + Math.floor(random() * (bars - 1)));

for (const definition of catalogue) {
  const { id, rule } = definition;
  const values = someValues(definition, random);
  const ahead = barsAhead(definition, values);

  Deno.test(`${id} values before a cut do not know what comes after it, but for ${ahead} bars`, () => {
    const whole = kernelSeries(bench, { id, candles, values });
    for (const cut of cuts) {
      const known = Math.max(0, cut - ahead);
      const before = kernelSeries(bench, { id, candles: firstBars(cut), values });
      assert.deepEqual(before.slice(0, known), whole.slice(0, known), `cut at ${cut}`);
    }
  });

  if (rule === null) continue;
  Deno.test(`${id} signals before a cut do not know what comes after it, but for ${ahead} bars`, () => {
    const whole = signalOf(definition, { values, bars });
    assert.match(whole, /[LS]/);
    for (const cut of cuts) {
      const known = Math.max(0, cut - ahead);
      const before = signalOf(definition, { values, bars: cut });
      assert.equal(before.slice(0, known), whole.slice(0, known), `cut at ${cut}`);
    }
  });
}

Deno.test("trend.ichimoku is the only indicator that needs its look-ahead declared", () => {
  const changed = catalogue.filter((definition) => {
    const values = someValues(definition, random);
    const whole = kernelSeries(bench, { id: definition.id, candles, values });
    return cuts.some((cut) => {
      const before = kernelSeries(bench, { id: definition.id, candles: firstBars(cut), values });
      return before.some((value, t) => !Object.is(value, whole[t]));
    });
  });
  assert.deepEqual(changed.map(({ id }) => id), ["trend.ichimoku"]);
  assert.deepEqual(catalogue.filter(({ lookAhead }) => lookAhead !== 0), changed);
});

function barsAhead({ lookAhead }: IndicatorDefinition, values: AxisValues): number {
  return typeof lookAhead === "number" ? lookAhead : Number(values[lookAhead]);
}

function firstBars(cut: number): OracleCandles & Record<keyof OracleCandles, Float32Array> {
  return {
    open: candles.open.slice(0, cut),
    high: candles.high.slice(0, cut),
    low: candles.low.slice(0, cut),
    close: candles.close.slice(0, cut),
    volume: candles.volume.slice(0, cut),
  };
}

function signalOf(
  definition: IndicatorDefinition,
  given: { readonly values: AxisValues; readonly bars: number },
): string {
  const slice = { start: 0, stop: given.bars };
  const sketch = {
    candles: firstBars(given.bars),
    slice,
    indicators: [oneVariant(definition, given.values)],
  };
  return maskSignal(sweepInput(sketch), bench.kernels);
}
