import assert from "node:assert/strict";
import fc from "fast-check";
import { durationText, formatTimestamp, parseTimeOrDate, parseTimestamp } from "./time_text.ts";

Deno.test("parseTimestamp() reads every form of offset", () => {
  const noon = Date.UTC(2026, 0, 2, 12);
  const texts = [
    "2026-01-02T12:00:00Z",
    "2026-01-02t12:00:00z",
    "2026-01-02 12:00:00+00:00",
    "2026-01-02T12:00Z",
    "2026-01-02T14:00:00+0200",
    "2026-01-01T22:30:00.000-13:30",
  ];
  for (const text of texts) assert.equal(parseTimestamp(text), noon, text);
});

Deno.test("parseTimestamp() cuts what is finer than a millisecond", () => {
  assert.equal(parseTimestamp("1970-01-01T00:00:00.0019999Z"), 1);
  assert.equal(parseTimestamp("1970-01-01T00:00:00.5Z"), 500);
});

Deno.test("S000-42 parseTimestamp() refuses a time without offset", () => {
  assert.equal(parseTimestamp("2026-01-01T00:00:00"), null);
  assert.equal(parseTimestamp("2026-01-01"), null);
});

Deno.test("parseTimestamp() refuses what is no time", () => {
  const texts = [
    "2026-02-30T00:00:00Z",
    "2025-02-29T00:00:00Z",
    "2026-13-01T00:00:00Z",
    "2026-01-01T24:00:00Z",
    "2026-01-01T23:60:00Z",
    "2026-01-01T23:59:60Z",
    "2026-01-01T00:00:00+24:00",
    "0000-01-01T00:00:00+01:00",
    " 2026-01-01T00:00:00Z",
    "",
  ];
  for (const text of texts) assert.equal(parseTimestamp(text), null, text);
});

Deno.test("formatTimestamp() shows milliseconds only where there are some", () => {
  assert.equal(formatTimestamp(Date.UTC(2026, 0, 1)), "2026-01-01T00:00:00Z");
  assert.equal(formatTimestamp(Date.UTC(2026, 0, 1) + 7), "2026-01-01T00:00:00.007Z");
});

Deno.test("parseTimestamp() reads back what formatTimestamp() writes", () => {
  fc.assert(fc.property(fc.date({ min: new Date(0), noInvalidDate: true }), (date) => {
    if (date.getUTCFullYear() > 9999) return;
    assert.equal(parseTimestamp(formatTimestamp(date.getTime())), date.getTime());
  }));
});

Deno.test("parseTimestamp() reads the first and the last moment of the years 0000 to 9999, and offsets of up to a day", () => {
  assert.equal(parseTimestamp("0000-01-01T00:00:00Z"), Date.parse("0000-01-01T00:00:00Z"));
  assert.equal(parseTimestamp("9999-12-31T23:59:59.999Z"), Date.parse("9999-12-31T23:59:59.999Z"));
  assert.equal(parseTimestamp("9999-12-31T23:59:59.999-00:01"), null);
  assert.equal(parseTimestamp("0000-01-01T00:00:00+00:01"), null);
  assert.equal(parseTimestamp("2026-01-01T23:59:00+23:59"), Date.UTC(2026, 0, 1));
  assert.equal(parseTimestamp("2026-01-01T00:00:00+00:60"), null);
});

Deno.test("parseTimeOrDate() takes a date for its midnight UTC, and nothing shorter", () => {
  assert.equal(parseTimeOrDate("2026-01-02"), Date.UTC(2026, 0, 2));
  assert.equal(parseTimeOrDate("2026-01-02T00:00:00+01:00"), Date.UTC(2026, 0, 1, 23));
  for (const text of ["2026-02-30", "2026-01", "2026-01-02T00:00", " 2026-01-02"]) {
    assert.equal(parseTimeOrDate(text), null, text);
  }
});

Deno.test("durationText() takes the largest unit that a length is a whole number of", () => {
  const texts: readonly (readonly [ms: number, text: string])[] = [
    [86_400_000, "1d"],
    [604_800_000, "7d"],
    [129_600_000, "36h"],
    [2_700_000, "45m"],
    [90_000, "90s"],
    [1500, "1500ms"],
    [1, "1ms"],
    [0.5, "0.5ms"],
  ];
  for (const [ms, text] of texts) assert.equal(durationText(ms), text);
});
