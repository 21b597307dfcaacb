import { type IndicatorAxes, longestLookbacks } from "./lookbacks.ts";
import { warmUpBars } from "../bars/mod.ts";
import { historySentence } from "../bars/warm_up.ts";
import { catalogue, lookbackBars } from "../catalogue/mod.ts";
import assert from "node:assert/strict";

const sma: IndicatorAxes["axes"] = [{ name: "window", values: [500, 20] }, {
  name: "source",
  values: ["close"],
}];

Deno.test("warmUpBars() is what the longest lookback of the grid needs, or more where more is asked for", () => {
  const lookbacks = longestLookbacks([{ indicatorId: "ma.sma", axes: sma }]);
  assert.deepEqual(lookbacks, [{ indicatorId: "ma.sma", bars: 499, params: "window=500" }]);
  assert.equal(warmUpBars(200, lookbacks), 500);
  assert.equal(warmUpBars(600, lookbacks), 600);
  assert.equal(warmUpBars(200, []), 200);
});

Deno.test("longestLookbacks() equals the longest of all variants, for every indicator", () => {
  for (const { id, axes } of catalogue) {
    const grid = axes.map(({ name, kind, min }) => {
      if (kind === "source") return { name, values: ["close", "hlc3"] };
      const least = Math.max(min ?? 0, kind === "int" ? 2 : 0.01);
      return { name, values: [least + 5, least, least + 11, least + 2] };
    });
    const variants = grid.reduce<Record<string, number | string>[]>(
      (chosen, { name, values }) =>
        chosen.flatMap((one) => values.map((value) => ({ ...one, [name]: value }))),
      [{}],
    );
    const longest = Math.max(...variants.map((values) => lookbackBars(id, values)));
    assert.equal(longestLookbacks([{ indicatorId: id, axes: grid }])[0]!.bars, longest, id);
  }
});

Deno.test("historySentence() names the indicators without enough history and their blind bars", () => {
  const lookbacks = longestLookbacks([{ indicatorId: "ma.sma", axes: sma }, {
    indicatorId: "ma.ema",
    axes: [{ name: "window", values: [10] }],
  }]);
  assert.equal(
    historySentence(lookbacks, { barsBefore: 145, bars: 505 }),
    "145 bars lie before the first one, ma.sma with window=500 needs 499 and is incomplete on the first 354 of 505 bars",
  );
  assert.match(
    historySentence(lookbacks, { barsBefore: 0, bars: 3 })!,
    /^no bar lies .*first 3 of 3 bars, ma.ema with window=10 needs/,
  );
  assert.equal(historySentence(lookbacks, { barsBefore: 499, bars: 505 }), null);
});
