import assert from "node:assert/strict";
import fc from "fast-check";
import { parseTimestamp } from "./time_text.ts";
import { timeTextParts } from "./time_text_parts.ts";

const hourMs = 3_600_000;

Deno.test("timeTextParts() reads dates, naive times, offsets and zone names", () => {
  const [day, time] = [Date.UTC(2024, 1, 29), Date.UTC(2024, 1, 29, 9, 30)];
  const cases: readonly [string, object][] = [
    ["2024-02-29", { localMs: day, zone: null, isDate: true }],
    ["2024-02-29 09:30", { localMs: time, zone: null, isDate: false }],
    ["2024-02-29T09:30:00.1239", { localMs: time + 123, zone: null, isDate: false }],
    ["2024-02-29T09:30:00Z", { localMs: time, zone: 0, isDate: false }],
    ["2024-02-29 09:30:00 UTC", { localMs: time, zone: 0, isDate: false }],
    ["2024-02-29 09:30:00+05:30", { localMs: time, zone: 5.5 * hourMs, isDate: false }],
    ["2024-02-29 09:30:00 -03", { localMs: time, zone: -3 * hourMs, isDate: false }],
    ["2024-02-29 09:30 Europe/Berlin", { localMs: time, zone: "Europe/Berlin", isDate: false }],
    ["0099-01-01", { localMs: Date.parse("0099-01-01T00:00:00Z"), zone: null, isDate: true }],
  ];
  for (const [text, parts] of cases) assert.deepEqual(timeTextParts(text), parts, text);
});

Deno.test("timeTextParts() says why a text is no time", () => {
  const noTime = "is no date or time such as 2024-01-31T09:30:00Z";
  const cases: readonly [string, string][] = [
    ["2023-02-29T00:00:00Z", "names the day 2023-02-29, which does not exist"],
    ["2024-13-01", "names the day 2024-13-01, which does not exist"],
    ["2024-01-01 24:00", "names a time of day that does not exist"],
    ["2024-01-01 12:60", "names a time of day that does not exist"],
    ["2024-01-01T12:00+25:00", "names an offset that does not exist"],
    ["01/02/2024", noTime],
    ["noon", noTime],
    ["", noTime],
    [`2024-01-01 12:00:00.${"1".repeat(200)}`, noTime],
  ];
  for (const [text, reason] of cases) assert.equal(timeTextParts(text), reason, text);
});

Deno.test("timeTextParts() agrees with parseTimestamp() on what both read", () => {
  const anyTime = fc.date({ min: new Date("1800-01-01"), max: new Date("2200-01-01"), noInvalidDate: true });
  const anyOffset = fc.constantFrom("Z", "+00:00", "-05:00", "+0530");
  fc.assert(fc.property(anyTime, anyOffset, (time, offset) => {
    const text = time.toISOString().replace("Z", offset);
    const parts = timeTextParts(text);
    assert.ok(typeof parts === "object" && typeof parts.zone === "number");
    assert.equal(parts.localMs - parts.zone, parseTimestamp(text));
  }));
});

Deno.test("timeTextParts() looks at 100 characters and no more, and at every part up to its greatest", () => {
  const long = (length: number) => "2024-01-01 12:00:00.".padEnd(length, "1");
  const localMs = Date.UTC(2024, 0, 1, 12) + 111;
  assert.deepEqual(timeTextParts(long(100)), { localMs, zone: null, isDate: false });
  assert.equal(timeTextParts(long(101)), "is no date or time such as 2024-01-31T09:30:00Z");
  const last = timeTextParts("2024-12-31 23:59:59.999");
  assert.deepEqual(last, { localMs: Date.UTC(2025, 0, 1) - 1, zone: null, isDate: false });
  for (const time of ["24:00:00", "23:60:00", "23:59:60"]) {
    assert.equal(timeTextParts(`2024-12-31 ${time}`), "names a time of day that does not exist");
  }
});
