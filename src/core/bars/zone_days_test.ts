import assert from "node:assert/strict";
import fc from "fast-check";
import { BacktestError } from "../errors/mod.ts";
import { dayStartText, parseDayStart } from "./day_start.ts";
import { zoneDays } from "./zone_days.ts";

const hour = 3_600_000;

function dayOf(start: string, time: string): [string, number] {
  const { startMs, endMs } = zoneDays(parseDayStart(start, "day_start")).dayAt(Date.parse(time));
  return [new Date(startMs).toISOString(), (endMs - startMs) / hour];
}

Deno.test("zoneDays() finds days of 23, 24 and 25 hours where clocks change", () => {
  const newYork = "17:00 America/New_York";
  assert.deepEqual(dayOf(newYork, "2024-03-08T12:00:00Z"), ["2024-03-07T22:00:00.000Z", 24]);
  assert.deepEqual(dayOf(newYork, "2024-03-10T12:00:00Z"), ["2024-03-09T22:00:00.000Z", 23]);
  assert.deepEqual(dayOf(newYork, "2024-03-10T21:00:00Z"), ["2024-03-10T21:00:00.000Z", 24]);
  assert.deepEqual(dayOf(newYork, "2024-11-03T21:59:59Z"), ["2024-11-02T21:00:00.000Z", 25]);
  assert.deepEqual(dayOf("00:00 Europe/Berlin", "2024-03-31T10:00:00Z"), ["2024-03-30T23:00:00.000Z", 23]);
  assert.deepEqual(dayOf("05:30 Asia/Kolkata", "2024-03-31T10:00:00Z"), ["2024-03-31T00:00:00.000Z", 24]);
  assert.deepEqual(dayOf("00:00 UTC", "1969-12-31T23:59:59Z"), ["1969-12-31T00:00:00.000Z", 24]);
});

Deno.test("zoneDays() moves a start that clocks leave out, takes the first of two, and survives a day that is left out", () => {
  // at midnight, clocks went to 01:00
  assert.deepEqual(dayOf("00:00 America/Sao_Paulo", "2018-11-04T10:00:00Z"), [
    "2018-11-04T03:00:00.000Z",
    23,
  ]);
  assert.deepEqual(dayOf("02:30 Europe/Berlin", "2024-03-31T10:00:00Z"), ["2024-03-31T01:30:00.000Z", 23]);
  assert.deepEqual(dayOf("02:30 Europe/Berlin", "2024-10-27T10:00:00Z"), ["2024-10-27T00:30:00.000Z", 25]);
  // Samoa had no 30 December 2011
  assert.deepEqual(dayOf("00:00 Pacific/Apia", "2011-12-30T10:00:00Z"), ["2011-12-30T10:00:00.000Z", 24]);
});

Deno.test("zoneDays() gives one chain of days, in whatever order times are asked for", () => {
  const zones = fc.constantFrom(
    "17:00 America/New_York",
    "00:00 Pacific/Apia",
    "02:30 Europe/Berlin",
    "09:15 Asia/Kolkata",
  );
  const time = fc.integer({ min: Date.UTC(2000, 0), max: Date.UTC(2030, 0) });
  const near = fc.integer({ min: -60 * hour, max: 60 * hour });
  fc.assert(
    fc.property(zones, time, fc.array(near, { minLength: 1, maxLength: 8 }), (start, timeMs, steps) => {
      const { dayAt } = zoneDays(parseDayStart(start, "day_start"));
      for (const at of steps.map((step) => timeMs + step)) {
        const { startMs, endMs } = { ...dayAt(at) };
        assert.ok(startMs <= at && at < endMs);
        assert.deepEqual({ ...zoneDays(parseDayStart(start, "day_start")).dayAt(at) }.startMs, startMs);
        assert.equal(dayAt(endMs).startMs, endMs);
        assert.equal(dayAt(startMs - 1).endMs, startMs);
      }
    }),
    { numRuns: 40 },
  );
});

Deno.test("parseDayStart() reads a time and a zone, and names field and value of what it refuses", () => {
  const start = parseDayStart(" 17:00 America/New_York ", "day_start");
  assert.deepEqual(start, { minutes: 1020, zone: "America/New_York" });
  assert.equal(dayStartText(start), "17:00 America/New_York");
  for (
    const text of [
      "17:00",
      "24:00 UTC",
      "5:00 UTC",
      "17:00 +05:30",
      "17:00 Mars/Olympus",
      `17:00 ${"A".repeat(70)}`,
    ]
  ) {
    assert.throws(
      () => parseDayStart(text, "markets.1.day_start"),
      (error) => error instanceof BacktestError && error.message.startsWith("markets.1.day_start "),
    );
  }
});
