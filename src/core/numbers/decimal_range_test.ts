import assert from "node:assert/strict";
import fc from "fast-check";
import { isIntegerRange, rangeLength, rangeValues } from "./decimal_range.ts";

Deno.test("rangeValues() gives the doubles nearest to the decimals, not a running sum", () => {
  assert.deepEqual(rangeValues({ start: 0.1, stop_incl: 0.5, step: 0.1 }), [0.1, 0.2, 0.3, 0.4, 0.5]);
  assert.deepEqual(rangeValues({ start: 0.1, stop_incl: 0.35, step: 0.1 }), [0.1, 0.2, 0.3]);
  assert.deepEqual(rangeValues({ start: 1e-5, stop_incl: 3e-5, step: 1e-5 }), [1e-5, 2e-5, 3e-5]);
  assert.deepEqual(rangeValues({ start: 1e22, stop_incl: 3e22, step: 1e22 }), [1e22, 2e22, 3e22]);
});

Deno.test("rangeLength() counts exactly what it never spells out", () => {
  assert.equal(rangeLength({ start: 0.5, stop_incl: 4, step: 0.01 }), 351n);
  assert.equal(rangeLength({ start: 0, stop_incl: 1e300, step: 1e-300 }), 10n ** 600n + 1n);
});

Deno.test("isIntegerRange() wants all three numbers whole", () => {
  assert.equal(isIntegerRange({ start: 1, stop_incl: 3, step: 1 }), true);
  assert.equal(isIntegerRange({ start: 1, stop_incl: 3.5, step: 1 }), false);
});

Deno.test("rangeValues() equals arithmetic on hundredths", () => {
  const hundredths = fc.integer({ min: -10_000, max: 10_000 });
  fc.assert(fc.property(hundredths, fc.nat(500), fc.integer({ min: 1, max: 40 }), (start, span, step) => {
    const expected: number[] = [];
    // Division of two exact integers is correctly rounded, so n / 100 is the double nearest to the decimal.
    for (let n = start; n <= start + span; n += step) expected.push(n / 100);
    const range = { start: start / 100, stop_incl: (start + span) / 100, step: step / 100 };
    assert.deepEqual(rangeValues(range).map((value) => value + 0), expected.map((value) => value + 0));
    assert.equal(rangeLength(range), BigInt(expected.length));
  }));
});
