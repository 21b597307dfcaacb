import assert from "node:assert/strict";
import fc from "fast-check";
import type { SweepPlan } from "../core/grid/mod.ts";
import { expandedBases, promisingFirst } from "./expanded_bases.ts";

const planOf = (stageATotal: number, expandsAll: boolean) => ({ stageATotal, expandsAll }) as SweepPlan;

Deno.test("promisingFirst() has every base once, the first of the shortlist before the others in stage A order", () => {
  const shortlists = fc.integer({ min: 1, max: 1500 }).chain((total) =>
    fc.record({
      total: fc.constant(total),
      shortlist: fc.uniqueArray(fc.nat({ max: total - 1 }), { maxLength: total, size: "max" }),
    })
  );
  fc.assert(
    fc.property(shortlists, ({ total, shortlist }) => {
      const bases = promisingFirst(planOf(total, true), shortlist);
      const first = shortlist.slice(0, 512);
      const rest = Array.from({ length: total }, (_, i) => i).filter((index) => !first.includes(index));
      assert.equal(bases.total, total);
      assert.deepEqual(bases.slice(0, total), [...first, ...rest]);
      for (const position of [0, total >> 1, total - 1]) {
        assert.equal(bases.slice(position, position + 1)[0], bases.at(position));
        assert.equal(bases.withNumber(bases.numberAt(position)), bases.at(position));
        // whatever the order, a base has the number it has in stage A order
        assert.equal(bases.numberAt(position), bases.at(position));
      }
    }),
    { numRuns: 100 },
  );
});

Deno.test("a plan with a shortlist expands that, in its order, and numbers it by its places", () => {
  for (const bases of [expandedBases, promisingFirst].map((made) => made(planOf(9, false), [7, 2, 5]))) {
    assert.equal(bases.total, 3);
    assert.deepEqual(bases.slice(0, 3), [7, 2, 5]);
    assert.deepEqual([bases.at(1), bases.numberAt(1), bases.withNumber(1)], [2, 1, 2]);
  }
  assert.deepEqual(expandedBases(planOf(4, true), [3]).slice(0, 4), [0, 1, 2, 3]);
});
