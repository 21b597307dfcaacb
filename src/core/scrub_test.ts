import assert from "node:assert/strict";
import { scrub } from "./scrub.ts";

Deno.test("S000-36 scrub() removes DSNs and paths and keeps the rest", () => {
  assert.equal(scrub("connect postgres://bob:hunter2@db:5432/x failed"), "connect postgres://*** failed");
  assert.equal(scrub("at file:///srv/app/src/main.ts:3:1"), "at <path>");
  assert.equal(scrub('No such file "/srv/app/data/x.csv"'), 'No such file "<path>"');
  assert.equal(scrub("momentum.rsi: 3/4 of 1/2"), "momentum.rsi: 3/4 of 1/2");
});
