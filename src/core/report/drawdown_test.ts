import assert from "node:assert/strict";
import { drawdown } from "./drawdown.ts";

function measure(...equity: number[]) {
  return drawdown({
    initCash: 100,
    equity: Float64Array.from(equity),
    closeTsMs: Float64Array.from(equity, (_, i) => (i + 1) * 1000),
  });
}

Deno.test("drawdown() is measured from the running peak and averaged over its episodes, and over all bars", () => {
  assert.deepEqual(measure(100, 50, 100, 200, 150), {
    max: 0.5,
    average: (0.5 + 0.25) / 2,
    allBars: 0.15,
    longestMs: 1000,
    averageMs: 500, // one of 1 s, one that is still open on its first bar
  });
});

Deno.test("drawdown() averages the deepest fall of each episode, not its bars", () => {
  // 100 -> 80 -> 90 -> 70, back, then 200 -> 190 to the end
  const { average, max } = measure(80, 90, 70, 100, 200, 195, 190)!;
  assert.equal(average, (1 - 70 / 100 + (1 - 190 / 200)) / 2);
  assert.equal(max, 1 - 70 / 100);
});

Deno.test("drawdown() ends an open episode at the last bar", () => {
  assert.equal(measure(100, 90, 95, 99)?.longestMs, 2000);
});

Deno.test("drawdown() knows no episode when equity never falls", () => {
  assert.deepEqual(measure(100, 100, 101), {
    max: 0,
    average: null,
    allBars: 0,
    longestMs: null,
    averageMs: null,
  });
});

Deno.test("drawdown() takes rounding for no loss", () => {
  assert.equal(measure(100, 100 * (1 - 1e-13), 100)?.longestMs, null);
});

Deno.test("drawdown() starts at the initial cash: what the first bar costs is a loss like any other", () => {
  // a fee of 1 % on the first bar, then 0.2345 % more
  assert.equal(measure(99, 98.7655, 99.5)?.max, 1 - 98.7655 / 100);
  assert.deepEqual(measure(99, 99, 101), {
    max: 1 - 99 / 100,
    average: 1 - 99 / 100,
    allBars: 2 * (1 - 99 / 100) / 3,
    longestMs: 2000,
    averageMs: 2000,
  });
  assert.equal(measure(-50)?.max, 1.5);
});

Deno.test("drawdown() is null without a bar and with a value that is not finite", () => {
  for (const equity of [[], [NaN, 1], [1, NaN], [1, -Infinity], [1, Infinity]]) {
    assert.equal(measure(...equity), null, String(equity));
  }
});
