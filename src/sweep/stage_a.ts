import { baseVariantKey, type SweepPlan } from "../core/grid/mod.ts";
import { BoundedRanking } from "../core/ranking/mod.ts";
import type { ComputeSession } from "../ports/compute.ts";
import { type BatchSize, stageBatchSize } from "./batch_size.ts";
import { runBatches } from "./batches.ts";
import { scoredUnits } from "./scored_unit.ts";

/** What a stage needs besides its plan. */
export interface StageOptions {
  readonly session: ComputeSession;
  /** Bars with warm-up. */
  readonly bars: number;
  /** Batches under way at the same time. */
  readonly inFlight: number;
  /** Called after every batch with the variants processed so far; a rejection stops the stage. */
  boundary(processedUnits: number): Promise<void>;
  /** Batch sizes in the stage's units; adaptive by default. */
  readonly batchSize?: BatchSize;
}

/**
 * Stage A: scores every base variant without stop and target and keeps the best `plan.shortlistTotal`, ordered by the
 * plan's ranking metrics, then base variant key ascending. Returns their stage A indexes in that order. In a plan that
 * expands all, that is what the default preselect would have handed on, to tell what it would have missed.
 */
export async function runStageA(plan: SweepPlan, options: StageOptions): Promise<readonly number[]> {
  const ranking = new BoundedRanking(plan.shortlistTotal, (index) => baseVariantKey(plan, index));
  await runBatches({
    total: plan.stageATotal,
    inFlight: options.inFlight,
    size: options.batchSize ?? stageBatchSize({ bars: options.bars, cells: 1 }),
    run: (batch) => options.session.scoreBase(batch, { keep: plan.shortlistTotal, floor: ranking.floor }),
    merge(_batch, candidates) {
      for (const unit of scoredUnits(candidates)) ranking.offer(unit);
    },
    boundary: options.boundary,
  });
  return ranking.ranked().map((entry) => entry.index);
}
