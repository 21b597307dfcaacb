import { firstBatchVariants } from "../core/limits.ts";
import type { SweepPlan } from "../core/plan.ts";
import { BoundedRanking } from "../core/ranking.ts";
import { variantKey } from "../core/variant_key.ts";
import { expandedBases } from "./expanded_bases.ts";
import { adaptiveBatchSize } from "./batch_size.ts";
import { runBatches } from "./batches.ts";
import { type ScoredUnit, scoredUnits } from "./scored_unit.ts";
import type { StageOptions } from "./stage_a.ts";

/** A variant that is (so far) among the best. */
export interface RankedVariant {
  /** 1..K. */
  readonly rank: number;
  /** `position among the expanded bases * riskTotal + riskIndex`. */
  readonly variantIndex: number;
  readonly stageAIndex: number;
  readonly riskIndex: number;
  readonly variantKey: string;
  readonly totalReturnPct: number;
  /** Goodness of the primary and the secondary ranking metric. */
  readonly score: number;
  readonly secondary: number;
}

/** The best variants while Stage B runs. */
export interface Leaders {
  /** Grows whenever the set or its order changes. */
  readonly changes: number;
  /** How many are held, never more than `topK`. */
  readonly size: number;
  /** In rank order. */
  ranked(): readonly RankedVariant[];
}

/** What Stage B needs besides its plan. */
export interface StageBOptions extends Omit<StageOptions, "boundary"> {
  /** Stage A indexes in ranked order; not looked at in a plan that expands all. */
  readonly shortlist: readonly number[];
  /** How many rows are kept. */
  readonly topK: number;
  boundary(processed: number, leaders: Leaders): Promise<void>;
}

/**
 * Stage B: scores the shortlist, or all base variants in stage A order, with every stop and target and keeps the best `topK`, ordered by the plan's ranking
 * metrics, then variant key ascending. Rejects when two kept variants have the same key.
 */
export async function runStageB(plan: SweepPlan, options: StageBOptions): Promise<Leaders> {
  const { topK } = options;
  const bases = expandedBases(plan, options.shortlist);
  const locate = (variantIndex: number) => ({
    stageAIndex: bases.at(Math.floor(variantIndex / plan.riskTotal)),
    riskIndex: variantIndex % plan.riskTotal,
  });
  const ranking = new BoundedRanking<ScoredUnit>(topK, (index) => variantKey(plan, locate(index)));
  const leaders: Leaders = {
    get changes() {
      return ranking.changes;
    },
    get size() {
      return ranking.size;
    },
    ranked: () =>
      ranking.ranked().map(({ index, key, totalReturnPct, score, secondary }, i) => ({
        rank: i + 1,
        variantIndex: index,
        ...locate(index),
        variantKey: key,
        totalReturnPct,
        score,
        secondary,
      })),
  };
  await runBatches({
    total: bases.total,
    inFlight: options.inFlight,
    size: options.batchSize ?? adaptiveBatchSize(firstBatchVariants / plan.riskTotal),
    run: ({ from, to }) =>
      options.session.scoreRisk(bases.slice(from, to), { keep: topK, floor: ranking.floor }),
    merge({ from }, candidates) {
      for (const unit of scoredUnits(candidates, from * plan.riskTotal)) ranking.offer(unit);
    },
    boundary: (processed) => options.boundary(processed * plan.riskTotal, leaders),
  });
  assertDistinctKeys(leaders.ranked());
  return leaders;
}

function assertDistinctKeys(rows: readonly RankedVariant[]): void {
  const seen = new Set<string>();
  for (const { variantKey } of rows) {
    if (seen.has(variantKey)) throw new Error(`Cannot rank variants: key ${variantKey} occurs twice`);
    seen.add(variantKey);
  }
}
