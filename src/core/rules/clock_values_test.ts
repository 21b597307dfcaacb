import assert from "node:assert/strict";
import fc from "fast-check";
import { clockAt, isInSession } from "../../../tests/oracle/expressions/clock.ts";
import { clockColumn, clocks, sessionBits } from "./mod.ts";

const minuteMs = 60_000;

function minutesAround(timeMs: number, hours: number): Float64Array<ArrayBuffer> {
  return Float64Array.from({ length: hours * 120 }, (_, i) => timeMs + (i - hours * 60) * minuteMs);
}

function opensWithin(bits: Uint8Array, bars: number): readonly boolean[] {
  return Array.from({ length: bars }, (_, bar) => (bits[bar >> 3]! >> (bar & 7) & 1) === 1);
}

// the moments at which the clocks of three zones change; in that of the last one by half an hour
const changes = [
  { zone: "America/New_York", at: Date.UTC(2024, 2, 10, 7) },
  { zone: "America/New_York", at: Date.UTC(2024, 10, 3, 6) },
  { zone: "Europe/Berlin", at: Date.UTC(2024, 2, 31, 1) },
  { zone: "Europe/Berlin", at: Date.UTC(2024, 9, 27, 1) },
  { zone: "Australia/Sydney", at: Date.UTC(2024, 9, 5, 16) },
  { zone: "Australia/Lord_Howe", at: Date.UTC(2024, 3, 6, 15) },
];

for (const { zone, at } of changes) {
  Deno.test(`sessionBits() goes by the clocks of ${zone} around ${new Date(at).toISOString()}`, () => {
    const minute = fc.integer({ min: 0, max: 1439 });
    fc.assert(
      fc.property(minute, minute, (startMinute, endMinute) => {
        fc.pre(startMinute !== endMinute);
        const session = { startMinute, endMinute, zone };
        const opens = minutesAround(at, 5);
        const actual = opensWithin(sessionBits(session, opens), opens.length);
        assert.deepEqual(actual, Array.from(opens, (timeMs) => isInSession(session, timeMs)));
      }),
      { numRuns: 10 },
    );
  });
}

Deno.test("sessionBits() is the same for bars of any distance, in any order of days", () => {
  const opens = fc.array(fc.integer({ min: -3e9, max: 3e9 }), { maxLength: 60 });
  fc.assert(
    fc.property(opens, fc.constantFrom("America/New_York", "Asia/Kolkata", "UTC"), (minutes, zone) => {
      const session = { startMinute: 22 * 60, endMinute: 5 * 60 + 30, zone };
      // from 1970 on, where zones have whole minutes
      const times = Float64Array.from(minutes, (value) => Math.abs(value) % 3e7 * minuteMs);
      const actual = opensWithin(sessionBits(session, times), times.length);
      assert.deepEqual(actual, Array.from(times, (timeMs) => isInSession(session, timeMs)));
    }),
  );
});

Deno.test("clockColumn() gives the parts of a time in UTC", () => {
  fc.assert(
    fc.property(fc.constantFrom(...clocks), fc.array(fc.date({ noInvalidDate: true })), (clock, dates) => {
      const times = Float64Array.from(dates, (date) => date.getTime());
      const expected = Array.from(times, (timeMs) => Math.fround(clockAt(clock, timeMs)));
      assert.deepEqual(Array.from(clockColumn(clock, times)), expected);
    }),
  );
});
