import assert from "node:assert/strict";
import fc from "fast-check";
import { type Folded, FoldedRanking } from "./folded_ranking.ts";

const keyOf = (index: number) => ((index * 7919) % 10_007).toString().padStart(5, "0");

/** Units whose trades tell their score, as trades do; few digests, fewer scores. */
const units = fc.array(fc.record({ group: fc.nat(8), digestSeed: fc.nat(3) }), { maxLength: 60 }).map((
  drawn,
) =>
  drawn.map(({ group, digestSeed }, index): Folded => ({
    index,
    ruined: group === 5 || group === 8,
    score: group % 3 === 0 ? -Infinity : group % 4,
    secondary: group % 2,
    digest: `${group}-${digestSeed}`,
  }))
);

/** All units sorted, of each digest the first. */
function bruteForce(all: readonly Folded[], capacity: number): number[] {
  const sorted = all.toSorted((a, b) =>
    Number(a.ruined) - Number(b.ruined) ||
    (a.score === b.score ? 0 : b.score > a.score ? 1 : -1) || b.secondary - a.secondary ||
    (keyOf(a.index) < keyOf(b.index) ? -1 : 1)
  );
  const firsts = sorted.filter((unit, i) => sorted.findIndex(({ digest }) => digest === unit.digest) === i);
  return firsts.slice(0, capacity).map(({ index }) => index);
}

Deno.test("FoldedRanking keeps what folding the sorted list keeps, whatever the order of arrival", () => {
  const shuffled = units.chain((all) =>
    fc.shuffledSubarray(all, { minLength: all.length }).map((arriving) => ({ all, arriving }))
  );
  fc.assert(fc.property(shuffled, fc.integer({ min: 1, max: 12 }), ({ all, arriving }, capacity) => {
    const ranking = new FoldedRanking(capacity, keyOf);
    for (const unit of arriving) ranking.offer(unit);
    assert.deepEqual(ranking.ranked().map(({ index }) => index), bruteForce(all, capacity));
  }));
});

Deno.test("FoldedRanking leaves out what it does not admit without a change", () => {
  fc.assert(fc.property(units, fc.integer({ min: 1, max: 6 }), (all, capacity) => {
    const [asked, told] = [new FoldedRanking(capacity, keyOf), new FoldedRanking(capacity, keyOf)];
    for (const unit of all) {
      told.offer(unit);
      if (asked.admits(unit)) asked.offer(unit);
      assert.ok(unit.ruined || unit.score >= asked.floor || !asked.admits(unit));
    }
    assert.deepEqual(asked.ranked(), told.ranked());
  }));
});

Deno.test("FoldedRanking counts a change when a smaller key replaces its like, and refuses NaN", () => {
  const ranking = new FoldedRanking(2, (index) => `${index}`);
  const unit = { ruined: false, score: 1, secondary: 0, digest: "same" };
  assert.deepEqual([5, 7, 3].map((index) => ranking.offer({ ...unit, index })), [true, false, true]);
  assert.deepEqual([ranking.changes, ranking.size, ranking.floor], [2, 1, -Infinity]);
  assert.throws(() => ranking.offer({ ...unit, index: 1, score: NaN }), RangeError);
  assert.throws(() => new FoldedRanking(0, keyOf), /capacity must be an integer >= 1/);
});

Deno.test("FoldedRanking.offer() says no to what is not among the best of a full ranking, and yes to what drives another out", () => {
  const ranking = new FoldedRanking(1, (index) => `${index}`);
  const unit = (index: number, score: number): Folded => ({
    index,
    ruined: false,
    score,
    secondary: 0,
    digest: `${index}`,
  });
  assert.deepEqual([unit(4, 2), unit(5, 1), unit(6, 2), unit(3, 2)].map((each) => ranking.offer(each)), [
    true,
    false,
    false,
    true,
  ]);
  assert.deepEqual([ranking.ranked().map(({ index }) => index), ranking.changes, ranking.floor], [[3], 2, 2]);
});
