import assert from "node:assert/strict";
import fc from "fast-check";
import { barHolding } from "../../../tests/oracle/bars.ts";
import { barGrid } from "./bar_grid.ts";
import { dayStartText, parseDayStart } from "./day_start.ts";

const hour = 3_600_000;
const iso = (ms: number) => new Date(ms).toISOString().slice(0, 16);

function barOf(timeframe: string, dayStart: string | null, time: string): readonly [string, string] {
  const grid = barGrid(timeframe, dayStart === null ? null : parseDayStart(dayStart, "day_start"));
  const { openMs, closeMs } = grid.bucketAt(Date.parse(time));
  return [iso(openMs), iso(closeMs)];
}

Deno.test("barGrid() without a day start counts from the epoch, weeks from Monday, months from the first", () => {
  const time = "2024-02-29T13:07:31Z";
  assert.deepEqual(barOf("7m", null, time), ["2024-02-29T13:04", "2024-02-29T13:11"]);
  assert.deepEqual(barOf("2d", null, time), ["2024-02-29T00:00", "2024-03-02T00:00"]);
  assert.deepEqual(barOf("1w", null, time), ["2024-02-26T00:00", "2024-03-04T00:00"]);
  assert.deepEqual(barOf("1w", null, "1969-12-31T23:59:59Z"), ["1969-12-29T00:00", "1970-01-05T00:00"]);
  assert.deepEqual(barOf("1M", null, time), ["2024-02-01T00:00", "2024-03-01T00:00"]);
  assert.deepEqual(barOf("1M", null, "1969-12-31T23:59:59Z"), ["1969-12-01T00:00", "1970-01-01T00:00"]);
});

Deno.test("barGrid() makes Monday of the day that starts on Sunday afternoon, so that a week of FX is one bar", () => {
  const newYork = "17:00 America/New_York";
  // Sunday 17:00 in winter, Friday 16:59
  const week = ["2025-01-05T22:00", "2025-01-12T22:00"];
  assert.deepEqual(barOf("1w", newYork, "2025-01-05T22:00:00Z"), week);
  assert.deepEqual(barOf("1w", newYork, "2025-01-10T21:59:00Z"), week);
  assert.deepEqual(barOf("1M", newYork, "2025-01-31T21:59:00Z"), ["2024-12-31T22:00", "2025-01-31T22:00"]);
  // one that starts in the morning has the date it starts on
  assert.deepEqual(barOf("1w", "09:30 America/New_York", "2025-01-06T14:29:00Z"), [
    "2024-12-30T14:30",
    "2025-01-06T14:30",
  ]);
});

Deno.test("barGrid() names the whole days next to bars that are none where days have a start", () => {
  assert.throws(() => barGrid("36h", parseDayStart("17:00 America/New_York", "day_start")), {
    message: "Cannot make 36h bars of days that start at 17:00 America/New_York: they are no whole days; " +
      "nearest are 1d and 2d",
  });
});

const dayStarts = [
  "17:00 America/New_York",
  "00:00 Europe/Berlin",
  "02:30 Europe/Berlin",
  "18:00 Australia/Lord_Howe",
  "09:15 Asia/Kolkata",
  "12:00 America/Sao_Paulo",
].map((text) => parseDayStart(text, "day_start"));
const lengths = ["1h", "90m", "4h", "5h", "7h", "1d", "2d", "3d", "10d", "1w", "1M"];

/** Times near those at which clocks change in the zone, and any others. */
const near = [
  "2024-03-10T07:00Z",
  "2024-11-03T06:00Z",
  "2024-03-31T01:00Z",
  "2024-10-27T01:00Z",
  "2024-04-06T15:00Z",
  "2024-10-05T15:30Z",
  "2018-11-04T03:00Z",
].map((text) => Date.parse(text));
const time = fc.oneof(
  fc.tuple(fc.constantFrom(...near), fc.integer({ min: -40 * hour, max: 40 * hour })).map(([at, by]) =>
    at + by
  ),
  fc.integer({ min: Date.UTC(1975, 0), max: Date.UTC(2035, 0) }),
);

Deno.test("barGrid() with a day start is what Temporal makes of the dates, on days on which clocks change too", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...dayStarts),
      fc.constantFrom(...lengths),
      time,
      (dayStart, timeframe, at) => {
        const grid = barGrid(timeframe, dayStart);
        const { openMs, closeMs } = grid.bucketAt(at);
        assert.deepEqual(
          [openMs, closeMs].map(iso),
          barHolding(at, { timeframe, dayStart }).map(iso),
          dayStartText(dayStart),
        );
        // one chain, in whatever order it is asked for
        assert.equal(grid.bucketAt(closeMs).openMs, closeMs);
        assert.equal(grid.bucketAt(openMs - 1).closeMs, openMs);
        assert.deepEqual({ ...grid.bucketAt(at) }, { openMs, closeMs });
      },
    ),
    { numRuns: 400 },
  );
});

Deno.test("barGrid().before() leaves room for so many bars, and barsIn() counts no fewer than there are", () => {
  const starts = fc.constantFrom(null, ...dayStarts);
  const timeframe = fc.constantFrom("30s", "7m", ...lengths);
  fc.assert(
    fc.property(starts, timeframe, time, fc.integer({ min: 1, max: 30 }), (dayStart, timeframe, at, bars) => {
      const grid = barGrid(timeframe, dayStart);
      const fromMs = grid.before(at, bars);
      let there = 0;
      for (let { closeMs } = grid.bucketAt(fromMs); closeMs <= at; { closeMs } = grid.bucketAt(closeMs)) {
        there++;
      }
      assert.ok(there >= bars, `${there} of ${bars}`);
      assert.ok(there <= grid.barsIn(at - fromMs));
    }),
    { numRuns: 500 },
  );
});

Deno.test("barGrid() of days survives the day that Samoa left out", () => {
  const days = barGrid("1d", parseDayStart("00:00 Pacific/Apia", "day_start"));
  const week = barGrid("1w", parseDayStart("00:00 Pacific/Apia", "day_start"));
  for (const time of ["2011-12-29T12:00Z", "2011-12-30T10:00Z", "2011-12-30T09:59Z", "2011-12-31T12:00Z"]) {
    const at = Date.parse(time);
    for (const grid of [days, week]) {
      const { openMs, closeMs } = grid.bucketAt(at);
      assert.ok(openMs <= at && at < closeMs, time);
      assert.equal(grid.bucketAt(openMs - 1).closeMs, openMs);
    }
  }
});
