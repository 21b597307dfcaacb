import { type SweepPlan, variantKey } from "../core/grid/mod.ts";
import { BoundedRanking, FoldedRanking } from "../core/ranking/mod.ts";
import { atMost, foldedBasesMax, stageBatchSize } from "./batch_size.ts";
import { runBatches } from "./batches.ts";
import { type ExpandedBases, expandedBases, promisingFirst } from "./expanded_bases.ts";
import { foldBatch, type FoldedUnit } from "./fold_batch.ts";
import { type ScoredUnit, scoredUnits } from "./scored_unit.ts";
import type { StageOptions } from "./stage_a.ts";

/** A variant that is (so far) among the best. */
export interface RankedVariant {
  /** 1..K. */
  readonly rank: number;
  /** `number of the base among the expanded ones * riskTotal + riskIndex`; see `ExpandedBases`. */
  readonly variantIndex: number;
  readonly stageAIndex: number;
  readonly riskIndex: number;
  readonly variantKey: string;
  readonly totalReturnPct: number;
  /** Goodness of the primary and the secondary ranking metric. */
  readonly score: number;
  readonly secondary: number;
  /** What tells its trades from those of other rows; null unless equal trades are folded. */
  readonly tradesDigest: string | null;
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
  /** Stage A indexes in ranked order; a plan that expands all begins with the first of them. */
  readonly shortlist: readonly number[];
  /** How many rows are kept. */
  readonly topK: number;
  /** Whether variants with equal trades count as one. */
  readonly foldEqual: boolean;
  /** `enough` ends the stage as if it had no more variants. */
  boundary(processedUnits: number, leaders: Leaders): Promise<void | "enough">;
  /** Whether a plan that expands all keeps to stage A order; otherwise the most promising base variants come first. */
  readonly inStageAOrder?: boolean;
  /** Merges in order, so that at a boundary the leaders are those of the variants processed and no others; see `runBatches`. */
  readonly inOrder?: boolean;
  /** Called from time to time within a batch that folds equal trades; a rejection stops the stage. */
  pause(): Promise<void>;
}

/**
 * Stage B: scores the shortlist, or all base variants, with every stop and target and keeps the best
 * `topK`, ordered by the plan's ranking metrics, then variant key ascending; with `foldEqual`, of those with equal trades
 * the one of the smallest key. Rejects when two kept variants have the same key.
 */
export async function runStageB(plan: SweepPlan, options: StageBOptions): Promise<Leaders> {
  const bases = (options.inStageAOrder ? expandedBases : promisingFirst)(plan, options.shortlist);
  const locate = (variantIndex: number) => ({
    stageAIndex: bases.withNumber(Math.floor(variantIndex / plan.riskTotal)),
    riskIndex: variantIndex % plan.riskTotal,
  });
  const run = options.foldEqual ? runFolded : runPlain;
  const leaders = await run(plan, { ...options, bases, locate });
  assertDistinctKeys(leaders.ranked());
  return leaders;
}

/** Stage B with what its indexes mean. */
interface RunOptions extends StageBOptions {
  readonly bases: ExpandedBases;
  readonly locate: (variantIndex: number) => { readonly stageAIndex: number; readonly riskIndex: number };
}

async function runPlain(plan: SweepPlan, options: RunOptions): Promise<Leaders> {
  const { topK, bases, session } = options;
  const ranking = new BoundedRanking<ScoredUnit>(topK, keysOf(plan, options));
  const leaders = leadersOf(ranking, options);
  await runBatches({
    ...batchesOf(plan, options),
    run: ({ from, to }) => session.scoreRisk(bases.slice(from, to), { keep: topK, floor: ranking.floor }),
    merge({ from }, candidates) {
      for (const unit of scoredUnits(candidates, numberedFrom(from, { plan, bases }))) ranking.offer(unit);
    },
    boundary: (bases) => options.boundary(bases * plan.riskTotal, leaders),
  });
  return leaders;
}

async function runFolded(plan: SweepPlan, options: RunOptions): Promise<Leaders> {
  const { topK, bases, bars, locate, session } = options;
  const pause = () => options.pause();
  const keyOf = keysOf(plan, options);
  const ranking = new FoldedRanking<FoldedUnit>(topK, keyOf);
  const leaders = leadersOf(ranking, options);
  const batches = batchesOf(plan, options);
  await runBatches({
    ...batches,
    size: atMost(batches.size, foldedBasesMax(plan.riskTotal)),
    async run({ from, to }) {
      // the best of a batch may all have the same trades, so how many matter is not known
      const keep = (to - from) * plan.riskTotal;
      const candidates = await session.scoreRisk(bases.slice(from, to), { keep, floor: ranking.floor });
      const numbered = numberedFrom(from, { plan, bases });
      return await foldBatch(candidates, { session, bars, ranking, topK, keyOf, locate, numbered, pause });
    },
    merge(_batch, { units }) {
      for (const unit of units) ranking.offer(unit);
    },
    boundary: (bases) => options.boundary(bases * plan.riskTotal, leaders),
  });
  return leaders;
}

function batchesOf(plan: SweepPlan, { bases, bars, inFlight, inOrder = false, batchSize }: RunOptions) {
  return {
    total: bases.total,
    inFlight,
    inOrder,
    size: batchSize ?? stageBatchSize({ bars, cells: plan.riskTotal }),
  };
}

/** Indexes of variants, from those within a batch that begins at a position of the bases. */
function numberedFrom(
  from: number,
  { plan, bases }: { readonly plan: SweepPlan; readonly bases: ExpandedBases },
): (index: number) => number {
  const cells = plan.riskTotal;
  return (index) => bases.numberAt(from + Math.floor(index / cells)) * cells + index % cells;
}

function keysOf(plan: SweepPlan, { locate }: RunOptions): (index: number) => string {
  return (index) => variantKey(plan, locate(index));
}

/** A ranking, as Stage B shows it. */
interface UnitRanking {
  readonly changes: number;
  readonly size: number;
  ranked(): readonly (ScoredUnit & { readonly key: string; readonly digest?: string })[];
}

function leadersOf(ranking: UnitRanking, { locate }: RunOptions): Leaders {
  return {
    get changes() {
      return ranking.changes;
    },
    get size() {
      return ranking.size;
    },
    ranked: () =>
      ranking.ranked().map(({ index, key, totalReturnPct, score, secondary, digest = null }, i) => ({
        rank: i + 1,
        variantIndex: index,
        ...locate(index),
        variantKey: key,
        totalReturnPct,
        score,
        secondary,
        tradesDigest: digest,
      })),
  };
}

function assertDistinctKeys(rows: readonly RankedVariant[]): void {
  const seen = new Set<string>();
  for (const { variantKey } of rows) {
    if (seen.has(variantKey)) throw new Error(`Cannot rank variants: key ${variantKey} occurs twice`);
    seen.add(variantKey);
  }
}
