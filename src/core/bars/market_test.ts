import assert from "node:assert/strict";
import { returnsPerYear } from "./market.ts";

Deno.test("15 returnsPerYear() is as many as days, and of longer bars as many as a year has of them", () => {
  for (const timeframe of ["1m", "4h", "1d", "24h"]) assert.equal(returnsPerYear(252, timeframe), 252);
  assert.equal(returnsPerYear(365, "2d"), 182.5);
  assert.equal(returnsPerYear(365, "1w"), 365 / 7);
  assert.equal(returnsPerYear(252, "1w"), 365 / 7);
  assert.equal(returnsPerYear(252, "1M"), 12);
  assert.equal(returnsPerYear(365, "1M"), 12);
  assert.equal(returnsPerYear(10, "1M"), 10);
});
