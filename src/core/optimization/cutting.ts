import type { SweepPlan } from "../grid/mod.ts";
import type { NewOptimization } from "./optimization.ts";
import type { TaskStage } from "./task.ts";

/** How finely a stage is cut. */
export type CutSize = Pick<NewOptimization, "taskVariants" | "tasksMax">;

/** A stage's units: base variants, or expanded ones with `cells` variants each. */
export interface StageUnits {
  readonly units: number;
  readonly cells: number;
}

/** A stage as it is cut. */
export interface StageCuts extends StageUnits {
  readonly stage: TaskStage;
  /** How many tasks it has. */
  readonly tasks: number;
  /** `seq` of its first task. */
  readonly firstSeq: number;
}

/** Both stages of a sweep. */
export interface SweepCuts {
  readonly stageA: StageCuts;
  readonly stageB: StageCuts;
  readonly tasksTotal: number;
}

/** Into how many tasks a stage is cut: as many as make about `taskVariants` each, none of them empty. */
export function taskCount({ units, cells }: StageUnits, { taskVariants, tasksMax }: CutSize): number {
  return Math.min(Math.max(Math.ceil(units * cells / taskVariants), 1), tasksMax, units);
}

/** Half-open range of units of task `i` of `tasks`; the ranges cover `[0, units)` without overlap. */
export function taskRange(
  { units, tasks }: { readonly units: number; readonly tasks: number },
  i: number,
): { readonly from: number; readonly to: number } {
  return { from: Math.floor(i * units / tasks), to: Math.floor((i + 1) * units / tasks) };
}

/** Which of the tasks begins at a unit; throws when none does. */
export function taskAt(
  { units, tasks }: { readonly units: number; readonly tasks: number },
  from: number,
): number {
  const near = Math.floor(from * tasks / units);
  for (const i of [near, near + 1]) if (taskRange({ units, tasks }, i).from === from) return i;
  throw new Error(`Cannot cut ${units} units into ${tasks} tasks at ${from}: no task begins there`);
}

/** Both stages of a plan, cut. Depends on the request and the sizes alone. */
export function cutSweep(
  plan: Pick<SweepPlan, "stageATotal" | "shortlistTotal" | "expandsAll" | "riskTotal">,
  size: CutSize,
): SweepCuts {
  const ofA = { units: plan.stageATotal, cells: 1 };
  const ofB = { units: plan.expandsAll ? plan.stageATotal : plan.shortlistTotal, cells: plan.riskTotal };
  const [tasksA, tasksB] = [taskCount(ofA, size), taskCount(ofB, size)];
  return {
    stageA: { ...ofA, stage: "stage_a", tasks: tasksA, firstSeq: 0 },
    stageB: { ...ofB, stage: "stage_b", tasks: tasksB, firstSeq: tasksA },
    tasksTotal: tasksA + tasksB,
  };
}
