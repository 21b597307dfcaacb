import assert from "node:assert/strict";
import fc from "fast-check";
import { batchBarsMax, batchTargetMs, batchUnitsMax, firstBatchBars } from "../core/limits/mod.ts";
import { adaptiveBatchSize, atMost, fixedBatchSize, stageBatchSize, unitsWithin } from "./batch_size.ts";

Deno.test("13 adaptiveBatchSize() takes what is done in the target time, from the batches that were measured", () => {
  const size = adaptiveBatchSize(256);
  assert.equal(size.next, 256);
  size.observe({ units: 256, elapsedMs: batchTargetMs / 2 });
  assert.equal(size.next, 512);
  size.observe({ units: 512, elapsedMs: batchTargetMs * 2 });
  assert.equal(size.next, 256);
  // the last batch of a stage may be shorter than was planned
  size.observe({ units: 100, elapsedMs: batchTargetMs / 3 });
  assert.equal(size.next, 300);
});

Deno.test("13 adaptiveBatchSize() grows and shrinks at most fourfold, whatever was measured", () => {
  const size = adaptiveBatchSize(100);
  size.observe({ units: 100, elapsedMs: 0 });
  assert.equal(size.next, 400);
  size.observe({ units: 400, elapsedMs: 1e9 });
  assert.equal(size.next, 100);
  const step = fc.record({ share: fc.double({ min: 0, max: 1, noNaN: true }), elapsedMs: fc.nat(100_000) });
  fc.assert(fc.property(fc.integer({ min: 1, max: batchUnitsMax }), fc.array(step), (first, steps) => {
    const size = adaptiveBatchSize(first);
    for (const { share, elapsedMs } of steps) {
      const before = size.next;
      size.observe({ units: Math.ceil(before * share), elapsedMs });
      const { next } = size;
      assert.ok(next <= before * 4 && next >= Math.max(1, Math.floor(before / 4)), `${before} to ${next}`);
      assert.ok(Number.isInteger(next) && next <= batchUnitsMax, `${next}`);
    }
  }));
});

Deno.test("13 no batch has less than one unit or more than the most", () => {
  assert.equal(adaptiveBatchSize(0.2).next, 1);
  assert.equal(adaptiveBatchSize(1e12).next, batchUnitsMax);
  assert.equal(fixedBatchSize(2.9).next, 2);
  const slow = adaptiveBatchSize(1);
  slow.observe({ units: 1, elapsedMs: 1e6 });
  assert.equal(slow.next, 1);
});

Deno.test("13 atMost() caps the size and hands on what was measured", () => {
  const size = atMost(adaptiveBatchSize(10), 30);
  assert.equal(size.next, 10);
  size.observe({ units: 10, elapsedMs: 1 });
  assert.equal(size.next, 30);
  size.observe({ units: 30, elapsedMs: batchTargetMs * 3 });
  assert.equal(size.next, 10);
});

Deno.test("13 the first batch of a stage has fewer units the more bars and variants a unit has", () => {
  assert.equal(stageBatchSize({ bars: 8760, cells: 1 }).next, 256);
  assert.equal(stageBatchSize({ bars: 8760, cells: 64 }).next, 4);
  assert.equal(stageBatchSize({ bars: 400_000, cells: 1 }).next, firstBatchBars / 400_000);
  assert.equal(stageBatchSize({ bars: 20_000_000, cells: 1 }).next, 1);
});

Deno.test("13 no batch of a stage goes through more bars than a cancel may wait for, however quick the last one was", () => {
  for (const bars of [1, 2000, 400_000, 20_000_000, 60_000_000]) {
    const size = stageBatchSize({ bars, cells: 1 });
    for (let i = 0; i < 20; i++) size.observe({ units: size.next, elapsedMs: 0 });
    assert.equal(size.next, Math.min(batchUnitsMax, unitsWithin(bars)));
    assert.ok(size.next === 1 || size.next * bars <= batchBarsMax, `${size.next} of ${bars} bars`);
  }
  assert.equal(unitsWithin(20_000_000), 2);
  assert.equal(unitsWithin(batchBarsMax + 1), 1);
});
