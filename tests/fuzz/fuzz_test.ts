import assert from "node:assert/strict";
import { fuzz } from "./fuzz.ts";
import { mutations } from "./wrong_fast_paths.ts";

const seed = 20_260_101;

Deno.test("the fast path equals the replay on a sample of fuzz cases, all kinds of them", () => {
  const { cases, failure, coverage } = fuzz({ seed, cases: 4000 });
  assert.equal(failure, null);
  assert.equal(cases, 4000);
  const { cells, trades, ruined, ruinedEarly, trusted, untrusted } = coverage;
  assert.ok(cells > 15_000 && trades > 50_000, JSON.stringify(coverage));
  assert.ok(trusted > 1000 && untrusted > 100, JSON.stringify(coverage));
  assert.ok(ruined > cells / 20 && ruinedEarly > cells / 40, JSON.stringify(coverage));
});

for (const [mistake, mutate] of Object.entries(mutations)) {
  Deno.test(`fuzz() notices when ${mistake}`, () => {
    const { failure } = fuzz({ seed, cases: 2000, mutate });
    assert.ok(failure !== null);
    const again = fuzz({ seed, cases: 2000, mutate, path: failure.path });
    assert.equal(again.cases, 1);
    assert.deepEqual(again.failure, failure);
  });
}

Deno.test("fuzz() gives the same cases for the same seed, and stops in time", () => {
  const [first, second] = [1, 1].map((same) => fuzz({ seed: same, cases: 50 }).coverage);
  assert.deepEqual(first, second);
  assert.notDeepEqual(fuzz({ seed: 2, cases: 50 }).coverage, first);
  assert.ok(fuzz({ seed: 1, cases: 1_000_000, seconds: 0.05 }).cases < 100_000);
});
