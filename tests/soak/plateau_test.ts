import assert from "node:assert/strict";
import { leftBehind } from "./plateau.ts";

/** Ten looks, after every 50 jobs; `bytes` is what is kept after so many. */
function looks(bytes: (jobs: number) => number) {
  return Array.from({ length: 10 }, (_, i) => {
    const jobs = 50 * (i + 1);
    return { jobs, settledBytes: bytes(jobs), rssBytes: 0 };
  });
}

Deno.test("13 leftBehind() takes what grows while it warms up for no leak, and what goes on growing for one", () => {
  const seen = [22.76, 22.99, 23.09, 23.21, 23.32, 23.39, 23.45, 23.5, 23.53, 23.54];
  assert.deepEqual(leftBehind(looks((jobs) => seen[jobs / 50 - 1]! * 1e6)), []);
  assert.deepEqual(leftBehind(looks((jobs) => 22e6 + 4000 * jobs)), ["every job leaves 4000 bytes behind"]);
  // a look that happens to find much does not matter, only what no look falls below
  assert.deepEqual(leftBehind(looks((jobs) => jobs % 150 === 0 ? 60e6 : 22e6)), []);
  assert.deepEqual(leftBehind([]), ["0 looks are too few to tell a plateau"]);
});
