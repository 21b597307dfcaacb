import assert from "node:assert/strict";
import fc from "fast-check";
import { cutSweep, taskAt, taskCount, taskRange } from "./cutting.ts";

const natural = (max: number) => fc.integer({ min: 1, max });

Deno.test("taskRange() covers all units once, in order, with no task empty, for any number of them", () => {
  const drawn = fc.tuple(natural(5000), natural(3000), natural(100_000), natural(1000));
  fc.assert(fc.property(drawn, ([units, cells, taskVariants, tasksMax]) => {
    const tasks = taskCount({ units, cells }, { taskVariants, tasksMax });
    assert.ok(tasks >= 1 && tasks <= tasksMax);
    let next = 0;
    for (let i = 0; i < tasks; i++) {
      const { from, to } = taskRange({ units, tasks }, i);
      assert.equal(from, next);
      assert.ok(to > from);
      assert.equal(taskAt({ units, tasks }, from), i);
      next = to;
    }
    assert.equal(next, units);
  }));
});

Deno.test("taskCount() makes tasks of about the size asked for, and no more than asked for", () => {
  const size = { taskVariants: 200_000, tasksMax: 1000 };
  assert.equal(taskCount({ units: 200_000, cells: 1 }, size), 1);
  assert.equal(taskCount({ units: 200_001, cells: 1 }, size), 2);
  assert.equal(taskCount({ units: 20_000, cells: 2000 }, size), 200);
  assert.equal(taskCount({ units: 600_000_000, cells: 1 }, size), 1000);
  // a task has one unit at least
  assert.equal(taskCount({ units: 2, cells: 1_000_000 }, size), 2);
});

Deno.test("cutSweep(): stage B goes on counting where stage A ends", () => {
  const plan = { stageATotal: 8, shortlistTotal: 5, riskTotal: 2, expandsAll: true };
  const all = cutSweep(plan, { taskVariants: 4, tasksMax: 1000 });
  assert.deepEqual(all.stageA, { stage: "stage_a", units: 8, cells: 1, tasks: 2, firstSeq: 0 });
  assert.deepEqual(all.stageB, { stage: "stage_b", units: 8, cells: 2, tasks: 4, firstSeq: 2 });
  assert.equal(all.tasksTotal, 6);
  const shortlisted = cutSweep({ ...plan, expandsAll: false }, { taskVariants: 4, tasksMax: 1000 });
  assert.equal(shortlisted.stageB.units, 5);
});

Deno.test("taskAt() says that no task begins within another", () => {
  assert.throws(() => taskAt({ units: 10, tasks: 3 }, 4), /Cannot cut 10 units into 3 tasks at 4/);
});
