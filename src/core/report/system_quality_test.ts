import assert from "node:assert/strict";
import { systemQuality } from "./system_quality.ts";

Deno.test("2.1 systemQuality() of equal losses is missing, also where the last digit of one of them was rounded", () => {
  const quotes = new Float64Array(10).fill(100);
  const equal = new Float64Array(10).fill(-100);
  const rounded = Float64Array.from(equal, (net, i) => i === 3 ? net + 3e-14 : net);
  assert.notEqual(rounded[3], -100);
  assert.deepEqual([equal, rounded].map((nets) => systemQuality({ nets, quotes })), [null, null]);
});

Deno.test("systemQuality() is sqrt(trades) times the mean over the sample deviation, whatever the currency is worth", () => {
  for (const unit of [1e-9, 1, 1e9]) {
    const nets = Float64Array.from([1, 2, 3], (net) => net * unit);
    const quotes = new Float64Array(3).fill(100 * unit);
    assert.ok(Math.abs(systemQuality({ nets, quotes })! - Math.sqrt(3) * 2) < 1e-12);
  }
  assert.equal(systemQuality({ nets: Float64Array.of(1), quotes: Float64Array.of(1) }), null);
});
