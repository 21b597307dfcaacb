import assert from "node:assert/strict";
import fc from "fast-check";
import { areToldSerials, isToldSerial, serialMs } from "./serial_days.ts";

Deno.test("serialMs() reads days of a spreadsheet as the times they were", () => {
  const cases: readonly [string, number | null][] = [
    ["25569", 0],
    ["45658", Date.UTC(2025, 0, 1)],
    ["45658.0", Date.UTC(2025, 0, 1)],
    ["45658.5416667", Date.UTC(2025, 0, 1, 13)],
    ["45658,54167", Date.UTC(2025, 0, 1, 13)],
    ["45658.5417", Date.UTC(2025, 0, 1, 13)],
    ["45658.54168", Date.UTC(2025, 0, 1, 13, 0, 1)],
    ["45658.5", Date.UTC(2025, 0, 1, 12)],
    ["45658.999999999", Date.UTC(2025, 0, 2)],
    ["45658.54", null],
    ["45658.541", null],
    ["1735689600", null],
    ["x", null],
  ];
  for (const [text, expected] of cases) assert.equal(serialMs(text), expected, text);
});

Deno.test("serialMs() finds any minute by five digits, and any second by six", () => {
  const day = fc.integer({ min: 32_874, max: 73_050 });
  fc.assert(
    fc.property(day, fc.nat(86_399), fc.integer({ min: 6, max: 12 }), (day, second, digits) => {
      const text = (seconds: number, places: number) => (day + seconds / 86_400).toFixed(places);
      const ms = (seconds: number) => (day - 25_569) * 86_400_000 + seconds * 1000;
      const minute = second - second % 60;
      assert.equal(serialMs(text(minute, 5)), ms(minute));
      assert.equal(serialMs(text(second, digits)), ms(second));
    }),
  );
});

Deno.test("a column holds days where its last is of 1990 to 2099 and its first no count", () => {
  assert.equal(areToldSerials("45658", "45700.5"), true);
  assert.equal(areToldSerials("10959", "45700"), true);
  assert.equal(areToldSerials("0", "60000"), false);
  assert.equal(areToldSerials("", "60000"), false);
  assert.equal(areToldSerials("45658", "73051"), false);
  for (const text of ["32873", "73051", "45658x", "1735689600"]) {
    assert.equal(isToldSerial(text), false, text);
  }
});
