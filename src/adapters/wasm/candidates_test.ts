import assert from "node:assert/strict";
import { joinKept } from "./candidates.ts";

const chunk = (indexes: number[], scores: number[]) => ({
  indexes: Float64Array.from(indexes),
  scores: Float64Array.from(scores),
  secondary: Float64Array.from(indexes, (index) => index / 2),
  returns: Float64Array.from(indexes, (index) => index * 3),
});

Deno.test("joinKept() keeps ties of the keep-th best over all chunks", () => {
  const chunks = [chunk([0, 1, 2], [5, 3, 9]), chunk([7, 8], [5, 1])];
  const { indexes, scores, secondary, returns } = joinKept(chunks, { keep: 2, floor: -Infinity });
  assert.deepEqual([...indexes], [0, 2, 7]);
  assert.deepEqual([...scores], [5, 9, 5]);
  assert.deepEqual([...secondary!], [0, 1, 3.5]);
  assert.deepEqual([...returns], [0, 6, 21]);
});

Deno.test("joinKept() keeps a ruined variant only where a missing score is kept, with its own score", () => {
  const ruined = { ...chunk([0, 1, 2], [50, 3, -Infinity]), returns: Float64Array.of(-150, 1, 0) };
  const chunks = [ruined, chunk([7], [5])];
  const join = (keep: number) => joinKept(chunks, { keep, floor: -Infinity });
  assert.deepEqual([...join(2).indexes], [1, 7]);
  const all = join(3);
  assert.deepEqual([...all.indexes], [0, 1, 2, 7]);
  assert.deepEqual([...all.scores], [50, 3, -Infinity, 5]);
});

Deno.test("joinKept() selects returns as they are, ruined ones too", () => {
  const returns = (values: number[]) => {
    const scores = Float64Array.from(values);
    return { indexes: Float64Array.from(values, (_, i) => i), scores, secondary: null, returns: scores };
  };
  const { scores } = joinKept([returns([-150, -120]), returns([-300, -110])], { keep: 2, floor: -Infinity });
  assert.deepEqual([...scores], [-120, -110]);
});
