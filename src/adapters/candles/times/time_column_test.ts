import assert from "node:assert/strict";
import fc from "fast-check";
import type { CandleReading, TimeUnit } from "../../../core/bars/mod.ts";
import { TimeColumn } from "./time_column.ts";

const dayMs = 86_400_000;
const perMs: Readonly<Record<TimeUnit, bigint>> = { s: 0n, ms: 1n, us: 1000n, ns: 1_000_000n };

/** The times of a column, told from its last text. */
function read(texts: readonly string[], reading: CandleReading = {}): number[] {
  const column = new TimeColumn({ reading, last: texts.at(-1)! });
  return texts.map((text) => column.take(text));
}

function written(epochMs: number, unit: TimeUnit): string {
  return unit === "s" ? String(epochMs / 1000) : String(BigInt(epochMs) * perMs[unit]);
}

Deno.test("TimeColumn reads any unit by its last row, rows before 1990 and 1970 with it", () => {
  const last = fc.integer({ min: Date.UTC(1990, 0) / dayMs, max: Date.UTC(2099, 11) / dayMs });
  const back = fc.uniqueArray(fc.integer({ min: 1, max: 60_000 }), { maxLength: 20 });
  const unit = fc.constantFrom<TimeUnit>("s", "ms", "us", "ns");
  fc.assert(fc.property(last, back, unit, fc.boolean(), (lastDay, days, unit, descends) => {
    const times = [
      lastDay,
      ...days.map((day) => lastDay - day).filter((day) => day * dayMs >= Date.UTC(1800, 0)),
    ]
      .sort((a, b) => a - b).map((day) => day * dayMs);
    // the row by which the unit is told is the last one of the file
    const toldFromMs = Date.UTC(unit === "ns" ? 1991 : 1990, 0);
    if ((descends ? times[0]! : times.at(-1)!) < toldFromMs) return;
    // rows of early 1970 right before rows of today look like another unit, and are refused
    const early = (ms: number) => ms > Date.UTC(1970, 0, 2) && ms < Date.UTC(1970, 1, 28);
    if (times.some((ms, i) => early(ms) && times[i + 1]! >= Date.UTC(1990, 0))) return;
    const ordered = descends ? times.toReversed() : times;
    assert.deepEqual(read(ordered.map((ms) => written(ms, unit))), ordered);
  }));
});

Deno.test("TimeColumn reads a daily column in ms from 1927 on, through the weeks of 1970 that look like seconds", () => {
  const firstDay = Date.UTC(1927, 11, 30) / dayMs;
  const times = Array.from({ length: 30_000 }, (_, day) => (firstDay + day) * dayMs);
  assert.deepEqual(read(times.map(String)), times);
});

Deno.test("TimeColumn refuses the first row in another unit, whichever comes first", () => {
  const days = Array.from({ length: 6 }, (_, day) => Date.UTC(2024, 0, 1 + day));
  const mixed = (first: TimeUnit, then: TimeUnit) =>
    days.map((ms, row) => written(ms, row < 3 ? first : then));
  const names = { s: "seconds", ms: "milliseconds", us: "microseconds", ns: "nanoseconds" };
  for (const [first, then] of [["ms", "us"], ["s", "ms"], ["us", "ns"]] as const) {
    const texts = mixed(first, then);
    const column = new TimeColumn({ reading: {}, last: texts.at(-1)! });
    for (const text of texts.slice(0, 3)) column.take(text);
    const message = `ts_open ${texts[3]} is in ${names[then]}, the rows before it are in ${
      names[first]
    }: mixed units`;
    assert.throws(() => column.take(texts[3]!), { message });
  }
  for (const [first, then] of [["us", "ms"], ["ms", "s"], ["ns", "us"]] as const) {
    assert.throws(() => read(mixed(first, then)), {
      message: new RegExp(
        `^ts_open ${mixed(first, then)[0]}, read in ${names[then]}, must lie in the years 1800 to ` +
          `2100, is .*; it looks like ${names[first]}, the last row like ${names[then]}: mixed units`,
      ),
    });
  }
});

