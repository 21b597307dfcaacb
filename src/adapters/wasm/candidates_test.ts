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
