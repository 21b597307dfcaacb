import assert from "node:assert/strict";
import fc from "fast-check";
import { directionModes, isRuined, sizingModes } from "../../src/core/execution/mod.ts";
import {
  type SameAs,
  type SweepPlan,
  variantKey,
  type VariantPayload,
  variantPayload,
} from "../../src/core/grid/mod.ts";
import { rankingMetrics } from "../../src/core/ranking/mod.ts";
import type { Compute, ComputeSession, SweepInput } from "../../src/ports/compute.ts";
import { fixedBatchSize } from "../../src/sweep/batch_size.ts";
import { countEqual } from "../../src/sweep/count_equal.ts";
import { expandedBases } from "../../src/sweep/expanded_bases.ts";
import { runStageA } from "../../src/sweep/stage_a.ts";
import { runStageB } from "../../src/sweep/stage_b.ts";
import { randomWalk, steep } from "../helpers/series.ts";
import { sweepInput } from "../helpers/sweep.ts";

/** A small sweep with many equal trades, and how it is run. */
export interface FoldCase {
  readonly seed: number;
  readonly bars: number;
  readonly windows: readonly number[];
  /** RSI thresholds; some are never reached, so that nothing is traded. */
  readonly thresholds: readonly number[];
  /** Levels that are far apart, most of them out of reach. */
  readonly sl: readonly (number | null)[];
  readonly tp: readonly (number | null)[];
  readonly ranking: number;
  readonly mode: number;
  readonly expandsAll: boolean;
  readonly shortlist: number;
  readonly topK: number;
  readonly batchUnits: number;
}

const levels = fc.uniqueArray(fc.constantFrom(0.3, 1, 4, 30, 60, 90, 95), { minLength: 1, maxLength: 4 });

/** Cases of all metrics and modes, with shortlists and without. */
export const foldCase: fc.Arbitrary<FoldCase> = fc.record({
  seed: fc.nat(10_000),
  bars: fc.integer({ min: 30, max: 160 }),
  windows: fc.uniqueArray(fc.integer({ min: 2, max: 12 }), { minLength: 1, maxLength: 3 }),
  thresholds: fc.uniqueArray(fc.constantFrom(-5, -1, 40, 50, 101), { minLength: 1, maxLength: 3 }),
  sl: fc.oneof(levels, fc.constant([null])),
  tp: fc.oneof(levels, fc.constant([null])),
  ranking: fc.nat(rankingMetrics.length * 2 - 1),
  mode: fc.nat(directionModes.length * sizingModes.length - 1),
  expandsAll: fc.boolean(),
  shortlist: fc.integer({ min: 1, max: 12 }),
  topK: fc.integer({ min: 1, max: 20 }),
  batchUnits: fc.integer({ min: 1, max: 9 }),
});

/** A row as both ways give it. */
interface Row {
  readonly variantIndex: number;
  readonly variantKey: string;
  readonly score: number;
  readonly sameAs: SameAs | null;
}

/** Throws when folding a sweep gives other rows than sorting and folding the list of all its variants. */
export async function compareFolding(
  given: FoldCase,
  compute: Compute,
): Promise<{ readonly folded: number }> {
  const input = inputOf(given);
  await using session = await compute.open(input);
  const bars = input.timeline.candles.close.length;
  const work = {
    session,
    bars,
    inFlight: compute.threads + 1,
    batchSize: fixedBatchSize(given.batchUnits),
  };
  const boundary = () => Promise.resolve();
  const shortlist = await runStageA(input.plan, { ...work, boundary });
  const leaders = await runStageB(input.plan, {
    ...work,
    boundary,
    pause: boundary,
    shortlist,
    topK: given.topK,
    foldEqual: true,
  });
  const winners = leaders.ranked();
  const sameAs = await countEqual(winners, { ...work, boundary, plan: input.plan, shortlist });
  const found = winners.map(({ variantIndex, variantKey, score }, i): Row => ({
    variantIndex,
    variantKey,
    score,
    sameAs: sameAs[i]!,
  }));
  assert.deepEqual(found, await bruteForce(session, { plan: input.plan, shortlist, topK: given.topK }));
  return { folded: found.reduce((sum, row) => sum + (row.sameAs?.count ?? 0), 0) };
}

