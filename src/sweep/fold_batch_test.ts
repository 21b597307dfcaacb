import assert from "node:assert/strict";
import { batchPauseMs, foldChunk } from "../core/limits/mod.ts";
import { FoldedRanking } from "../core/ranking/mod.ts";
import type { Candidates, ComputeSession } from "../ports/compute.ts";
import { foldBatch, type FoldedUnit } from "./fold_batch.ts";

/** Candidates with scores of their own, the first the best. */
function candidatesOf(count: number): Candidates {
  const indexes = Float64Array.from({ length: count }, (_, i) => i);
  const scores = indexes.map((i) => -i);
  return { indexes, scores, secondary: null, returns: scores, elapsedMs: 0 };
}

/** Folds candidates of which every digest call takes so long; all are different. */
async function fold(
  { count, bars, callMs, pause }: {
    readonly count: number;
    readonly bars: number;
    readonly callMs: number;
    readonly pause: () => Promise<void>;
  },
) {
  const calls: number[] = [];
  const keyOf = (index: number) => `key ${String(index).padStart(6, "0")}`;
  const session = {
    digestTrades(variants) {
      calls.push(variants.length);
      const digests = variants.map(({ stageAIndex }) => `digest ${stageAIndex}`);
      return Promise.resolve({ digests, elapsedMs: callMs });
    },
  } as Partial<ComputeSession> as ComputeSession;
  const folded = foldBatch(candidatesOf(count), {
    session,
    bars,
    ranking: new FoldedRanking<FoldedUnit>(count, keyOf),
    topK: count,
    keyOf,
    locate: (index) => ({ stageAIndex: index, riskIndex: 0 }),
    numbered: (index) => index,
    pause,
  });
  const outcome = await folded.then(({ units }) => units.length, (error: Error) => error.message);
  return { outcome, calls };
}

Deno.test("13 foldBatch() digests fewer variants in a call the more bars each of them has", async () => {
  const pause = () => Promise.resolve();
  const few = await fold({ count: 2 * foldChunk, bars: 1000, callMs: 1, pause });
  assert.deepEqual(few, { outcome: 2 * foldChunk, calls: [foldChunk, foldChunk] });
  const many = await fold({ count: 5, bars: 20_000_000, callMs: 1, pause });
  assert.deepEqual(many, { outcome: 5, calls: [2, 2, 1] });
});

Deno.test("13 foldBatch() looks after every second of compute whether it may go on", async () => {
  let pauses = 0;
  const bars = 20_000_000;
  const counted = await fold({
    count: 12,
    bars,
    callMs: batchPauseMs / 2,
    pause: () => Promise.resolve(void pauses++),
  });
  assert.deepEqual(counted, { outcome: 12, calls: [2, 2, 2, 2, 2, 2] });
  assert.equal(pauses, 2);
  const refused = await fold({
    count: 100,
    bars,
    callMs: batchPauseMs,
    pause: () => Promise.reject(new Error("stopped")),
  });
  assert.deepEqual(refused, { outcome: "stopped", calls: [2] });
});
