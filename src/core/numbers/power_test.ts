import assert from "node:assert/strict";
import fc from "fast-check";
import { exponential, naturalLog, power } from "./power.ts";

const near = (found: number, expected: number, tolerance: number) =>
  assert.ok(
    Object.is(found, expected) ||
      Math.abs(found - expected) <= tolerance * Math.max(Math.abs(expected), 5e-324),
    `${found} for ${expected}`,
  );
const positive = fc.double({ min: 1e-300, max: 1e300, noNaN: true });

Deno.test("naturalLog() and exponential() are within a few units of the last place of the host's", () => {
  fc.assert(fc.property(positive, (x) => near(naturalLog(x), Math.log(x), 4e-15)));
  fc.assert(fc.property(fc.double({ min: -1e-3, max: 1e-3, noNaN: true }), (x) => {
    // next to 1 the logarithm is the difference to it
    near(naturalLog(1 + x), Math.log(1 + x), 4e-15);
  }));
  fc.assert(fc.property(fc.double({ min: -700, max: 700, noNaN: true }), (x) => {
    near(exponential(x), Math.exp(x), 4e-15);
  }));
});

Deno.test("power() is near the host's, exact where nothing is to be rounded, and total", () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0.01, max: 100, noNaN: true }),
      fc.double({ min: -50, max: 50, noNaN: true }),
      (x, y) => {
        near(power(x, y), Math.pow(x, y), 1e-15 * (4 + Math.abs(y * Math.log(x))));
      },
    ),
  );
  assert.deepEqual([power(1, 12345.6), power(7.5, 0)], [1, 1]);
  assert.deepEqual([power(10, 400), power(10, -400)], [Infinity, 0]);
  assert.deepEqual([naturalLog(0), naturalLog(Infinity), naturalLog(-1), exponential(NaN)], [
    -Infinity,
    Infinity,
    NaN,
    NaN,
  ]);
});

Deno.test("power() has the same bits wherever it runs", () => {
  assert.equal(power(1.0123456789, 365 / 7), 1.8960972208882694);
});
