import { isRuined } from "../core/execution/mod.ts";
import { type SameAs, SameAsCount, type SamePoint, type SweepPlan } from "../core/grid/mod.ts";
import { batchPauseMs, foldChunk } from "../core/limits/mod.ts";
import { selectionScore } from "../core/ranking/mod.ts";
import type { ComputeSession } from "../ports/compute.ts";
import { atMost, type BatchSize, foldedBasesMax, stageBatchSize, unitsWithin } from "./batch_size.ts";
import { runBatches } from "./batches.ts";
import { expandedBases } from "./expanded_bases.ts";
import { scoredUnits } from "./scored_unit.ts";
import type { RankedVariant } from "./stage_b.ts";

/** What equal variants are counted with. */
export interface CountEqualOptions {
  readonly plan: SweepPlan;
  /** Stage A indexes in ranked order, as Stage B had them. */
  readonly shortlist: readonly number[];
  readonly session: ComputeSession;
  /** Bars with warm-up. */
  readonly bars: number;
  /** Batches under way at the same time. */
  readonly inFlight: number;
  readonly batchSize?: BatchSize;
  /** Called after every batch, and within a long one; a rejection stops the rest and is passed on. */
  boundary(): Promise<void>;
}

/**
 * What was folded into each of the winners of a folded Stage B, in their order: null where a winner stands alone. Goes
 * through Stage B once more with the worst winner's score as the floor, since a variant may have come before the ranking
 * knew that its trades would win. Only those with the figures of a winner are replayed.
 */
export async function countEqual(
  winners: readonly RankedVariant[],
  { plan, shortlist, session, bars, inFlight, batchSize, boundary }: CountEqualOptions,
): Promise<readonly (SameAs | null)[]> {
  const bases = expandedBases(plan, shortlist);
  const chunkMax = Math.min(foldChunk, unitsWithin(bars));
  const counts = new Map(winners.map((winner) => [winner.tradesDigest, new SameAsCount(plan, winner)]));
  const kept = new Map(winners.map((winner) => [winner.tradesDigest, winner]));
  const figures = new Set(winners.map(figuresOf));
  // one by one: there may be more winners than a call takes arguments
  const floor = winners.reduce(
    (least, { score, totalReturnPct }) =>
      Math.min(least, selectionScore({ score, ruined: isRuined(totalReturnPct) })),
    Infinity,
  );
  await runBatches({
    total: bases.total,
    inFlight,
    size: atMost(
      batchSize ?? stageBatchSize({ bars, cells: plan.riskTotal }),
      foldedBasesMax(plan.riskTotal),
    ),
    async run({ from, to }) {
      const batch = bases.slice(from, to);
      const keep = batch.length * plan.riskTotal;
      const candidates = await session.scoreRisk(batch, { keep, floor });
      const points = [...scoredUnits(candidates)].filter((unit) => figures.has(figuresOf(unit)))
        .map(({ index }): SamePoint => ({
          stageAIndex: batch[Math.floor(index / plan.riskTotal)]!,
          riskIndex: index % plan.riskTotal,
        }));
      const digests: string[] = [];
      let { elapsedMs } = candidates;
      let pausedMs = 0;
      while (digests.length < points.length) {
        if (elapsedMs - pausedMs >= batchPauseMs) {
          pausedMs = elapsedMs;
          await boundary();
        }
        const told = await session.digestTrades(points.slice(digests.length, digests.length + chunkMax));
        digests.push(...told.digests);
        elapsedMs += told.elapsedMs;
      }
      return { points, digests, elapsedMs };
    },
    merge(_batch, { points, digests }) {
      points.forEach((point, i) => {
        const winner = kept.get(digests[i]!);
        if (winner === undefined) return;
        const itself = point.stageAIndex === winner.stageAIndex && point.riskIndex === winner.riskIndex;
        if (!itself) counts.get(digests[i]!)!.add(point);
      });
    },
    boundary,
  });
  return winners.map(({ tradesDigest }) => counts.get(tradesDigest)!.result);
}

function figuresOf({ score, secondary }: { readonly score: number; readonly secondary: number }): string {
  return `${score} ${secondary}`;
}