Deno.test("TimeColumn refuses stamps whose unit cannot be told, and reads them when it is said", () => {
  for (const texts of [["-432000000", "-86400000"], ["0", "60000"], ["1", "99999999999"]]) {
    assert.throws(() => read(texts), {
      message: /unit of ts_open .* cannot be told: .* --time-unit s, ms, us or ns/,
    });
  }
  assert.deepEqual(read(["-432000000", "-86400000"], { timeUnit: "ms" }), [-432_000_000, -86_400_000]);
  assert.deepEqual(read(["-5", "60"], { timeUnit: "s" }), [-5000, 60_000]);
  assert.throws(() => read(["1704067200000", "1704067260000"], { timeUnit: "s" }), {
    message:
      /^ts_open 1704067200000, read in seconds as --time-unit says, must lie .*; it looks like milliseconds$/,
  });
});

Deno.test("TimeColumn refuses a column of numbers and texts, and times before 1800", () => {
  assert.throws(() => read(["1704067200000", "2024-01-02T00:00:00Z"]), {
    message: /is a number, .* each a text/,
  });
  assert.throws(() => read(["2024-01-01T00:00:00Z", "1704153600000"]), {
    message: /is a text, .* each a number/,
  });
  assert.throws(() => read(["1799-12-31", "1800-01-02"]), {
    message: 'ts_open must lie in 1800 or later, got "1799-12-31"',
  });
  assert.deepEqual(read(["1800-01-01", "1800-01-02"]), [Date.UTC(1800, 0, 1), Date.UTC(1800, 0, 2)]);
  assert.throws(() => read(["2024-01-01", "2024-01-02"], { timeUnit: "s" }), {
    message: /^--time-unit is for numbers/,
  });
});

Deno.test("TimeColumn reads naive times in the zone that is said, through both changes of the clocks", () => {
  const reading = { timeZone: "America/New_York" };
  const autumn = [
    "2024-11-03 00:30",
    "2024-11-03 01:00",
    "2024-11-03 01:30",
    "2024-11-03 01:00",
    "2024-11-03 02:00",
  ];
  const expected = [4.5, 5, 5.5, 6, 7].map((hour) => Date.UTC(2024, 10, 3) + hour * 3_600_000);
  assert.deepEqual(read(autumn, reading), expected);
  assert.deepEqual(read(autumn.toReversed(), reading), expected.toReversed());
  assert.throws(() => read(["2024-03-10 01:30", "2024-03-10 02:30", "2024-03-10 03:30"], reading), {
    message:
      "ts_open must be a time that clocks in America/New_York show, got 2024-03-10T02:30:00, which they skip",
  });
  // a date is midnight UTC whatever the zone, and an offset is an offset
  assert.deepEqual(read(["2024-01-01", "2024-01-02"], reading), [Date.UTC(2024, 0, 1), Date.UTC(2024, 0, 2)]);
  assert.deepEqual(read(["2024-01-01T00:00Z", "2024-01-02T00:00Z"], reading)[1], Date.UTC(2024, 0, 2));
});

Deno.test("TimeColumn reads names of zones, and refuses those nobody knows", () => {
  assert.deepEqual(read(["2024-07-01 00:00 Europe/Berlin", "2024-07-01 01:00 UTC"]), [
    Date.UTC(2024, 5, 30, 22),
    Date.UTC(2024, 6, 1, 1),
  ]);
  assert.throws(() => read(["2024-07-01 00:00 Mars/Olympus"]), {
    message: /time zone nobody knows.*\+02:00 will do/,
  });
});

Deno.test("TimeColumn takes letters that may mean several zones only where it is told which", () => {
  for (const letters of ["BST", "CST", "EST", "edt", "CEST"]) {
    assert.throws(() => read([`2024-07-01 09:30:00 ${letters}`]), {
      message: /letters that may mean several.*--time-zone America\/New_York/,
    });
    assert.deepEqual(read([`2024-07-01 09:30:00 ${letters}`], { timeZone: "America/New_York" }), [
      Date.UTC(2024, 6, 1, 13, 30),
    ]);
  }
  assert.deepEqual(read(["2024-07-01 09:30:00 GMT"]), [Date.UTC(2024, 6, 1, 9, 30)]);
});

Deno.test("TimeColumn knows from its last row which way it runs", () => {
  const column = new TimeColumn({ reading: {}, last: "2024-01-01" });
  for (const text of ["2024-01-03", "2024-01-02"]) column.take(text);
  assert.equal(column.descends, true);
  assert.throws(() => column.take("2024-01-04"), {
    message:
      'ts_open must be earlier than the row before, as the file runs from new to old, got "2024-01-04"; --sort reads rows in any order',
  });
});
