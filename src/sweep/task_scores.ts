import { baseVariantKey, type SweepPlan, variantKey } from "../core/grid/mod.ts";
import type { ScoredColumns, TaskStage } from "../core/optimization/mod.ts";
import { BoundedRanking, selectionScore } from "../core/ranking/mod.ts";
import type { ComputeSession, Selection } from "../ports/compute.ts";
import { type BatchSize, stageBatchSize } from "./batch_size.ts";
import { runBatches } from "./batches.ts";
import { type ScoredUnit, scoredUnits } from "./scored_unit.ts";

/** Part of a stage. */
export interface TaskPart extends Selection {
  readonly stage: TaskStage;
  /** Half-open range of the stage's units. */
  readonly from: number;
  readonly to: number;
}

/** What a part is scored with. */
export interface TaskScoresOptions {
  readonly plan: SweepPlan;
  readonly session: Pick<ComputeSession, "scoreBase" | "scoreRisk">;
  /** Stage A indexes of the units; not looked at in stage A. */
  readonly bases: readonly number[];
  /** Bars with warm-up. */
  readonly bars: number;
  /** Batches under way at the same time. */
  readonly inFlight: number;
  readonly batchSize?: BatchSize;
  /** Called after every batch with the share that is done, 0..1; a rejection stops the rest and is passed on. */
  boundary(progress: number): Promise<void>;
}

/** What a part has come to. */
export interface TaskScores {
  /** As `scoreBase` or `scoreRisk` would answer for the part as one batch, and the best one whatever the floor. */
  readonly columns: ScoredColumns;
  /** First of the part in the order of the ranking, with its key. */
  readonly best: ScoredUnit & { readonly key: string };
  /** Where the best one stands in the plan. */
  readonly variant: { readonly stageAIndex: number; readonly riskIndex: number | null };
}

/**
 * Scores part of a stage in batches. Which variant is the part's best does not depend on the floor, which depends on what
 * other workers were ready with: as long as none is known that reaches it, the best so far is the floor.
 */
export async function scoreTask(part: TaskPart, options: TaskScoresOptions): Promise<TaskScores> {
  const { stage, from, to, keep, floor } = part;
  const { plan, session, bases, bars } = options;
  const risky = stage === "stage_b";
  const locate = (index: number) =>
    risky
      ? { stageAIndex: bases[Math.floor(index / plan.riskTotal)]!, riskIndex: index % plan.riskTotal }
      : { stageAIndex: index, riskIndex: null };
  const keyOf = (index: number) => risky ? variantKey(plan, locate(index)) : baseVariantKey(plan, index);
  const ranking = new BoundedRanking<ScoredUnit>(keep, keyOf);
  let bestScore = -Infinity;
  const selection = () => ({ keep, floor: Math.max(ranking.floor, Math.min(floor, bestScore)) });
  await runBatches({
    total: to - from,
    inFlight: options.inFlight,
    size: options.batchSize ?? stageBatchSize({ bars, cells: risky ? plan.riskTotal : 1 }),
    run: (batch) =>
      risky
        ? session.scoreRisk(bases.slice(batch.from, batch.to), selection())
        : session.scoreBase({ from: from + batch.from, to: from + batch.to }, selection()),
    merge(batch, candidates) {
      const offset = risky ? batch.from * plan.riskTotal : 0;
      for (const unit of scoredUnits(candidates, (index) => offset + index)) {
        ranking.offer(unit);
        bestScore = Math.max(bestScore, selectionScore(unit));
      }
    },
    boundary: (done) => options.boundary(done / (to - from)),
  });
  const best = ranking.best!;
  const kept = ranking.kept().filter((unit) => selectionScore(unit) >= floor || unit.index === best.index);
  return { columns: columnsOf(kept, plan), best, variant: locate(best.index) };
}

function columnsOf(kept: readonly ScoredUnit[], { ranking: { secondary } }: SweepPlan): ScoredColumns {
  const units = kept.toSorted((a, b) => a.index - b.index);
  const column = (of: (unit: ScoredUnit) => number) => Float64Array.from(units, of);
  const scores = column(({ score }) => score);
  const same = units.every(({ score, totalReturnPct }) => Object.is(score, totalReturnPct));
  return {
    indexes: column(({ index }) => index),
    scores,
    secondary: secondary === null ? null : column((unit) => unit.secondary),
    returns: same ? scores : column(({ totalReturnPct }) => totalReturnPct),
  };
}
