import type { Optimization, OptimizationTask } from "../core/optimization/mod.ts";
import type { EffectiveRequest } from "../request/body.ts";
import type { ComputeSession } from "../ports/compute.ts";
import { candlesHash } from "../sweep/candles_hash.ts";
import type { PreparedSweep } from "../sweep/prepare.ts";
import { candlesChanged } from "./candles_changed.ts";
import type { JobContext } from "./job_context.ts";
import { SharedSweep } from "./shared_sweep.ts";
import type { SharingDeps } from "./sharing.ts";
import { TaskBases } from "./task_bases.ts";
import { TaskBoard } from "./task_board.ts";

/** An optimisation that this worker coordinates. */
export interface BegunSharing {
  readonly sharing: SharingDeps;
  readonly optimization: Optimization;
  readonly tasks: readonly OptimizationTask[];
}

/** Reads what there is of the job's tasks; null for one that is not shared. */
export async function beginSharing(
  context: JobContext,
  { fold_equal: folds }: Pick<EffectiveRequest, "fold_equal">,
): Promise<BegunSharing | null> {
  const { deps: { sharing }, lease } = context;
  // equal trades are found by one worker, who sees all of them
  if (sharing === undefined || folds) return null;
  const { coordinator, moduleHash } = sharing;
  const { optimization, tasks } = await context.fenced(
    "begin",
    () => coordinator.begin(lease, { moduleHash }),
  );
  if (optimization === null) return null;
  context.shares = true;
  return { sharing, optimization, tasks };
}

/** Rejects when the candles are not those that tasks were computed on. */
export async function confirmCandles(
  context: JobContext,
  { sharing: { tasks }, sweep }: Pick<BegunSharing, "sharing"> & { readonly sweep: PreparedSweep },
): Promise<void> {
  const hash = candlesHash(sweep.timeline);
  const noted = await context.fenced("candles", () => tasks.confirmCandles(context.job.jobId, hash));
  if (noted !== hash) throw candlesChanged(sweep);
}

/** What both stages are shared with. */
export interface SharedStages extends BegunSharing {
  readonly context: JobContext;
  readonly unwanted: AbortSignal;
  readonly sweep: PreparedSweep;
  readonly session: ComputeSession;
}

/** Runs the stages over a board, which is closed when they end. */
export async function shareStages<T>(
  { context, sharing, optimization, tasks, unwanted, sweep, session }: SharedStages,
  stages: (shared: SharedSweep) => Promise<T>,
): Promise<T> {
  const { job: { jobId }, deps: { results } } = context;
  const bases = new TaskBases({ jobId, plan: sweep.plan, results });
  await using board = new TaskBoard({
    context,
    sharing,
    adopted: tasks,
    unwanted,
    open: async (task) => ({ sweep, session, bases: await bases.of(task) }),
  });
  return await stages(new SharedSweep({ context, sharing, board, optimization, sweep, session }));
}
