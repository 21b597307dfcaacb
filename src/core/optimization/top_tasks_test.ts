import assert from "node:assert/strict";
import fc from "fast-check";
import type { VariantPayload } from "../grid/mod.ts";
import { type Direction, shownScore, type TopTask } from "./optimization.ts";
import { mergeTopTasks } from "./top_tasks.ts";

const variant = {} as VariantPayload;

function task(seq: number, score: number | null, key = `key-${seq}`): TopTask {
  return { task_id: `task-${seq}`, seq, ...shownScore(score), result_summary_id: key, variant };
}

const scores = fc.constantFrom(null, -2, -1, 0, 1, Infinity);
const tasks = fc.array(fc.record({ score: scores, key: fc.constantFrom("a", "b", "c") }), { maxLength: 20 })
  .map((drawn) => drawn.map(({ score, key }, seq) => task(seq, score, key)));

/** What a reader would do: sort all, take the first. */
function sorted(all: readonly TopTask[], topN: number, direction: Direction): number[] {
  const worst = direction === "max" ? -Infinity : Infinity;
  const value = ({ score, score_infinite }: TopTask) => score_infinite ? Infinity : score ?? worst * 2;
  return all.toSorted((a, b) => {
    const [of, and] = [value(a), value(b)];
    const missing = Number(a.score === null && !a.score_infinite) -
      Number(b.score === null && !b.score_infinite);
    if (missing !== 0) return missing;
    if (of !== and) return direction === "max" ? (and > of ? 1 : -1) : (of > and ? 1 : -1);
    return a.result_summary_id.localeCompare(b.result_summary_id) || a.seq - b.seq;
  }).slice(0, topN).map(({ seq }) => seq);
}

Deno.test("mergeTopTasks keeps the best in either direction, whatever the order of arrival", () => {
  const shuffled = tasks.chain((all) =>
    fc.shuffledSubarray(all, { minLength: all.length }).map((arriving) => ({ all, arriving }))
  );
  const directions = fc.constantFrom<Direction>("max", "min");
  fc.assert(
    fc.property(
      shuffled,
      fc.integer({ min: 1, max: 6 }),
      directions,
      ({ all, arriving }, topN, direction) => {
        const list = arriving.reduce<readonly TopTask[]>(
          (so, each) => mergeTopTasks(so, { added: each, topN, direction }),
          [],
        );
        assert.deepEqual(list.map(({ seq }) => seq), sorted(all, topN, direction));
      },
    ),
  );
});

Deno.test("mergeTopTasks: a task that is told twice is there once, and one without a score changes nothing", () => {
  const options = { topN: 3, direction: "max" } as const;
  const once = mergeTopTasks([], { ...options, added: task(4, 7) });
  assert.deepEqual(mergeTopTasks(once, { ...options, added: task(4, 7) }), once);
  assert.equal(mergeTopTasks(once, { ...options, added: null }), once);
});
