import assert from "node:assert/strict";
import { jobTerms } from "./job_terms.ts";

const template = { instrument_id: { market_id: 2, symbol: "X" }, direction_mode: "short-only" };

Deno.test("jobTerms() finds market and direction of a template, of a saved strategy and of its overrides", () => {
  const short = { marketId: 2, directionMode: "short-only" };
  assert.deepEqual(jobTerms({ requestJson: { template }, specPayloadJson: null }), short);
  assert.deepEqual(jobTerms({ requestJson: { overrides: {} }, specPayloadJson: template }), short);
  assert.deepEqual(
    jobTerms({ requestJson: { overrides: { direction_mode: "long-only" } }, specPayloadJson: template }),
    { marketId: 2, directionMode: "long-only" },
  );
  for (
    const requestJson of [{}, { template: 1 }, { template: { instrument_id: null, direction_mode: "up" } }]
  ) {
    assert.deepEqual(jobTerms({ requestJson, specPayloadJson: null }), {
      marketId: null,
      directionMode: null,
    });
  }
});
