import assert from "node:assert/strict";
import { createInProcessCompute } from "../../src/adapters/wasm/in_process_compute.ts";
import { createPool } from "../../src/adapters/wasm/pool.ts";
import { directionModes, isRuined, sizingModes, tradeColumns } from "../../src/core/execution/mod.ts";
import { baseVariantKey, variantKey } from "../../src/core/grid/mod.ts";
import {
  measuresOf,
  merit,
  metricValue,
  type RankingMetric,
  rankingMetrics,
  type RankingOrder,
  type VariantMeasures,
} from "../../src/core/ranking/mod.ts";
import { goodness } from "../../src/core/ranking/ranking_metric.ts";
import { reportDesk } from "../../src/core/report/mod.ts";
import { buildReport } from "../../src/core/report/report.ts";
import type { Compute, ComputeSession, SweepInput } from "../../src/ports/compute.ts";
import { fixedBatchSize } from "../../src/sweep/batch_size.ts";
import { runStageA } from "../../src/sweep/stage_a.ts";
import { type RankedVariant, runStageB } from "../../src/sweep/stage_b.ts";
import { randomWalk, steep } from "../helpers/series.ts";
import { sweepInput, type SweepSketch } from "../helpers/sweep.ts";
import { mapped } from "../helpers/mapped.ts";

const everything = { keep: 1_000_000, floor: -Infinity };

const orders: readonly RankingOrder[] = rankingMetrics.flatMap((primary) =>
  [null, ...rankingMetrics.filter((metric) => metric !== primary)].map((secondary) => ({
    primary,
    secondary,
    minTrades: 1,
  }))
);

// some thresholds are never reached: such variants make no trade, and all their metrics but the return are missing
const sketch: SweepSketch = {
  candles: randomWalk(500, 21),
  slice: { start: 40, stop: 490 },
  indicators: [
    { id: "ma.ema", axes: { source: ["close"], window: [4, 9, 25] } },
    {
      id: "momentum.rsi",
      axes: { source: ["close"], window: [7] },
      signals: { long_threshold: [101, 55, 40], short_threshold: [-1, 45] },
    },
    { id: "volatility.bbands", axes: { mult: [2, 3], source: ["close"], window: [20] } },
  ],
  sl: [3, null, 0.5],
  tp: [2, null],
};

/** The same indicators where prices move sixty times as much, so that shorts are ruined. */
const wild: SweepSketch = { ...sketch, candles: steep(randomWalk(500, 21)) };

function inputOf(ranking: RankingOrder, i = 0, from: SweepSketch = sketch): SweepInput {
  return sweepInput({
    ...from,
    ranking,
    directionMode: directionModes[i % directionModes.length]!,
    sizingMode: sizingModes[i % sizingModes.length]!,
  });
}

/** What a variant's replay and report say, without any score. */
async function reportedMeasures(
  session: ComputeSession,
  input: SweepInput,
  variant: { readonly stageAIndex: number; readonly riskIndex: number | null },
): Promise<VariantMeasures> {
  const replay = await session.replay(variant);
  const { timeline, plan: { execution } } = input;
  const report = buildReport({
    trades: tradeColumns(replay.trades),
    desk: reportDesk(timeline),
    requestRange: { startMs: 0, endMs: 1 },
    daysPerYear: 365,
    execution,
  });
  return measuresOf(replay, report.figures.rows["Max. Drawdown [%]"]);
}

Deno.test("a session scores every variant by its plan's metrics as the report does", async () => {
  await using compute = createInProcessCompute();
  const missing = new Set<RankingMetric>();
  for (const [i, ranking] of orders.entries()) {
    const input = inputOf(ranking, i);
    const { stageATotal, riskTotal } = input.plan;
    await using session = await compute.open(input);
    const base = await session.scoreBase({ from: 0, to: stageATotal }, everything);
    const bases = [stageATotal - 1, 5, 0, 4];
    const risk = await session.scoreRisk(bases, everything);
    assert.equal(base.secondary === null, ranking.secondary === null);
    if (base.scores.includes(-Infinity)) missing.add(ranking.primary);
    for (let n = 0; n < stageATotal; n++) {
      const measures = await reportedMeasures(session, input, { stageAIndex: n, riskIndex: null });
      assertScored(ranking, measures, { candidates: base, index: n });
    }
    for (let n = 0; n < bases.length * riskTotal; n++) {
      const variant = { stageAIndex: bases[Math.floor(n / riskTotal)]!, riskIndex: n % riskTotal };
      const measures = await reportedMeasures(session, input, variant);
      assertScored(ranking, measures, { candidates: risk, index: n });
    }
  }
  assert.deepEqual([...missing], ["return_over_max_drawdown", "profit_factor"]);
});

function assertScored(
  ranking: RankingOrder,
  measures: VariantMeasures,
  { candidates, index }: {
    readonly candidates: Awaited<ReturnType<ComputeSession["scoreBase"]>>;
    readonly index: number;
  },
): void {
  const at = candidates.indexes.indexOf(index);
  const scored = {
    totalReturnPct: candidates.returns[at],
    score: candidates.scores[at],
    secondary: candidates.secondary?.[at] ?? 0,
  };
  const { totalReturnPct } = measures;
  assert.deepEqual(scored, { totalReturnPct, ...merit(ranking, measures) });
}

