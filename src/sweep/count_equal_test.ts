import assert from "node:assert/strict";
import { scriptedCompute } from "../../tests/helpers/scripted_compute.ts";
import { sweepInput } from "../../tests/helpers/sweep.ts";
import { emptyCandles } from "../core/bars/mod.ts";
import { batchPauseMs } from "../core/limits/mod.ts";
import type { ComputeSession, Selection } from "../ports/compute.ts";
import { fixedBatchSize } from "./batch_size.ts";
import { countEqual } from "./count_equal.ts";
import type { RankedVariant } from "./stage_b.ts";

const { close, high, low, open, volume } = emptyCandles(1);
const sweep = sweepInput({
  candles: { close, high, low, open, volume } as never,
  slice: { start: 0, stop: 1 },
  indicators: [{ id: "ma.sma", axes: { window: [2, 3, 4, 5, 6], source: ["close"] } }],
  sl: [1, 2],
  tp: [3, 4],
});

const winner = (
  stageAIndex: number,
  riskIndex: number,
  { score, tradesDigest }: { readonly score: number; readonly tradesDigest: string },
): RankedVariant => ({
  rank: 1,
  variantIndex: stageAIndex * 4 + riskIndex,
  stageAIndex,
  riskIndex,
  variantKey: `${stageAIndex} ${riskIndex}`,
  totalReturnPct: score,
  score,
  secondary: 0,
  tradesDigest,
});

interface Scripted {
  readonly winners: readonly RankedVariant[];
  readonly score: (base: number, risk: number) => number;
  readonly digest: (base: number, risk: number) => string;
  readonly shortlist?: readonly number[];
  readonly bars?: number;
  readonly callMs?: number;
  readonly boundary?: () => Promise<void>;
}

/** Counts over five bases of four risk cells, and says what was asked of the session. */
async function count({ winners, score, digest, bars = 1, callMs = 0, ...more }: Scripted) {
  const session = await scriptedCompute({ score: (base, risk) => score(base, risk!) }).open(sweep);
  const scored: Selection[] = [];
  const digested: string[] = [];
  const watched: ComputeSession = {
    ...session,
    scoreRisk(bases, selection) {
      scored.push(selection);
      return session.scoreRisk(bases, selection);
    },
    digestTrades(points) {
      digested.push(points.map(({ stageAIndex, riskIndex }) => `${stageAIndex}.${riskIndex}`).join(" "));
      const digests = points.map(({ stageAIndex, riskIndex }) => digest(stageAIndex, riskIndex!));
      return Promise.resolve({ digests, elapsedMs: callMs });
    },
  };
  const counted = countEqual(winners, {
    plan: sweep.plan,
    shortlist: more.shortlist ?? [0, 1, 2, 3, 4],
    session: watched,
    bars,
    inFlight: 1,
    batchSize: fixedBatchSize(5),
    boundary: more.boundary ?? (() => Promise.resolve()),
  });
  return { outcome: await counted.catch((error: Error) => error.message), scored, digested };
}

Deno.test("countEqual() counts what has the trades of a winner, without the winner, and says in what it differs", async () => {
  const { outcome, scored } = await count({
    winners: [
      winner(1, 0, { score: 7, tradesDigest: "same" }),
      winner(4, 3, { score: 6, tradesDigest: "alone" }),
    ],
    // equal figures are not yet equal trades
    score: (base, risk) => base === 4 && risk === 3 ? 6 : base < 3 ? 7 : 5,
    digest: (base, risk) => base === 4 ? "alone" : base < 2 || risk === 0 ? "same" : "other",
  });
  assert.deepEqual(outcome, [{
    count: 8,
    params: { "ma.sma.window": [2, 4], sl_pct: [1, 2], tp_pct: [3, 4] },
  }, null]);
  // every cell of the batch, from the worst winner on
  assert.deepEqual(scored, [{ keep: 20, floor: 6 }]);
});

Deno.test("countEqual() replays what has the figures of a winner only, and of the bases that Stage B had", async () => {
  const { outcome, digested } = await count({
    winners: [winner(3, 1, { score: 9, tradesDigest: "same" })],
    score: (base, risk) => risk === 1 ? 9 : base,
    digest: () => "same",
    shortlist: [3, 0],
  });
  assert.deepEqual(outcome, [{ count: 1, params: { "ma.sma.window": [2, 2] } }]);
  assert.deepEqual(digested, ["3.1 0.1"]);
});

Deno.test("countEqual() looks after every second of compute whether it may go on, and stops when it may not", async () => {
  const endless = {
    winners: [winner(0, 0, { score: 1, tradesDigest: "same" })],
    score: () => 1,
    digest: () => "same",
    // so many that a call has two variants
    bars: 20_000_000,
  };
  let looks = 0;
  const counted = await count({
    ...endless,
    callMs: batchPauseMs / 2,
    boundary: () => Promise.resolve(void looks++),
  });
  assert.equal(counted.digested.length, 10);
  // after calls 2, 4, 6 and 8, and after the batch
  assert.equal(looks, 5);
  const stopped = await count({
    ...endless,
    callMs: batchPauseMs,
    boundary: () => Promise.reject(new Error("stopped")),
  });
  assert.deepEqual([stopped.outcome, stopped.digested.length], ["stopped", 1]);
});
