import assert from "node:assert/strict";
import { scriptedCompute } from "../../tests/helpers/scripted_compute.ts";
import { sweepInput } from "../../tests/helpers/sweep.ts";
import { emptyCandles } from "../core/bars/mod.ts";
import type { ComputeSession, Selection } from "../ports/compute.ts";
import { fixedBatchSize } from "./batch_size.ts";
import { runStageB } from "./stage_b.ts";

const { close, high, low, open, volume } = emptyCandles(1);
const sweep = sweepInput({
  candles: { close, high, low, open, volume } as never,
  slice: { start: 0, stop: 1 },
  indicators: [{ id: "ma.sma", axes: { window: [2, 3, 4, 5, 6], source: ["close"] } }],
  sl: [1, 2],
  tp: [3, 4],
});

/** Five bases of four risk cells in batches of two, better ones later; what each batch was asked for. */
async function stage(foldEqual: boolean) {
  const compute = scriptedCompute({ score: (base, risk) => base * 10 + risk! });
  const session = await compute.open(sweep);
  const asked: Selection[] = [];
  const watched: ComputeSession = {
    ...session,
    scoreRisk(bases, selection) {
      asked.push(selection);
      return session.scoreRisk(bases, selection);
    },
  };
  const processed: number[] = [];
  const leaders = await runStageB(sweep.plan, {
    session: watched,
    bars: 1,
    inFlight: 1,
    batchSize: fixedBatchSize(2),
    shortlist: [0, 1, 2, 3, 4],
    topK: 3,
    foldEqual,
    boundary: (units) => Promise.resolve(void processed.push(units)),
    pause: () => Promise.resolve(),
  });
  return { asked, processed, ranked: leaders.ranked() };
}

Deno.test("13 Stage B asks a batch for no more than can be kept, and for nothing below what is", async () => {
  const { asked, processed, ranked } = await stage(false);
  assert.deepEqual(asked.map(({ keep }) => keep), [3, 3, 3]);
  // the third best so far: of bases 0 and 1, then of 2 and 3
  assert.deepEqual(asked.map(({ floor }) => floor), [-Infinity, 11, 31]);
  assert.deepEqual(processed, [8, 16, 20]);
  assert.deepEqual(
    ranked.map(({ rank, variantIndex, totalReturnPct }) => [rank, variantIndex, totalReturnPct]),
    [
      [1, 19, 43],
      [2, 18, 42],
      [3, 17, 41],
    ],
  );
});

Deno.test("13 Stage B that folds equal trades asks a batch for all of its variants, as any may count", async () => {
  const { asked, processed, ranked } = await stage(true);
  assert.deepEqual(asked.map(({ keep }) => keep), [8, 8, 4]);
  assert.deepEqual(asked.map(({ floor }) => floor), [-Infinity, 11, 31]);
  assert.deepEqual(processed, [8, 16, 20]);
  assert.deepEqual(ranked.map(({ variantIndex, tradesDigest }) => [variantIndex, tradesDigest]), [
    [19, "4 3"],
    [18, "4 2"],
    [17, "4 1"],
  ]);
});

Deno.test("Stage B begins with the most promising of all variants, and gives what it gives in stage A order", async () => {
  const all = { ...sweep, plan: { ...sweep.plan, expandsAll: true } };
  const run = async (options: { readonly inStageAOrder?: boolean; readonly foldEqual: boolean }) => {
    const compute = scriptedCompute({ score: (base, risk) => base * 10 + risk! });
    const leaders = await runStageB(all.plan, {
      ...options,
      session: await compute.open(all),
      bars: 1,
      inFlight: 1,
      batchSize: fixedBatchSize(2),
      shortlist: [3, 4],
      topK: 6,
      boundary: () => Promise.resolve(),
      pause: () => Promise.resolve(),
    });
    const asked = compute.calls.flatMap((call) => call.kind === "risk" ? [call.bases] : []);
    return { ranked: leaders.ranked(), asked };
  };
  for (const foldEqual of [false, true]) {
    const promising = await run({ foldEqual });
    const plain = await run({ foldEqual, inStageAOrder: true });
    assert.deepEqual(promising.asked, [[3, 4], [0, 1], [2]]);
    assert.deepEqual(plain.asked, [[0, 1], [2, 3], [4]]);
    assert.deepEqual(promising.ranked, plain.ranked);
    assert.deepEqual(promising.ranked.map(({ variantIndex }) => variantIndex), [19, 18, 17, 16, 15, 14]);
  }
});
