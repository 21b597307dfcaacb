import { type SweepPlan, variantKey, variantPayload } from "../core/grid/mod.ts";
import { type ScoredColumns, shownScore, type TopTask } from "../core/optimization/mod.ts";
import { BoundedRanking, valueOfGoodness } from "../core/ranking/mod.ts";
import { type ScoredUnit, scoredUnits } from "./scored_unit.ts";

/** A task's best variant, as the summary tells it. */
export interface TaskBest {
  readonly taskId: string;
  readonly seq: number;
  /** Its primary metric. */
  readonly score: number;
  readonly key: string;
  readonly variant: { readonly stageAIndex: number; readonly riskIndex: number | null };
}

/** The value of the primary metric; null where it is missing. */
export function taskScore(
  { ranking }: Pick<SweepPlan, "ranking">,
  best: Pick<ScoredUnit, "score">,
): number | null {
  return valueOfGoodness(ranking.primary, best.score);
}

/** The task's entry in the summary. */
export function topTask(plan: SweepPlan, { taskId, seq, score, key, variant }: TaskBest): TopTask {
  return {
    task_id: taskId,
    seq,
    ...shownScore(score),
    result_summary_id: key,
    variant: variantPayload(plan, variant),
  };
}

/** The same of a stored result of stage B; null for one without a score. `bases` are those of the task's units. */
export function storedTopTask(
  { taskId, seq, columns }: Pick<TaskBest, "taskId" | "seq"> & { readonly columns: ScoredColumns },
  { plan, bases }: { readonly plan: SweepPlan; readonly bases: readonly number[] },
): TopTask | null {
  const locate = (index: number) => ({
    stageAIndex: bases[Math.floor(index / plan.riskTotal)]!,
    riskIndex: index % plan.riskTotal,
  });
  const ranking = new BoundedRanking<ScoredUnit>(1, (index) => variantKey(plan, locate(index)));
  for (const unit of scoredUnits({ ...columns, elapsedMs: 0 })) ranking.offer(unit);
  const best = ranking.best!;
  const score = taskScore(plan, best);
  if (score === null) return null;
  return topTask(plan, { taskId, seq, score, key: best.key, variant: locate(best.index) });
}
