import assert from "node:assert/strict";
import fc from "fast-check";
import { scorePlanes } from "../../src/adapters/wasm/plane_scores.ts";
import type { VariantScorer } from "../../src/adapters/wasm/variant_scorer.ts";

/** Planes given by their exact scores; estimates are off by up to the tolerance, and untrusted where null. */
function scorer(planes: readonly (readonly number[])[], errors: readonly (number | null)[]) {
  const exact: number[] = [];
  const put = (scores: Float64Array, position: number, values: readonly number[]) =>
    scores.set(values, position);
  const fake: VariantScorer = {
    scoreBases: () => assert.fail("no base is scored here"),
    estimatePlane(base, { columns, position }) {
      const error = errors[base]!;
      if (error === null) return false;
      const off = (score: number) => score + error * 0.99e-7 * Math.max(1, 1 + score / 100);
      put(columns.scores, position, planes[base]!.map(off));
      return true;
    },
    scorePlane(base, { columns, position }) {
      exact.push(base);
      put(columns.scores, position, planes[base]!);
    },
  };
  return { fake, exact };
}

// few different values, so that ties at the boundary are the rule
const score = fc.integer({ min: -20, max: 60 }).map((n) => n / 4);
const caseArbitrary = fc.record({
  bases: fc.integer({ min: 1, max: 12 }),
  cells: fc.integer({ min: 1, max: 6 }),
})
  .chain(({ bases, cells }) =>
    fc.record({
      planes: fc.array(fc.array(score, { minLength: cells, maxLength: cells }), {
        minLength: bases,
        maxLength: bases,
      }),
      errors: fc.array(fc.constantFrom(-1, -0.5, 0, 0.5, 1, null), { minLength: bases, maxLength: bases }),
      keep: fc.integer({ min: 1, max: 20 }),
      floor: fc.oneof(fc.constant(-Infinity), score),
    })
  );

Deno.test("scorePlanes() selects the same cells with the same bits as exact scoring", () => {
  fc.assert(
    fc.property(caseArbitrary, ({ planes, errors, keep, floor }) => {
      const cells = planes[0]!.length;
      const scores = new Float64Array(planes.length * cells);
      const columns = { scores, primary: scores, secondary: null, returns: scores };
      const { fake } = scorer(planes, errors);
      scorePlanes(planes.map((_, base) => base), {
        scorer: fake,
        columns,
        cells,
        selection: { keep, floor },
      });
      const selected = (values: readonly number[]) => {
        const kth = values.toSorted((a, b) => b - a)[Math.min(keep, values.length) - 1]!;
        return values.flatMap((value, i) => value >= Math.max(floor, kth) ? [[i, value]] : []);
      };
      assert.deepEqual(selected([...scores]), selected(planes.flat()));
    }),
    { numRuns: 2000 },
  );
});

Deno.test("scorePlanes() scores exactly only the planes that can matter", () => {
  const planes = [[5, 1], [4, 1], [9, 8], [1, 1]];
  const { fake, exact } = scorer(planes, [0, 0, 0, 0]);
  const scores = new Float64Array(8);
  const columns = { scores, primary: scores, secondary: null, returns: scores };
  scorePlanes([0, 1, 2, 3], { scorer: fake, columns, cells: 2, selection: { keep: 2, floor: -Infinity } });
  assert.deepEqual(exact, [2]);
  assert.deepEqual([...scores.subarray(4, 6)], [9, 8]);
});
