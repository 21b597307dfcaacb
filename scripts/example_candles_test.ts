import assert from "node:assert/strict";
import { inventedHours, inventedSessions } from "./example_candles.ts";

const rowsOf = (csv: string) => csv.trim().split("\n").slice(1).map((row) => row.split(","));

Deno.test("the committed invented candles are fresh", async () => {
  const committed = (name: string) =>
    Deno.readTextFile(new URL(`../docs/examples/${name}.csv`, import.meta.url));
  assert.equal(await committed("invented-hours"), inventedHours());
  assert.equal(await committed("invented-sessions"), inventedSessions());
});

Deno.test("invented candles can be candles, hours are without a hole and sessions begin at 09:30 in New York", () => {
  const [hours, sessions] = [rowsOf(inventedHours()), rowsOf(inventedSessions())];
  for (const [, ...texts] of [...hours, ...sessions]) {
    const [open, high, low, close, volume] = texts.map(Number) as [number, number, number, number, number];
    assert.ok(low > 0 && low <= Math.min(open, close) && high >= Math.max(open, close) && volume > 0);
  }
  hours.forEach(([time], i) => assert.equal(Date.parse(time!), Date.UTC(2024, 0, 1) + i * 3_600_000));
  const clock = new Intl.DateTimeFormat("en-GB", { timeZone: "America/New_York", timeStyle: "short" });
  const starts = sessions.filter((_, i) => i % 78 === 0).map(([time]) => clock.format(Date.parse(time!)));
  assert.deepEqual([...new Set(starts)], ["09:30"]);
  assert.equal(starts.length, 33);
});
