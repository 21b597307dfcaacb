import assert from "node:assert/strict";
import { quantile } from "./queue_timing.ts";

Deno.test("quantile() answers the nearest rank, whatever the order", () => {
  const samples = Array.from({ length: 100 }, (_, i) => 100 - i);
  assert.equal(quantile(samples, 0.5), 50);
  assert.equal(quantile(samples, 0.99), 99);
  assert.equal(quantile([7], 0.01), 7);
  assert.ok(Number.isNaN(quantile([], 0.5)));
});
