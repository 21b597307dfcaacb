import assert from "node:assert/strict";
import fc from "fast-check";
import { createInProcessCompute } from "../../src/adapters/wasm/in_process_compute.ts";
import { createPool } from "../../src/adapters/wasm/pool.ts";
import { compareFolding, type FoldCase, foldCase } from "../fuzz/folding.ts";

Deno.test("folding a sweep keeps and counts what folding the list of all its replayed variants does", async () => {
  await using compute = createInProcessCompute();
  let folded = 0;
  await fc.assert(
    fc.asyncProperty(foldCase, async (given) => {
      folded += (await compareFolding(given, compute)).folded;
    }),
    { numRuns: 120 },
  );
  assert.ok(folded > 1000, `${folded} variants were folded`);
});

Deno.test("folding gives the same rows with several threads, whatever the size of batches", async () => {
  await using pool = createPool({ threads: 2 });
  const given: FoldCase = {
    seed: 3,
    bars: 150,
    windows: [2, 5, 9],
    thresholds: [-5, 50, 101],
    sl: [0.3, 30, 60, 90],
    tp: [1, 60, 90, 95],
    ranking: 0,
    mode: 0,
    expandsAll: true,
    shortlist: 3,
    topK: 12,
    batchUnits: 1,
  };
  for (const batchUnits of [1, 4, 36]) await compareFolding({ ...given, batchUnits }, pool);
});
