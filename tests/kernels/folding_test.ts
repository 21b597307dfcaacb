import assert from "node:assert/strict";
import { createPool } from "../../src/adapters/wasm/pool.ts";
import { compareFolding, type FoldCase } from "../fuzz/folding.ts";
import { fuzzFolding } from "../fuzz/fuzz_folding.ts";

Deno.test("folding a sweep keeps and counts what folding the list of all its replayed variants does", async () => {
  const { failure, folded } = await fuzzFolding({ seed: 20_261_130, cases: 120 });
  assert.equal(failure, null);
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
