import assert from "node:assert/strict";
import { createBaseScores } from "./base_scores.ts";
import { groupAlike } from "./distinct_variants.ts";

Deno.test("groupAlike() finds the first of every number", () => {
  assert.deepEqual(groupAlike([7, 3, 7, 9, 3]), { firsts: [0, 1, 3], groups: [0, 1, 0, 2, 1] });
  assert.deepEqual(groupAlike([]), { firsts: [], groups: [] });
});

const byReturn = (scores: Float64Array) => ({
  scores,
  primary: scores,
  secondary: null,
  returns: scores,
});

Deno.test("createBaseScores() asks for every distinct variant once, whatever the batches", () => {
  const base = createBaseScores({ count: 3, shared: true, of: (index) => index % 3 });
  const asked: number[][] = [];
  const scoresOf = (first: number, count: number) => {
    const scores = new Float64Array(count);
    base.fill(byReturn(scores), {
      first,
      compute(variants) {
        asked.push([...variants]);
        scores.set(variants.map((variant) => 10 * (variant % 3)));
      },
    });
    return [...scores];
  };
  assert.deepEqual(scoresOf(1, 1), [10]);
  assert.deepEqual(scoresOf(0, 5), [0, 10, 20, 0, 10]);
  assert.deepEqual(scoresOf(4, 3), [10, 20, 0]);
  assert.deepEqual(asked, [[1], [0, 2], []]);
});

Deno.test("createBaseScores() remembers every column", () => {
  const base = createBaseScores({ count: 2, shared: true, of: (index) => index % 2 });
  const columns = () => ({
    scores: new Float64Array(3),
    primary: new Float64Array(3),
    secondary: new Float64Array(3),
    returns: new Float64Array(3),
  });
  const filled = [columns(), columns()].map((target) => {
    base.fill(target, {
      first: 0,
      compute: (variants) =>
        variants.forEach((variant, i) => {
          target.scores[i] = 1 + variant;
          target.primary[i] = 4 + variant;
          target.secondary[i] = 10 + variant;
          target.returns[i] = 100 + variant;
        }),
    });
    return target;
  });
  const expected = {
    scores: Float64Array.of(1, 2, 1),
    primary: Float64Array.of(4, 5, 4),
    secondary: Float64Array.of(10, 11, 10),
    returns: Float64Array.of(100, 101, 100),
  };
  assert.deepEqual(filled, [expected, expected]);
});

Deno.test("createBaseScores() remembers nothing where no variants are alike", () => {
  const base = createBaseScores({ count: 4, shared: false, of: (index) => index });
  let calls = 0;
  for (let i = 0; i < 2; i++) {
    base.fill(byReturn(new Float64Array(4)), {
      first: 0,
      compute: ({ length }) => void (calls += length),
    });
  }
  assert.equal(calls, 8);
});
