import assert from "node:assert/strict";
import fc from "fast-check";
import { decodeMixedRadix, encodeMixedRadix } from "./mixed_radix.ts";

Deno.test("decodeMixedRadix() runs the last digit fastest", () => {
  const indexes = [0, 1, 2, 3, 4, 5].map((index) => decodeMixedRadix(index, [2, 3]));
  assert.deepEqual(indexes, [[0, 0], [0, 1], [0, 2], [1, 0], [1, 1], [1, 2]]);
  assert.deepEqual(decodeMixedRadix(0, []), []);
});

Deno.test("encodeMixedRadix() undoes decodeMixedRadix()", () => {
  const radices = fc.array(fc.integer({ min: 1, max: 1000 }), { maxLength: 5 });
  fc.assert(fc.property(radices, fc.nat(), (bases, seed) => {
    const index = seed % bases.reduce((total, base) => total * base, 1);
    const digits = decodeMixedRadix(index, bases);
    assert.ok(digits.every((digit, i) => digit >= 0 && digit < bases[i]!));
    assert.equal(encodeMixedRadix(digits, bases), index);
  }));
});