function inputOf(given: FoldCase): SweepInput {
  const { bars, seed, windows, thresholds, sl, tp, ranking, mode, expandsAll } = given;
  const primary = rankingMetrics[ranking % rankingMetrics.length]!;
  const secondary = ranking < rankingMetrics.length
    ? null
    : rankingMetrics[(ranking + 1) % rankingMetrics.length]!;
  const { plan, timeline } = sweepInput({
    candles: seed % 3 === 0 ? steep(randomWalk(bars, seed)) : randomWalk(bars, seed),
    slice: { start: 5, stop: bars },
    indicators: [
      { id: "ma.sma", axes: { source: ["close", "open"], window: windows } },
      {
        id: "momentum.rsi",
        axes: { source: ["close"], window: [3] },
        signals: { long_threshold: thresholds, short_threshold: [60, 102] },
      },
    ],
    sl,
    tp,
    ranking: { primary, secondary, minTrades: 1 + bars % 3 },
    directionMode: directionModes[mode % directionModes.length]!,
    sizingMode: sizingModes[Math.floor(mode / directionModes.length)]!,
  });
  const shortlistTotal = Math.min(given.shortlist, plan.stageATotal);
  const expanded = expandsAll ? plan.stageATotal : shortlistTotal;
  return { timeline, plan: { ...plan, shortlistTotal, expandsAll, stageBTotal: expanded * plan.riskTotal } };
}

/** Replays every variant of Stage B, sorts them all, and folds those with the same list of trades. */
async function bruteForce(
  session: ComputeSession,
  { plan, shortlist, topK }: {
    readonly plan: SweepPlan;
    readonly shortlist: readonly number[];
    readonly topK: number;
  },
): Promise<readonly Row[]> {
  const bases = expandedBases(plan, shortlist);
  const all = await Promise.all(
    Array.from({ length: bases.total * plan.riskTotal }, async (_, variantIndex) => {
      const variant = {
        stageAIndex: bases.at(Math.floor(variantIndex / plan.riskTotal)),
        riskIndex: variantIndex % plan.riskTotal,
      };
      const wish = { requestRange: { startMs: 0, endMs: 1 }, daysPerYear: 365, withTrades: true };
      const { score, secondary, trades, totalReturnPct } = await session.report(variant, wish);
      const payload = variantPayload(plan, variant);
      return {
        variantIndex,
        variantKey: variantKey(plan, variant),
        ruined: isRuined(totalReturnPct),
        score,
        secondary,
        payload,
        trades: bits(trades),
      };
    }),
  );
  all.sort((a, b) =>
    Number(a.ruined) - Number(b.ruined) || down(a.score, b.score) || down(a.secondary, b.secondary) ||
    (a.variantKey < b.variantKey ? -1 : 1)
  );
  const groups = Map.groupBy(all, ({ trades }) => trades);
  return [...groups.values()].slice(0, topK).map(([kept, ...same]) => ({
    variantIndex: kept!.variantIndex,
    variantKey: kept!.variantKey,
    score: kept!.score,
    sameAs: same.length === 0 ? null : {
      count: same.length,
      params: rangesOf(kept!.payload, same.map(({ payload }) => payload)),
    },
  }));
}

function down(a: number, b: number): number {
  return a === b ? 0 : b > a ? 1 : -1;
}

/** A text that differs wherever a bit does. */
function bits(trades: unknown): string {
  return JSON.stringify(trades, (_, value) => Object.is(value, -0) ? "-0" : value);
}

function rangesOf(kept: VariantPayload, same: readonly VariantPayload[]): SameAs["params"] {
  const own = valuesOf(kept);
  const params = Object.keys(own).sort().flatMap((name): [string, SameAs["params"][string]][] => {
    const values = same.map((payload) => valuesOf(payload)[name]!);
    if (values.every((value) => value === own[name])) return [];
    if (typeof own[name] === "string") return [[name, [...new Set(values as string[])].sort()]];
    const numbers = values.map(Number).sort((a, b) => a - b);
    return [[name, [numbers[0]!, numbers.at(-1)!]]];
  });
  return Object.fromEntries(params);
}

function valuesOf({ indicator_selections, signal_params, risk_params }: VariantPayload) {
  const named = (prefix: string, values: Readonly<Record<string, number | string>>) =>
    Object.entries(values).map(([name, value]) => [`${prefix}.${name}`, value] as const);
  const { sl_pct, tp_pct } = risk_params;
  return Object.fromEntries<number | string | null>([
    ...indicator_selections!.flatMap(({ indicator_id, inputs, params }) =>
      named(indicator_id, { ...inputs, ...params })
    ),
    ...Object.entries(signal_params!).flatMap(([id, params]) => named(`${id}.signal`, params)),
    ["sl_pct", sl_pct],
    ["tp_pct", tp_pct],
  ]);
}
