import assert from "node:assert/strict";
import fc from "fast-check";
import { candleFault, type CandleRow } from "./bad_candle.ts";
import { CandleJudge } from "./candle_judge.ts";

function flat(price: number): CandleRow {
  return { open: price, high: price, low: price, close: price, volume: 1 };
}

/** Places of the bad rows, and what is said about the first. */
function verdict(rows: readonly CandleRow[]): [number[], string | undefined] {
  const judge = new CandleJudge();
  rows.forEach((row, index) => judge.take(index, row));
  assert.equal(judge.count, rows.length);
  return [[...judge.bad], judge.first?.fault];
}

Deno.test("candleFault() names what no candle can have, with the value", () => {
  const good = { open: 100, high: 102, low: 99, close: 101, volume: 5 };
  const cases: readonly [Partial<CandleRow>, string | null][] = [
    [{}, null],
    [{ volume: 0 }, null],
    [{ open: 99, close: 102 }, null],
    [{ high: NaN }, null],
    [{ close: NaN, volume: NaN }, null],
    [{ high: NaN, low: NaN, close: 7 }, null],
    [{ high: 98 }, "high 98 lies below low 99"],
    [{ close: 102.5 }, "close 102.5 lies above high 102"],
    [{ close: 98.5, high: NaN }, "close 98.5 lies below low 99"],
    [{ open: 103, low: NaN }, "open 103 lies above high 102"],
    [{ open: 98 }, "open 98 lies below low 99"],
    [{ low: 0 }, "low 0 is not above 0"],
    [{ close: -37.63 }, "close -37.63 is not above 0"],
    [{ volume: -1 }, "volume -1 is negative"],
    [{ high: Infinity }, "high is too large for a price"],
    [{ volume: Infinity }, "volume is too large for a price"],
  ];
  for (const [change, fault] of cases) {
    const row = { ...good, ...change };
    for (const name of ["open", "high", "low", "close", "volume"] as const) {
      row[name] = Math.fround(row[name]);
    }
    assert.equal(candleFault(row), fault, JSON.stringify(change));
  }
});

Deno.test("CandleJudge takes a jump of more than 50 times and back for bad, and a new level for good", () => {
  const fault = "close 5100 is more than 50 times off the close 100 before, to which prices return";
  assert.deepEqual(verdict([100, 5100, 100].map(flat)), [[1], fault]);
  assert.deepEqual(verdict([100, 5000, 100].map(flat)), [[], undefined]);
  assert.deepEqual(verdict([100, 1.9, 1.9, 101].map(flat))[0], [1, 2]);
  assert.deepEqual(verdict([100, 5100, 5100].map(flat)), [[], undefined]);
  const away = (rows: number) => [100, ...Array<number>(rows).fill(9000), 100].map(flat);
  assert.equal(verdict(away(10))[0].length, 10);
  // so long is a level, and what comes after it is another
  assert.equal(verdict(away(11))[0].length, 0);
});

Deno.test("CandleJudge names the price that jumped, not one that is just as far as it may be", () => {
  const faultOf = (row: Partial<CandleRow>, price: number) =>
    verdict([flat(100), { ...flat(price), ...row }, flat(100)])[1];
  const off = (what: string) =>
    `${what} is more than 50 times off the close 100 before, to which prices return`;
  assert.equal(faultOf({ high: 5100 }, 5000), off("high 5100"));
  assert.equal(faultOf({ low: Math.fround(1.5) }, 2), off("low 1.5"));
  assert.equal(faultOf({ open: 1.5, low: 1.5 }, 2), off("open 1.5"));
  assert.equal(faultOf({}, 5000), undefined);
  assert.equal(faultOf({}, 2), undefined);
});

Deno.test("CandleJudge counts jumps to where prices stay, and those the last rows are still away by", () => {
  const levels = (prices: readonly number[]) => {
    const judge = new CandleJudge();
    prices.forEach((price, index) => judge.take(index * 60_000, flat(price)));
    const { count, first } = judge.newLevels ?? { count: 0, first: null };
    return [count, first?.row, first?.openMs, first?.fault];
  };
  const many = (price: number, count = 12) => Array<number>(count).fill(price);
  const fault = "close 1 is more than 50 times off the close 100 before";
  assert.deepEqual(levels([...many(100), ...many(1)]), [1, 12, 12 * 60_000, fault]);
  assert.deepEqual(levels([...many(100), ...many(1), ...many(100)]).slice(0, 2), [2, 12]);
  assert.deepEqual(levels([...many(100), 1]).slice(0, 2), [1, 12]);
  assert.deepEqual(levels([...many(100), ...many(1), 100]).slice(0, 2), [2, 12]);
  assert.deepEqual(levels([1, ...many(100)]).slice(0, 2), [1, 1]);
  // gone within ten rows is no level, and neither is what a market can do
  for (const prices of [[...many(100), 1, 1, 100], [...many(100), ...many(2)], many(100)]) {
    assert.equal(levels(prices)[0], 0);
  }
});

Deno.test("CandleJudge sees a wick of 60 times that is gone with its bar", () => {
  const wick = { ...flat(100), high: 6000 };
  const [bad, fault] = verdict([flat(100), wick, flat(101)]);
  assert.deepEqual(bad, [1]);
  assert.match(fault!, /^high 6000 is more than 50 times off the close 100 before/);
});

Deno.test("CandleJudge names the first bad row by place, though a jump is known later", () => {
  const [bad, fault] = verdict([flat(100), flat(9000), { ...flat(100), high: 1 }, flat(100)]);
  assert.deepEqual(bad, [1, 2]);
  assert.match(fault!, /^close 9000/);
});

Deno.test("CandleJudge compares with the last row that was good, missing closes or not", () => {
  const none = { open: NaN, high: NaN, low: NaN, close: NaN, volume: NaN };
  assert.deepEqual(verdict([flat(100), none, flat(0), flat(9000), flat(100)])[0], [2, 3]);
});

Deno.test("CandleJudge finds nothing in a walk, and each row that was spoilt in it", () => {
  const walk = fc.array(fc.double({ min: 0.5, max: 2, noNaN: true }), { minLength: 30, maxLength: 60 });
  const spoils = fc.uniqueArray(fc.integer({ min: 1, max: 28 }), { maxLength: 5 });
  fc.assert(fc.property(walk, spoils, fc.constantFrom(0, -1, 1e-4, 1e9), (factors, places, value) => {
    let price = 100;
    const closes = factors.map((factor) => price = Math.min(Math.max(price * factor, 20), 500));
    const rows = closes.map((close, i) => {
      const open = closes[i - 1] ?? close;
      return { open, high: Math.max(open, close), low: Math.min(open, close), close, volume: 1 };
    });
    assert.deepEqual(verdict(rows)[0], []);
    const spoilt = rows.map((row, i) => places.includes(i) ? { ...row, close: value } : row);
    assert.deepEqual(verdict(spoilt)[0], places.toSorted((a, b) => a - b));
  }));
});
