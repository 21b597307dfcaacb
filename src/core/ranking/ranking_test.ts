import assert from "node:assert/strict";
import fc from "fast-check";
import { BoundedRanking, type Ranked } from "./ranking.ts";

// scrambled, so that key order is not index order
const keyOf = (index: number) => (index * 7919 % 1000).toString(16).padStart(4, "0");

const unit = (index: number, score: number, secondary = 0, ruined = false): Ranked => ({
  index,
  ruined,
  score,
  secondary,
});

function rank(capacity: number, units: readonly Ranked[]): BoundedRanking {
  const ranking = new BoundedRanking(capacity, keyOf);
  for (const one of units) {
    ranking.offer(one);
    assert.ok(ranking.size <= capacity);
  }
  return ranking;
}

function sorted(capacity: number, units: readonly Ranked[]) {
  return units
    .map((one) => ({ ...one, key: keyOf(one.index) }))
    .sort((a, b) =>
      Number(a.ruined) - Number(b.ruined) || descending(a.score, b.score) ||
      descending(a.secondary, b.secondary) ||
      (a.key < b.key ? -1 : a.key > b.key ? 1 : a.index - b.index)
    )
    .slice(0, capacity);
}

// missing values are -Infinity, whose difference is NaN
function descending(a: number, b: number): number {
  return a === b ? 0 : a > b ? -1 : 1;
}

function unitsOf(score: fc.Arbitrary<number>, secondary: fc.Arbitrary<number> = fc.constant(0)) {
  return fc.array(fc.tuple(score, secondary), { maxLength: 300 })
    .map((all) => all.map(([score, secondary], index) => unit(index, score, secondary)));
}

const few = fc.constantFrom(-Infinity, 0, 1, 2, Infinity);

// few distinct values make most of them ties
const scores = fc.oneof(
  unitsOf(fc.double({ noNaN: true, min: -1e6, max: 1e6 }).map((score) => score + 0)),
  unitsOf(fc.integer({ min: 0, max: 2 })),
  unitsOf(few, few),
  unitsOf(fc.constant(5)),
  fc.array(fc.tuple(few, few, fc.boolean()), { maxLength: 300 })
    .map((all) => all.map(([score, secondary, ruined], index) => unit(index, score, secondary, ruined))),
);

Deno.test("BoundedRanking has ruined units behind all others, missing values included, and a floor that lets others in", () => {
  const ranking = rank(2, [unit(0, 100, 0, true), unit(1, -Infinity)]);
  assert.deepEqual(ranking.ranked().map(({ index }) => index), [1, 0]);
  assert.equal(ranking.floor, -Infinity);
  assert.equal(ranking.offer(unit(2, 200, 0, true)), true);
  assert.equal(ranking.offer(unit(3, -Infinity)), true);
  assert.equal(ranking.offer(unit(4, 300, 0, true)), false);
  assert.deepEqual(
    ranking.ranked().map(({ index }) => index),
    [1, 3].sort((a, b) => keyOf(a) < keyOf(b) ? -1 : 1),
  );
});

Deno.test("S000-17 BoundedRanking keeps what sorting everything would", () => {
  fc.assert(fc.property(scores, fc.integer({ min: 1, max: 40 }), (all, capacity) => {
    assert.deepEqual(rank(capacity, all).ranked(), sorted(capacity, all));
  }));
});

Deno.test("S000-15 S000-18 BoundedRanking is the same for any order of arrival", () => {
  const shuffled = scores.chain((all) =>
    fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))
  );
  fc.assert(fc.property(shuffled, fc.integer({ min: 1, max: 40 }), ([all, other], capacity) => {
    assert.deepEqual(rank(capacity, all).ranked(), rank(capacity, other).ranked());
  }));
});

Deno.test("S000-17 BoundedRanking holds no more than its capacity over thousands of offers", () => {
  const ranking = new BoundedRanking(10, keyOf);
  for (let index = 0; index < 5000; index++) {
    ranking.offer(unit(index, index * 31 % 101));
    assert.equal(ranking.size, Math.min(index + 1, 10));
  }
});

Deno.test("BoundedRanking asks for keys only where scores are equal, and once per kept entry", () => {
  const asked: number[] = [];
  const ranking = new BoundedRanking(3, (index) => {
    asked.push(index);
    return keyOf(index);
  });
  for (let index = 0; index < 100; index++) ranking.offer(unit(index, index % 50 + index / 1000));
  assert.deepEqual(asked, []);
  ranking.ranked();
  ranking.ranked();
  assert.equal(asked.length, 3);
});

Deno.test("BoundedRanking puts a missing score last and lets the secondary decide among equals", () => {
  const units = [
    unit(0, -Infinity, 9),
    unit(1, 3, 1),
    unit(2, -Infinity, 10),
    unit(3, 3, 2),
    unit(4, 4, -Infinity),
  ];
  assert.deepEqual(rank(5, units).ranked().map(({ index }) => index), [4, 3, 1, 2, 0]);
});

Deno.test("BoundedRanking has a floor once it is full", () => {
  const ranking = new BoundedRanking(2, keyOf);
  ranking.offer(unit(0, 5));
  assert.equal(ranking.floor, -Infinity);
  ranking.offer(unit(1, 7));
  assert.equal(ranking.floor, 5);
  ranking.offer(unit(2, 6));
  assert.equal(ranking.floor, 6);
});

Deno.test("BoundedRanking counts changes, and only changes", () => {
  const ranking = new BoundedRanking(1, keyOf);
  assert.equal(ranking.offer(unit(0, 5)), true);
  assert.equal(ranking.offer(unit(1, 4)), false);
  assert.equal(ranking.changes, 1);
  assert.equal(ranking.offer(unit(2, 6)), true);
  assert.equal(ranking.changes, 2);
});

Deno.test("BoundedRanking takes -0 and 0 as equal", () => {
  const first = rank(2, [unit(1, 0), unit(2, -0)]);
  const second = rank(2, [unit(2, 0), unit(1, -0)]);
  assert.deepEqual(first.ranked().map(({ index }) => index), second.ranked().map(({ index }) => index));
});

Deno.test("BoundedRanking refuses NaN and a capacity below 1", () => {
  assert.throws(() => rank(2, [unit(3, NaN)]), /Cannot rank unit 3: its score is NaN/);
  assert.throws(() => rank(2, [unit(3, 1, NaN)]), /Cannot rank unit 3: its score is 1, its secondary NaN/);
  assert.throws(() => new BoundedRanking(0, keyOf), /Cannot rank into 0 places/);
});

Deno.test("BoundedRanking.best is the first of what is ranked, and kept() has the same units", () => {
  assert.equal(new BoundedRanking(2, keyOf).best, null);
  const units = [unit(0, 5), unit(1, 7), unit(2, 7), unit(3, 6), unit(4, 7, -1)];
  for (const capacity of [1, 3, 9]) {
    const ranking = rank(capacity, units);
    assert.deepEqual(ranking.best, ranking.ranked()[0]);
    const indexes = (of: readonly { readonly index: number }[]) => of.map(({ index }) => index).sort();
    assert.deepEqual(indexes(ranking.kept()), indexes(ranking.ranked()));
  }
});