/** Both stages, with a shortlist of all variants. */
async function rank(
  compute: Compute,
  input: SweepInput,
  { batchUnits, topK }: { readonly batchUnits: number; readonly topK: number },
): Promise<{ readonly shortlist: readonly number[]; readonly winners: readonly RankedVariant[] }> {
  await using session = await compute.open(input);
  const bars = input.timeline.candles.close.length;
  const options = {
    session,
    bars,
    inFlight: compute.threads + 1,
    batchSize: fixedBatchSize(batchUnits),
  };
  const boundary = () => Promise.resolve();
  const shortlist = await runStageA(input.plan, { ...options, boundary });
  const leaders = await runStageB(input.plan, {
    ...options,
    boundary,
    pause: boundary,
    shortlist,
    topK,
    foldEqual: false,
  });
  return { shortlist, winners: leaders.ranked() };
}

Deno.test("both stages order by primary, secondary and key, missing values last", async () => {
  for (const [i, ranking] of orders.entries()) await assertOrdered(inputOf(ranking, i));
});

Deno.test("both stages have ruined variants behind all others, by every metric, and in its order among themselves", async () => {
  let mixed = 0;
  for (const ranking of orders) {
    for (const i of [0, 1, 2, 3]) {
      const { ruined, all } = await assertOrdered(
        inputOf({ ...ranking, minTrades: 1 + 3 * i }, 3 * i + 2, wild),
      );
      if (ruined > 0 && ruined < all) mixed++;
    }
  }
  assert.ok(mixed > orders.length, `${mixed} sweeps with ruined and other variants`);
});

/** Compares both stages with sorted replays. Returns how many of the cells that Stage B may keep are ruined. */
async function assertOrdered(input: SweepInput): Promise<{ readonly ruined: number; readonly all: number }> {
  await using compute = createInProcessCompute();
  const { ranking } = input.plan;
  const { plan } = input;
  await using session = await compute.open(input);
  const { shortlist, winners } = await rank(compute, input, { batchUnits: 7, topK: 40 });
  const bases = await Promise.all(Array.from({ length: plan.stageATotal }, async (_, stageAIndex) => ({
    stageAIndex,
    key: baseVariantKey(plan, stageAIndex),
    measures: await reportedMeasures(session, input, { stageAIndex, riskIndex: null }),
  })));
  const better = byMetrics(ranking);
  assert.deepEqual(shortlist, bases.sort(better).map(({ stageAIndex }) => stageAIndex));
  const cells = await Promise.all(Array.from({ length: plan.stageBTotal }, async (_, variantIndex) => {
    const variant = {
      stageAIndex: shortlist[Math.floor(variantIndex / plan.riskTotal)]!,
      riskIndex: variantIndex % plan.riskTotal,
    };
    const measures = await reportedMeasures(session, input, variant);
    return { variantIndex, key: variantKey(plan, variant), measures };
  }));
  const expected = cells.sort(better).slice(0, 40);
  assert.deepEqual(
    winners.map(({ variantIndex }) => variantIndex),
    expected.map((one) => one.variantIndex),
  );
  assert.deepEqual(
    winners.map(({ totalReturnPct }) => totalReturnPct),
    expected.map(({ measures }) => measures.totalReturnPct),
  );
  const ruined = cells.filter(({ measures }) => isRuined(measures.totalReturnPct)).length;
  return { ruined, all: cells.length };
}

interface Comparable {
  readonly key: string;
  readonly measures: VariantMeasures;
}

function byMetrics(
  { primary, secondary, minTrades }: RankingOrder,
): (a: Comparable, b: Comparable) => number {
  const ranked = (metric: RankingMetric, measures: VariantMeasures) => {
    const value = metricValue(metric, measures);
    return goodness(metric, value === Infinity && measures.trades < minTrades ? null : value);
  };
  const by = (metric: RankingMetric | null, a: Comparable, b: Comparable) => {
    if (metric === null) return 0;
    const [left, right] = mapped([a, b], ({ measures }) => ranked(metric, measures));
    return left === right ? 0 : right > left ? 1 : -1;
  };
  const last = ({ measures }: Comparable) => Number(isRuined(measures.totalReturnPct));
  return (a, b) => last(a) - last(b) || by(primary, a, b) || by(secondary, a, b) || (a.key < b.key ? -1 : 1);
}

Deno.test("S000-40 the ranking is the same for all batch sizes and threads", async () => {
  for (const ranking of orders.filter(({ primary }) => primary !== "total_return_pct")) {
    const input = inputOf(ranking);
    await using alone = createInProcessCompute();
    const expected = await rank(alone, input, { batchUnits: 1000, topK: 15 });
    for (const batchUnits of [1, 5]) {
      assert.deepEqual(await rank(alone, input, { batchUnits, topK: 15 }), expected);
    }
    await using pool = createPool({ threads: 3 });
    assert.deepEqual(await rank(pool, input, { batchUnits: 4, topK: 15 }), expected);
  }
});

Deno.test("a batch larger than the score buffer keeps its columns together", async () => {
  await using compute = createInProcessCompute();
  const windows = Array.from({ length: 140 }, (_, i) => i + 2);
  const input = sweepInput({
    candles: randomWalk(60, 9),
    slice: { start: 0, stop: 60 },
    indicators: [
      { id: "ma.ema", axes: { source: ["close"], window: windows } },
      { id: "ma.sma", axes: { source: ["close"], window: windows } },
    ],
    ranking: { primary: "max_drawdown_pct", secondary: "profit_factor", minTrades: 3 },
  });
  await using session = await compute.open(input);
  const all = await session.scoreBase({ from: 0, to: 19_600 }, everything);
  assert.equal(all.indexes.length, 19_600);
  for (const index of [0, 16_383, 16_384, 19_599]) {
    const measures = await reportedMeasures(session, input, { stageAIndex: index, riskIndex: null });
    assertScored(input.plan.ranking, measures, { candidates: all, index });
  }
});
