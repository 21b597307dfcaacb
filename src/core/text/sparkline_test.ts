import assert from "node:assert/strict";
import fc from "fast-check";
import { sparkline } from "./sparkline.ts";

Deno.test("sparkline() goes from the lowest block to the highest", () => {
  assert.equal(sparkline([0, 1, 2, 3, 4, 5, 6, 7], 8), "▁▂▃▄▅▆▇█");
  assert.equal(sparkline([-5, 5, -5], 80), "▁█▁");
});

Deno.test("sparkline() averages what does not fit", () => {
  assert.equal(sparkline([0, 0, 4, 4, 8, 8, 0, 8], 4), "▁▅█▅");
});

Deno.test("sparkline() draws equal values in the middle and unknown ones as a space", () => {
  assert.equal(sparkline([3, 3, 3], 3), "▄▄▄");
  assert.equal(sparkline([1, NaN, 2, Infinity], 4), "▁ █ ");
  assert.equal(sparkline([NaN, NaN], 2), "  ");
});

Deno.test("sparkline() draws lines on one scale, and what lies beyond it at its ends", () => {
  const scale = { width: 8, low: 0, high: 8 };
  assert.equal(sparkline([0, 4, 8], scale), "▁▅█");
  assert.equal(sparkline([2, 2], scale), "▃▃");
  assert.equal(sparkline([-1, 9], scale), "▁█");
});

Deno.test("sparkline() is empty without values or width", () => {
  assert.equal(sparkline([], 10), "");
  assert.equal(sparkline([1, 2], 0), "");
  assert.equal(sparkline([1, 2], -3), "");
});

Deno.test("sparkline() fills its width whatever the values", () => {
  fc.assert(fc.property(fc.array(fc.double()), fc.integer({ min: 1, max: 40 }), (values, width) => {
    assert.match(sparkline(values, width), new RegExp(`^[ ▁▂▃▄▅▆▇█]{${Math.min(width, values.length)}}$`));
  }));
});
