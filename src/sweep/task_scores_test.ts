import assert from "node:assert/strict";
import fc from "fast-check";
import { scriptedCompute } from "../../tests/helpers/scripted_compute.ts";
import { sweepInput } from "../../tests/helpers/sweep.ts";
import { emptyCandles } from "../core/bars/mod.ts";
import { variantKey } from "../core/grid/mod.ts";
import { decodeTaskResult, encodeTaskResult, taskRange } from "../core/optimization/mod.ts";
import { BoundedRanking } from "../core/ranking/mod.ts";
import { fixedBatchSize } from "./batch_size.ts";
import { type ScoredUnit, scoredUnits } from "./scored_unit.ts";
import { scoreTask, type TaskPart } from "./task_scores.ts";

const { close, high, low, open, volume } = emptyCandles(1);
const { plan, timeline } = sweepInput({
  candles: { close, high, low, open, volume } as never,
  slice: { start: 0, stop: 1 },
  indicators: [{ id: "ma.sma", axes: { window: [2, 3, 4, 5, 6, 7, 8], source: ["close"] } }],
  sl: [1, 2],
  tp: [3, 4],
});
const bases = [3, 0, 6, 2, 5, 1, 4];

/** Returns of all variants, a ruined one and ties among them. */
const returns = fc.array(fc.constantFrom(-120, -100, -1, 0, 2, 2, 5, 7), { minLength: 28, maxLength: 28 });

async function scored(part: TaskPart, of: readonly number[], units: number) {
  const compute = scriptedCompute({ score: (base, risk) => of[base * 4 + (risk ?? 0)]! });
  const progress: number[] = [];
  const task = await scoreTask(part, {
    plan,
    session: await compute.open({ plan, timeline }),
    bases: part.stage === "stage_b" ? bases.slice(part.from, part.to) : [],
    bars: 1,
    inFlight: 2,
    batchSize: fixedBatchSize(units),
    boundary: (done) => Promise.resolve(void progress.push(done)),
  });
  assert.equal(progress.at(-1), 1);
  return task;
}

const locate = (index: number) => ({ stageAIndex: bases[Math.floor(index / 4)]!, riskIndex: index % 4 });
const keyOf = (index: number) => variantKey(plan, locate(index));

Deno.test("tasks merged in any order, under floors of what was merged before, are the ranking of the whole", async () => {
  const cuts = fc.integer({ min: 1, max: 7 }).chain((tasks) =>
    fc.shuffledSubarray([...Array(tasks).keys()], { minLength: tasks }).map((order) => ({ tasks, order }))
  );
  const drawn = [returns, cuts, fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 3 })] as const;
  await fc.assert(
    fc.asyncProperty(...drawn, async (of, { tasks, order }, keep, units) => {
      const merged = new BoundedRanking<ScoredUnit>(keep, keyOf);
      for (const i of order) {
        const { from, to } = taskRange({ units: 7, tasks }, i);
        const task = await scored({ stage: "stage_b", from, to, keep, floor: merged.floor }, of, units);
        const columns = decodeTaskResult(encodeTaskResult(task.columns));
        for (const unit of scoredUnits({ ...columns, elapsedMs: 0 }, (index) => from * 4 + index)) {
          merged.offer(unit);
        }
      }
      const whole = new BoundedRanking<ScoredUnit>(keep, keyOf);
      const all = await scored({ stage: "stage_b", from: 0, to: 7, keep, floor: -Infinity }, of, 7);
      for (const unit of scoredUnits({ ...all.columns, elapsedMs: 0 })) whole.offer(unit);
      assert.deepEqual(merged.ranked(), whole.ranked());
    }),
    { numRuns: 60 },
  );
});

Deno.test("a task's best variant is the same whatever its floor, its batches and what is kept", async () => {
  const drawn = [
    returns,
    fc.constantFrom(-Infinity, -1, 2, 6, 99),
    fc.integer({ min: 1, max: 9 }),
    fc.integer({ min: 1, max: 4 }),
  ] as const;
  await fc.assert(
    fc.asyncProperty(...drawn, async (of, floor, keep, units) => {
      const whole = await scored({ stage: "stage_b", from: 2, to: 6, keep: 99, floor: -Infinity }, of, 4);
      const task = await scored({ stage: "stage_b", from: 2, to: 6, keep, floor }, of, units);
      assert.deepEqual([task.best, task.variant], [whole.best, whole.variant]);
      // what lies below the floor is not sent, but for the best
      const sent = [...task.columns.scores];
      assert.ok(sent.length <= keep);
      assert.ok(sent.every((score, i) => score >= floor || task.columns.indexes[i] === task.best.index));
    }),
    { numRuns: 60 },
  );
});

Deno.test("a task of stage A is scored by stage A indexes", async () => {
  const of = Array.from({ length: 28 }, (_, i) => i);
  const task = await scored({ stage: "stage_a", from: 2, to: 5, keep: 2, floor: -Infinity }, of, 1);
  assert.deepEqual([...task.columns.indexes], [3, 4]);
  assert.deepEqual([...task.columns.scores], [12, 16]);
  assert.equal(task.columns.returns, task.columns.scores);
  assert.deepEqual(task.variant, { stageAIndex: 4, riskIndex: null });
});
