import assert from "node:assert/strict";
import fc from "fast-check";
import { FairTurns } from "./fair_turns.ts";

/** Work that says whose it is. */
const workOf = (userId: string) => Object.assign(() => Promise.resolve(), { userId });

Deno.test("FairTurns gives every owner who waits a turn before anyone has two", () => {
  fc.assert(fc.property(fc.array(fc.constantFrom("a", "b", "c", "d"), { maxLength: 30 }), (owners) => {
    const turns = new FairTurns();
    for (const userId of owners) turns.enqueue(workOf(userId), { userId });
    assert.equal(turns.size, owners.length);
    const left = new Map<string, number>();
    for (const userId of owners) left.set(userId, (left.get(userId) ?? 0) + 1);
    while (turns.size > 0) {
      const round = [...left.keys()].map(() => (turns.dequeue() as ReturnType<typeof workOf>).userId);
      assert.deepEqual(round.toSorted(), [...left.keys()].sort());
      for (const userId of round) left.set(userId, left.get(userId)! - 1);
      for (const [userId, count] of left) if (count === 0) left.delete(userId);
    }
    assert.equal(turns.dequeue(), undefined);
  }));
});

Deno.test("FairTurns keeps the order of one owner's work, counts it, and forgets what is taken back", () => {
  const turns = new FairTurns();
  const [first, second, third] = [workOf("a"), workOf("a"), workOf("a")];
  for (const work of [first, second, third]) turns.enqueue(work, { userId: "a", id: `${work === second}` });
  turns.remove("true");
  turns.remove("unknown");
  assert.equal(turns.filter({ userId: "a" }).length, 2);
  assert.equal(turns.filter({ userId: "b" }).length, 0);
  assert.equal(turns.dequeue(), first);
  assert.equal(turns.dequeue(), third);
});
