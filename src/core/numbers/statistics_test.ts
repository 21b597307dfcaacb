import assert from "node:assert/strict";
import { mean, sampleDeviation } from "./statistics.ts";

Deno.test("mean() is the sum over the count, NaN for none", () => {
  assert.equal(mean([1, 2, 6]), 3);
  assert.ok(Number.isNaN(mean([])));
});

Deno.test("sampleDeviation() divides by n - 1", () => {
  assert.equal(sampleDeviation([1, 3]), Math.SQRT2);
  assert.equal(sampleDeviation([5, 5, 5]), 0);
  assert.ok(Number.isNaN(sampleDeviation([1])));
});
