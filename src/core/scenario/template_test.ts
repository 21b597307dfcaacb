import fc from "fast-check";
import assert from "node:assert/strict";
import { splitContracts, wholeContracts } from "./template.ts";

function split(contracts: number, weights: readonly number[]): readonly number[] {
  return splitContracts(contracts, weights.map((weight) => ({ weight, moneyness: 1 })));
}

Deno.test("wholeContracts() rounds down", () => {
  assert.deepEqual([1050, 1000, 999.999, 99, 0.5].map((units) => wholeContracts(units, 100)), [
    10,
    10,
    9,
    0,
    0,
  ]);
});

Deno.test("splitContracts() gives each leg its share and what is left over one by one in order", () => {
  const third = 0.3333333333333333;
  assert.deepEqual(split(10, [0.5, 0.5]), [5, 5]);
  assert.deepEqual(split(11, [0.5, 0.5]), [6, 5]);
  assert.deepEqual(split(1, [0.5, 0.5]), [1, 0]);
  assert.deepEqual(split(11, [third, third, third]), [4, 4, 3]);
  assert.deepEqual(split(5, [0.2, 0.8]), [1, 4]);
  assert.deepEqual(split(7, [1]), [7]);
});

Deno.test("splitContracts() takes a product that lies just below a whole number for it", () => {
  // 0.1 + 0.2 of them are 29.999999999999996
  assert.deepEqual(split(100, [0.7, 0.3 - 5e-17]), [70, 30]);
  assert.deepEqual(split(3, [0.3333333333, 0.3333333333, 0.3333333334]), [1, 1, 1]);
});

Deno.test("splitContracts() gives out every contract, however many, and no leg is a leg's number off its share", () => {
  const weights = fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 1, maxLength: 5 })
    .map((parts) => parts.map((part) => part / parts.reduce((sum, more) => sum + more)));
  fc.assert(fc.property(fc.integer({ min: 1, max: 1e15 }), weights, (contracts, weights) => {
    const counts = split(contracts, weights);
    assert.equal(counts.reduce((sum, count) => sum + count), contracts);
    counts.forEach((count, leg) =>
      assert.ok(
        Math.abs(count - contracts * weights[leg]!) <= weights.length + contracts * 1e-15,
        `${counts}`,
      )
    );
  }));
});

Deno.test("splitContracts() gives out no contract twice where the weights sum to a little more than 1", () => {
  assert.deepEqual(split(1e10, [0.5, 0.5 + 9e-10]), [5e9, 5e9]);
});
