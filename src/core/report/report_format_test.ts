import assert from "node:assert/strict";
import fc from "fast-check";
import { formatDate, formatDuration, formatInteger, formatMetric, formatNumber } from "./report_format.ts";

Deno.test("formatNumber() rounds exact ties to even and everything else by its binary value", () => {
  assert.equal(formatNumber(0.125, 2), "0.12");
  assert.equal(formatNumber(0.375, 2), "0.38");
  assert.equal(formatNumber(-0.125, 2), "-0.12");
  assert.equal(formatNumber(2.675, 2), "2.67");
  assert.equal(formatNumber(-0.005, 2), "-0.01");
  assert.equal(formatNumber(0.5, 0), "0");
  assert.equal(formatNumber(1.5, 0), "2");
});

Deno.test("formatNumber() strips zeros and never prints -0 or an exponent", () => {
  assert.equal(formatNumber(-0, 4), "0");
  assert.equal(formatNumber(-0.00004, 4), "0");
  assert.equal(formatNumber(1200, 4), "1200");
  assert.equal(formatNumber(5e-324, 5), "0");
  assert.equal(formatNumber(1e21, 2), "1000000000000000000000");
  assert.equal(formatNumber(-1e23, 2), "-99999999999999991611392");
  assert.equal(formatNumber(Number.MAX_VALUE, 2).length, 309);
});

Deno.test("formatNumber() agrees with toFixed wherever there is no tie", () => {
  const finite = fc.double({ min: -1e15, max: 1e15, noNaN: true });
  fc.assert(fc.property(finite, fc.constantFrom(2, 4, 5), (value, decimals) => {
    fc.pre(!/50{29}$/.test(value.toFixed(decimals + 30)));
    assert.equal(Number(formatNumber(value, decimals)), Number(value.toFixed(decimals)) + 0);
  }));
});

Deno.test("formatDuration() writes days, hours and a fraction only where there is one", () => {
  assert.equal(formatDuration(0), "0:00:00");
  assert.equal(formatDuration(86_400_000), "1 day, 0:00:00");
  assert.equal(formatDuration(864_000_500), "10 days, 0:00:00.500000");
});

Deno.test("formatDate() always writes milliseconds and the offset", () => {
  assert.equal(formatDate(951_782_399_999), "2000-02-28 23:59:59.999+00:00");
});

Deno.test("formatInteger() refuses what is no count", () => {
  assert.equal(formatInteger(-0), "0");
  assert.equal(formatInteger(6.9999999999), "7");
  assert.throws(() => formatInteger(1.5), /^RangeError: Cannot print 1.5 as a whole number$/);
});

Deno.test("formatMetric() writes N/A for null and for what is not finite", () => {
  for (const value of [null, NaN, Infinity, -Infinity]) assert.equal(formatMetric(value, "duration"), "N/A");
});
