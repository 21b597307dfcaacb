import assert from "node:assert/strict";
import { type Batch, runBatches } from "./batches.ts";
import { fixedBatchSize } from "./batch_size.ts";

/** Batches that end when the test says so. */
function heldBatches(
  options: {
    readonly total: number;
    readonly inFlight: number;
    readonly units: number;
    readonly inOrder?: boolean;
  },
) {
  const underWay = new Map<number, PromiseWithResolvers<{ readonly elapsedMs: number }>>();
  const merged: Batch[] = [];
  const processed: number[] = [];
  let failAt = Infinity;
  let enoughAt = Infinity;
  let settled = false;
  const size = { ...fixedBatchSize(options.units), observed: [] as { units: number; elapsedMs: number }[] };
  const ended = runBatches({
    total: options.total,
    inFlight: options.inFlight,
    size: { next: size.next, observe: (batch) => void size.observed.push({ ...batch }) },
    run({ from }) {
      const held = Promise.withResolvers<{ readonly elapsedMs: number }>();
      underWay.set(from, held);
      return held.promise;
    },
    merge: (batch) => void merged.push(batch),
    boundary(done) {
      processed.push(done);
      if (done >= failAt) return Promise.reject(new Error("stopped"));
      return Promise.resolve(done >= enoughAt ? "enough" : undefined);
    },
    ...(options.inOrder ? { inOrder: true } : {}),
  }).finally(() => settled = true);
  // whoever looks at it later, a rejection is told by `ended`
  ended.catch(() => {});
  const turn = () => new Promise((resolve) => setTimeout(resolve, 0));
  return {
    merged,
    processed,
    ended,
    observed: size.observed,
    get started() {
      return [...underWay.keys()];
    },
    get settled() {
      return settled;
    },
    failFrom: (units: number) => void (failAt = units),
    enoughFrom: (units: number) => void (enoughAt = units),
    async end(from: number) {
      underWay.get(from)!.resolve({ elapsedMs: from + 1 });
      await turn();
    },
    async fail(from: number) {
      underWay.get(from)!.reject(new Error("broken"));
      await turn();
    },
  };
}

Deno.test("13 runBatches() cuts all units, keeps so many batches under way, and merges each as it ends", async () => {
  const held = heldBatches({ total: 7, inFlight: 2, units: 3 });
  assert.deepEqual(held.started, [0, 3]);
  await held.end(3);
  assert.deepEqual(held.started, [0, 3, 6]);
  await held.end(0);
  assert.equal(held.settled, false);
  await held.end(6);
  await held.ended;
  assert.deepEqual(held.merged, [{ from: 3, to: 6 }, { from: 0, to: 3 }, { from: 6, to: 7 }]);
  assert.deepEqual(held.processed, [3, 6, 7]);
  assert.deepEqual(held.observed, [
    { units: 3, elapsedMs: 4 },
    { units: 3, elapsedMs: 1 },
    { units: 1, elapsedMs: 7 },
  ]);
});

Deno.test("13 runBatches() starts nothing more and waits for what is under way when a boundary refuses", async () => {
  const held = heldBatches({ total: 100, inFlight: 3, units: 1 });
  held.failFrom(1);
  await held.end(1);
  assert.deepEqual(held.started, [0, 1, 2]);
  assert.equal(held.settled, false, "ended with two batches under way");
  await held.end(0);
  assert.equal(held.settled, false, "ended with a batch under way");
  await held.end(2);
  await assert.rejects(held.ended, { message: "stopped" });
  assert.deepEqual(held.merged, [{ from: 1, to: 2 }]);
});

Deno.test("13 runBatches() tells the first failure when all batches under way have ended, failed or not", async () => {
  const held = heldBatches({ total: 100, inFlight: 3, units: 1 });
  await held.fail(2);
  assert.equal(held.settled, false, "ended with two batches under way");
  await held.fail(0);
  await held.end(1);
  await assert.rejects(held.ended, { message: "broken" });
  assert.deepEqual(held.started, [0, 1, 2]);
  assert.deepEqual(held.merged, []);
});

Deno.test("runBatches() in order merges none before those ahead of it, and keeps no more waiting than are under way", async () => {
  const held = heldBatches({ total: 9, inFlight: 2, units: 1, inOrder: true });
  await held.end(1);
  assert.deepEqual([held.started, held.merged], [[0, 1, 2], []]);
  await held.end(2);
  assert.deepEqual([held.started, held.merged], [[0, 1, 2], []], "two wait, and no third is started");
  await held.end(0);
  assert.deepEqual(held.merged.map(({ from }) => from), [0, 1, 2]);
  assert.deepEqual([held.started, held.processed], [[0, 1, 2, 3, 4], [1, 2, 3]]);
  for (const from of [4, 3, 6, 5, 7, 8]) await held.end(from);
  await held.ended;
  assert.deepEqual(held.merged.map(({ from }) => from), [0, 1, 2, 3, 4, 5, 6, 7, 8]);
});

Deno.test("runBatches() ends at enough as if there were no more units, whatever becomes of those under way", async () => {
  const held = heldBatches({ total: 100, inFlight: 3, units: 1, inOrder: true });
  held.enoughFrom(2);
  await held.end(1);
  await held.end(0);
  assert.deepEqual([held.processed, held.settled], [[1, 2], false]);
  await held.fail(2);
  await held.end(3);
  await held.ended;
  assert.deepEqual(held.merged.map(({ from }) => from), [0, 1]);
  assert.deepEqual(held.started, [0, 1, 2, 3]);
});

Deno.test("runBatches() cuts where it is told to, when it is told beforehand", async () => {
  const merged: Batch[] = [];
  await runBatches({
    total: 10,
    inFlight: 1,
    size: { next: 1, endOf: (from) => from === 0 ? 7 : 99, observe() {} },
    run: () => Promise.resolve({ elapsedMs: 1 }),
    merge: (batch) => void merged.push(batch),
    boundary: () => Promise.resolve(),
  });
  assert.deepEqual(merged, [{ from: 0, to: 7 }, { from: 7, to: 10 }]);
});
