import assert from "node:assert/strict";
import { parseDayStart } from "../core/bars/mod.ts";
import { onMarket, planRules } from "./rules.ts";

Deno.test("15 onMarket() takes weeks and months of days that start in the afternoon, and names bars no such days make", () => {
  const dayStart = parseDayStart("17:00 America/New_York", "day_start");
  const planned = (timeframe: string) =>
    planRules({ long: { enter: `close > on_timeframe("${timeframe}", close)` } }, { timeframe: "1h" });
  for (const timeframe of ["90m", "5h", "1d", "3d", "1w", "1M"]) {
    assert.deepEqual(onMarket(planned(timeframe), dayStart).dayStart, dayStart);
  }
  assert.throws(() => onMarket(planned("36h"), dayStart), {
    message: 'on_timeframe("36h", close): Cannot make 36h bars of days that start at ' +
      "17:00 America/New_York: they are no whole days; nearest are 1d and 2d",
  });
  assert.equal(onMarket(planned("36h"), null).dayStart, null);
});
