import fc from "fast-check";
import assert from "node:assert/strict";
import { normalCdf } from "./normal.ts";

function assertClose(actual: number, expected: number, tolerance = 1e-13): void {
  assert.ok(Math.abs(actual - expected) <= tolerance * Math.abs(expected), `${actual}, expected ${expected}`);
}

Deno.test("normalCdf() has full double precision, far tails included", () => {
  const known = [
    [-6, 9.865876450377012e-10],
    [-8, 6.220960574271819e-16],
    [1, 0.8413447460685429],
    [0, 0.5],
    // 50 digits of mpmath's ncdf, rounded
    [-0.5, 0.3085375387259869],
    [-1.5, 0.06680720126885807],
    [-3, 0.0013498980316300946],
    [-5.656854249492381, 7.708628950139992e-9],
    [-12, 1.776482112077679e-33],
    [-20, 2.753624118606234e-89],
    [3, 0.9986501019683699],
  ] as const;
  for (const [x, expected] of known) assertClose(normalCdf(x), expected);
});

Deno.test("normalCdf() is 0 and 1 at the ends and NaN of nothing", () => {
  assert.deepEqual([-Infinity, -40, 40, Infinity, NaN].map(normalCdf), [0, 0, 1, 1, NaN]);
});

/** Tail of Laplace's continued fraction, Abramowitz and Stegun 26.2.14; good for x > 2. */
function continuedFractionTail(x: number): number {
  let rest = x;
  for (let k = 400; k >= 1; k--) rest = x + k / rest;
  return Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI) / rest;
}

/** 1/2 + density times x + x^3/3 + x^5/15 ..., Abramowitz and Stegun 26.2.11; good for small x. */
function seriesCdf(x: number): number {
  let term = x;
  let sum = x;
  for (let k = 3; k < 300; k += 2) sum += term *= x * x / k;
  return 0.5 + Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI) * sum;
}

Deno.test("normalCdf() is the sum of its series near the middle and its continued fraction in the tail", () => {
  fc.assert(fc.property(fc.double({ min: -1.5, max: 4, noNaN: true }), (x) => {
    assertClose(normalCdf(x), seriesCdf(x), 1e-14 * (1 + 5 * (x < 0 ? 1 : 0)));
  }));
  fc.assert(fc.property(fc.double({ min: 2.5, max: 37, noNaN: true }), (x) => {
    // exp(-x^2/2) of the oracle loses x^2/2 units in the last place
    assertClose(normalCdf(-x), continuedFractionTail(x), 1e-14 + x * x * 2e-16);
  }));
});

Deno.test("normalCdf() never falls, and both sides make 1", () => {
  const any = fc.double({ min: -39, max: 39, noNaN: true });
  fc.assert(fc.property(any, any, (a, b) => {
    assert.ok(normalCdf(Math.min(a, b)) <= normalCdf(Math.max(a, b)) * (1 + 1e-14));
  }));
  fc.assert(fc.property(any, (x) => assertClose(normalCdf(x) + normalCdf(-x), 1, 4e-16)));
});
