import assert from "node:assert/strict";
import { mutations } from "./mutations.ts";
import { simulate } from "./simulate.ts";
import { Violation } from "./auditor.ts";

for (const seed of [1, 2, 3]) {
  Deno.test(`S000-10 S003-12 simulate() finds no broken promise in 1000 steps of seed ${seed}`, async () => {
    const { jobs, reclaims, states } = await simulate({ seed, steps: 1000 });
    assert.ok(jobs > 50 && reclaims > 20, `a quiet run: ${jobs} jobs, ${reclaims} reclaims`);
    for (const state of ["succeeded", "failed", "cancelled"]) assert.ok(states[state]! > 0, state);
  });
}

Deno.test("simulate() repeats itself for the same seed and differs for another", async () => {
  const first = await simulate({ seed: 7, steps: 300 });
  assert.deepEqual(await simulate({ seed: 7, steps: 300 }), first);
  assert.notEqual((await simulate({ seed: 8, steps: 300 })).trace, first.trace);
});

for (const mutation of mutations) {
  Deno.test(`simulate() notices when ${mutation.name}`, async () => {
    for (let seed = 1; seed <= 5; seed++) {
      try {
        await simulate({ seed, steps: 300, mutation });
      } catch (error) {
        if (error instanceof Violation) return;
        throw error;
      }
    }
    assert.fail("five simulations noticed nothing");
  });
}
