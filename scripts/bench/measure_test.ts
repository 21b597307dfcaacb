import assert from "node:assert/strict";
import { measure, summary } from "./measure.ts";

Deno.test("summary() takes the middle of an odd and the mean of the two middle ones of an even number", () => {
  assert.deepEqual(summary([3, 1, 2]), { median_ms: 2, min_ms: 1, max_ms: 3 });
  assert.deepEqual(summary([4, 1, 2, 10]), { median_ms: 3, min_ms: 1, max_ms: 10 });
});

Deno.test("measure() runs once more than it times and answers the last result", async () => {
  let calls = 0;
  const { result, times } = await measure(() => ++calls, { runs: 3 });
  assert.equal(result, 4);
  assert.ok(times.min_ms <= times.max_ms);
});
