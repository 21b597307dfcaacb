import assert from "node:assert/strict";
import { catalogue } from "./catalogue.ts";
import { lookAheadWarnings } from "./look_ahead.ts";

Deno.test("lookAheadWarnings() names the indicator and how far it looks", () => {
  assert.deepEqual(lookAheadWarnings(["ma.sma", "trend.ichimoku"]), [
    "look_ahead: trend.ichimoku reads `displacement` bars of the future, live trading cannot reach these results",
  ]);
});

Deno.test("lookAheadWarnings() has nothing to say about the other indicators", () => {
  const honest = catalogue.map(({ id }) => id).filter((id) => id !== "trend.ichimoku");
  assert.deepEqual(lookAheadWarnings([...honest, "unknown"]), []);
});
