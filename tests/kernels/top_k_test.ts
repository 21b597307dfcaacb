import assert from "node:assert/strict";
import fc from "fast-check";
import { kernelBench } from "../helpers/series.ts";

const bench = kernelBench();

Deno.test("keepBest() keeps the best scores with all ties, and none below the floor", () => {
  const scoresArbitrary = fc.array(fc.integer({ min: -20, max: 20 }), { maxLength: 300 });
  const floorArbitrary = fc.oneof(fc.constant(-Infinity), fc.integer({ min: -25, max: 25 }));
  fc.assert(
    fc.property(scoresArbitrary, fc.integer({ min: 1, max: 40 }), floorArbitrary, (scores, keep, floor) => {
      bench.clear();
      const count = scores.length;
      const [positions, kept] = [bench.room(8 * count), bench.room(8 * count)];
      const heap = bench.room(8 * keep);
      const found = bench.kernels.keepBest(bench.f64(scores), count, keep, floor, heap, positions, kept);
      const nthBest = keep < count ? scores.toSorted((a, b) => b - a)[keep - 1]! : -Infinity;
      const expected = scores.flatMap((score, i) => score >= Math.max(floor, nthBest) ? [i] : []);
      assert.deepEqual(bench.readF64(positions, found), expected);
      assert.deepEqual(bench.readF64(kept, found), expected.map((i) => scores[i]));
    }),
    { numRuns: 500 },
  );
});
