import assert from "node:assert/strict";
import type { ReportedVariant } from "../core/report/mod.ts";
import type { ComputeSession } from "../ports/compute.ts";
import { reportWinners } from "./finalize.ts";
import type { RankedVariant } from "./stage_b.ts";

function winner(rank: number): RankedVariant {
  return {
    rank,
    variantIndex: rank,
    stageAIndex: rank,
    riskIndex: 0,
    variantKey: `key ${rank}`,
    totalReturnPct: 10 - rank,
    score: 10 - rank,
    secondary: 100 - rank,
    tradesDigest: null,
  };
}

/** What a true replay of a winner gives; only the figures matter here. */
function replayed(ranked: RankedVariant): ReportedVariant {
  const { totalReturnPct, score, secondary } = ranked;
  return { totalReturnPct, score, secondary, trades: null } as Partial<ReportedVariant> as ReportedVariant;
}

/** Reports of four winners that end when the test says so. */
function heldReports(inFlight: number) {
  const winners = [1, 2, 3, 4].map(winner);
  const underWay = new Map<number, PromiseWithResolvers<ReportedVariant>>();
  let refuse = false;
  let settled = false;
  const session = {
    report({ stageAIndex }) {
      const held = Promise.withResolvers<ReportedVariant>();
      underWay.set(stageAIndex, held);
      return held.promise;
    },
  } as Partial<ComputeSession> as ComputeSession;
  const ended = reportWinners(winners, {
    session,
    inFlight,
    requestRange: { startMs: 0, endMs: 1 },
    daysPerYear: 365,
    withTrades: () => false,
    boundary: () => refuse ? Promise.reject(new Error("stopped")) : Promise.resolve(),
  }).finally(() => settled = true);
  ended.catch(() => {});
  const turn = () => new Promise((resolve) => setTimeout(resolve, 0));
  return {
    ended,
    turn,
    get started() {
      return [...underWay.keys()];
    },
    get settled() {
      return settled;
    },
    refuse: () => void (refuse = true),
    async end(rank: number, figures: Partial<ReportedVariant> = {}) {
      underWay.get(rank)!.resolve({ ...replayed(winners[rank - 1]!), ...figures });
      await turn();
    },
    async fail(rank: number) {
      underWay.get(rank)!.reject(new Error("broken"));
      await turn();
    },
  };
}

Deno.test("13 reportWinners() keeps so many reports under way and returns them in rank order", async () => {
  const held = heldReports(2);
  await held.turn();
  assert.deepEqual(held.started, [1, 2]);
  await held.end(2);
  assert.deepEqual(held.started, [1, 2]);
  await held.end(1);
  assert.deepEqual(held.started, [1, 2, 3, 4]);
  await held.end(4);
  await held.end(3);
  assert.deepEqual((await held.ended).map(({ totalReturnPct }) => totalReturnPct), [9, 8, 7, 6]);
});

Deno.test("13 reportWinners() waits for the reports under way when a boundary refuses", async () => {
  const held = heldReports(3);
  await held.turn();
  held.refuse();
  await held.end(1);
  assert.equal(held.settled, false, "ended with reports under way");
  for (const rank of held.started.slice(1, -1)) await held.end(rank);
  assert.equal(held.settled, false, "ended with a report under way");
  await held.fail(held.started.at(-1)!);
  await assert.rejects(held.ended, { message: "stopped" });
});

Deno.test("13 reportWinners() waits for the reports under way when one fails", async () => {
  const held = heldReports(2);
  await held.turn();
  await held.fail(1);
  assert.equal(held.settled, false, "ended with a report under way");
  await held.end(2);
  await assert.rejects(held.ended, { message: "broken" });
  assert.deepEqual(held.started, [1, 2]);
});

Deno.test("13 reportWinners() keeps trades in rank order as far as they go, and asks for no more of a row than may be kept", async () => {
  const winners = [1, 2, 3, 4].map(winner);
  const counts = [5, 9, 6, 4];
  const asked: unknown[] = [];
  const session = {
    report({ stageAIndex }, { withTrades, tradesMax }) {
      asked.push([withTrades, tradesMax]);
      const trades = Array.from({ length: counts[stageAIndex - 1]! }, () => ({}));
      return Promise.resolve(
        { ...replayed(winners[stageAIndex - 1]!), trades } as unknown as ReportedVariant,
      );
    },
  } as Partial<ComputeSession> as ComputeSession;
  const options = {
    session,
    inFlight: 2,
    requestRange: { startMs: 0, endMs: 1 },
    daysPerYear: 365,
    withTrades: () => true,
    boundary: () => Promise.resolve(),
  };
  const kept = await reportWinners(winners, { ...options, keep: { perRow: 9, inAll: 15 } });
  assert.deepEqual(kept.map(({ trades }) => trades?.length ?? null), [5, 9, null, null]);
  const others = await reportWinners(winners, { ...options, keep: { perRow: 9, inAll: 10 } });
  assert.deepEqual(others.map(({ trades }) => trades?.length ?? null), [5, null, null, 4]);
  assert.deepEqual(asked, Array(8).fill([true, 9]));
  const all = await reportWinners(winners, options);
  assert.deepEqual(all.map(({ trades }) => trades?.length), counts);
});

for (const figure of ["totalReturnPct", "score", "secondary"] as const) {
  Deno.test(`13 reportWinners() refuses a replay with another ${figure} than was ranked`, async () => {
    const held = heldReports(1);
    await held.turn();
    await held.end(1, { [figure]: 5 });
    await assert.rejects(held.ended, (error: Error) => {
      assert.match(error.message, new RegExp(`^Cannot finalise variant key 1: ranked with ${figure} `));
      return true;
    });
  });
}
