import type { SweepPlan } from "../core/grid/mod.ts";
import type { OptimizationTask } from "../core/optimization/mod.ts";
import type { JobResults } from "../ports/job_results.ts";
import { expandedBases } from "../sweep/expanded_bases.ts";

/** What a job's tasks find their base variants with. */
export interface TaskBasesOptions {
  readonly jobId: string;
  readonly plan: SweepPlan;
  readonly results: Pick<JobResults, "getShortlist">;
}

/**
 * The base variants of a job's tasks. Those of stage B are on the shortlist, which is stored before the first such task is put
 * up, and is the same in every attempt.
 */
export class TaskBases {
  readonly #options: TaskBasesOptions;
  #shortlist: readonly number[] | null = null;

  constructor(options: TaskBasesOptions) {
    this.#options = options;
  }

  /** Stage A indexes of a task's units; none in stage A, whose units they are. */
  async of(
    { stage, seq, fromUnit, toUnit }: Pick<OptimizationTask, "stage" | "seq" | "fromUnit" | "toUnit">,
  ): Promise<readonly number[]> {
    const { plan, results, jobId } = this.#options;
    if (stage === "stage_a") return [];
    if (this.#shortlist === null && !plan.expandsAll) {
      const stored = await results.getShortlist(jobId);
      if (stored === null) throw new Error(`Cannot work on task ${seq}: the job has no shortlist`);
      this.#shortlist = stored.stageAIndexes;
    }
    return expandedBases(plan, this.#shortlist ?? []).slice(fromUnit, toUnit);
  }
}
