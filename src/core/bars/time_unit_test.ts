import assert from "node:assert/strict";
import fc from "fast-check";
import { plainStamp, stampMs, type TimeUnit, timeUnits, unitOf } from "./time_unit.ts";

const perMs: Readonly<Record<TimeUnit, bigint>> = { s: 0n, ms: 1n, us: 1000n, ns: 1_000_000n };

Deno.test("stampMs() reads every unit exactly, finer parts cut towards the past", () => {
  const cases: readonly [string, TimeUnit, number | null][] = [
    ["1735689600", "s", 1_735_689_600_000],
    ["1735689600.1239", "s", 1_735_689_600_123],
    ["1735689600123", "ms", 1_735_689_600_123],
    ["1735689600123.9", "ms", 1_735_689_600_123],
    ["1735689600123999", "us", 1_735_689_600_123],
    ["1735689600123999999", "ns", 1_735_689_600_123],
    ["-1", "us", -1],
    ["-1000", "us", -1],
    ["-1001", "us", -2],
    ["-0.5", "ms", -1],
    ["-86400", "s", -86_400_000],
    ["12", "ns", 0],
    ["0", "s", 0],
    ["+5", "ms", 5],
    ["", "ms", null],
    ["1e9", "ms", null],
    [".5", "s", null],
    ["2024-01-01", "ms", null],
  ];
  for (const [text, unit, expected] of cases) assert.equal(stampMs(text, unit), expected, `${text} ${unit}`);
});

Deno.test("stampMs() is the floor of the exact quotient", () => {
  fc.assert(fc.property(fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n }), (count) => {
    for (const unit of timeUnits.slice(1)) {
      const rest = ((count % perMs[unit]) + perMs[unit]) % perMs[unit];
      const floor = Number((count - rest) / perMs[unit]);
      if (Number.isSafeInteger(floor)) assert.equal(stampMs(String(count), unit), floor, `${count} ${unit}`);
    }
  }));
});

Deno.test("unitOf() tells the unit of any stamp of 1990 to 2099, but for nanoseconds of 1990, and of no other", () => {
  const anySeconds = fc.integer({ min: Date.UTC(1990, 0) / 1000, max: Date.UTC(2100, 0) / 1000 - 1 });
  fc.assert(fc.property(anySeconds, (seconds) => {
    for (const [unit, zeros] of [["s", 0], ["ms", 3], ["us", 6], ["ns", 9]] as const) {
      const isOfNet = unit === "ns" && seconds < Date.UTC(1991, 0) / 1000;
      assert.equal(unitOf(`${seconds}${"0".repeat(zeros)}`), isOfNet ? null : unit);
    }
  }));
  for (const text of ["0", "-86400000", "631151999", "99999999999", "1e12", "x", "", "638717706000000000"]) {
    assert.equal(unitOf(text), null, text);
  }
});

Deno.test("plainStamp() writes out floats of eight digits or more, and leaves everything else", () => {
  const cases = [
    ["1.7356896e+18", "1735689600000000000"],
    ["1.736173800e+9", "1736173800"],
    ["1.7361738005E9", "1736173800.5"],
    ["1.73617E+12", "1.73617E+12"],
    ["1e9", "1e9"],
    ["1735689600", "1735689600"],
    ["x", "x"],
  ] as const;
  for (const [text, expected] of cases) assert.equal(plainStamp(text), expected);
});
