import assert from "node:assert/strict";
import { catalogue } from "../../src/core/catalogue/mod.ts";
import { oneVariant, someSignals, someValues } from "../helpers/any_indicator.ts";
import { maskSignal } from "../helpers/mask_signal.ts";
import { generator, kernelBench, randomWalk } from "../helpers/series.ts";
import { sweepInput } from "../helpers/sweep.ts";
import { indicatorSignal } from "../oracle/signals.ts";

const bench = kernelBench();
const random = generator(7);
const candles = randomWalk(400, 31);
for (const column of Object.values(candles)) column[150] = NaN;

for (const definition of catalogue.filter(({ rule }) => rule !== null)) {
  Deno.test(`${definition.id} signals of a session equal the oracle's on every slice`, () => {
    const values = someValues(definition, random);
    const chosen = { id: definition.id, values, signals: someSignals(definition) };
    const expected = indicatorSignal(candles, chosen).join("");
    assert.match(expected, /L/);
    assert.match(expected, /S/);
    for (const slice of [{ start: 0, stop: 400 }, { start: 37, stop: 390 }, { start: 128, stop: 129 }]) {
      const sweep = sweepInput({ candles, slice, indicators: [oneVariant(definition, values)] });
      assert.equal(maskSignal(sweep, bench.kernels), expected.slice(slice.start, slice.stop));
    }
  });
}
