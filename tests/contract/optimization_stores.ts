import type { Job, Lease } from "../../src/core/job/mod.ts";
import type {
  NewOptimization,
  NewTask,
  OptimizationTask,
  StopReason,
  TaskLease,
  TaskResult,
} from "../../src/core/optimization/mod.ts";
import { scoreOf, shownScore } from "../../src/core/optimization/mod.ts";
import type { EarlyStop } from "../../src/ports/optimization_coordinator.ts";
import type { TaskClaim } from "../../src/ports/task_queue.ts";
import { type JobStores, leaseOf, newJob, topVariant } from "./job_stores.ts";

/** What all workers of a test compute with, unless it says otherwise. */
export const moduleHash = "d".repeat(64);

/** Long enough that none runs out by itself, and short enough that one can be made to. */
const jobLeaseSeconds = 3_600;

/** The companion of a test's job. */
export function newOptimization(changes: Partial<NewOptimization> = {}): NewOptimization {
  return {
    concurrencyLimit: 64,
    earlyStop: { metric: "total_return_pct", threshold: -20, mode: "max" },
    topN: 3,
    taskVariants: 4,
    tasksMax: 1000,
    tasksTotal: 50,
    ...changes,
  };
}

/** The UUID of a task of the `n`-th job. */
export function taskIdOf(n: number, seq: number): string {
  return `00000000-0000-4000-9000-${(n * 0x10000 + seq).toString(16).padStart(12, "0")}`;
}

/** Task `seq` of the `n`-th job. */
export function newTask(n: number, seq: number): NewTask {
  const { payload } = topVariant(1);
  const range = { from: seq * 2, to: seq * 2 + 2 };
  return {
    taskId: taskIdOf(n, seq),
    seq,
    stage: "stage_b",
    fromUnit: range.from,
    toUnit: range.to,
    keep: 8,
    floor: seq % 2 === 0 ? null : -12.5,
    params: { stage: "stage_b", ...range, first: payload, last: payload },
  };
}

/** Creates the `n`-th job with a companion. */
export async function createOptimization(
  stores: Pick<JobStores, "jobs">,
  { n = 1, ...changes }: Partial<NewOptimization> & { readonly n?: number } = {},
): Promise<Job> {
  return await stores.jobs.create(newJob(n), { maxActive: 1000, optimization: newOptimization(changes) });
}

/** A coordinator at work on a job of its own, and the tasks it has put up. */
export interface Coordinated {
  readonly job: Job;
  readonly lease: Lease;
  readonly tasks: readonly OptimizationTask[];
}

/** Creates the `n`-th job, claims it and puts up as many tasks. Nothing else may be queued. */
export async function coordinated(
  stores: JobStores,
  { n = 1, count, module = moduleHash, ...changes }: Partial<NewOptimization> & {
    readonly n?: number;
    readonly count: number;
    readonly module?: string;
  },
): Promise<Coordinated> {
  await createOptimization(stores, { n, ...changes });
  const job = (await stores.queue.claimNext({ lockedBy: "coordinator", leaseSeconds: jobLeaseSeconds }))!;
  const lease = leaseOf(job);
  await stores.coordinator.begin(lease, { moduleHash: module });
  const tasks: OptimizationTask[] = [];
  for (let seq = 0; seq < count; seq++) {
    tasks.push((await stores.coordinator.addTask(lease, newTask(n, seq)))!);
  }
  return { job, lease, tasks };
}

/** How tests claim. */
export function claimBy(lockedBy: string, changes: Partial<TaskClaim> = {}): TaskClaim {
  return { lockedBy, leaseSeconds: 60, maxRetries: 5, moduleHash, ...changes };
}

/** Claims a task that must be there. */
export async function claimed(
  { tasks }: Pick<JobStores, "tasks">,
  lockedBy = "helper",
  changes: Partial<TaskClaim> = {},
): Promise<OptimizationTask> {
  const claim = await tasks.claimTask(claimBy(lockedBy, changes));
  if (claim.kind !== "claimed") throw new Error(`Cannot claim a test task: ${claim.kind}`);
  return claim.task;
}

/** The fence a worker got with its claim. */
export function taskLeaseOf({ taskId, jobId, lockedBy, attempt }: OptimizationTask): TaskLease {
  return { taskId, jobId, lockedBy: lockedBy ?? "nobody", attempt };
}

/** Leases that must not work on a task with `lease`. */
export function foreignTaskLeases(lease: TaskLease): readonly TaskLease[] {
  return [
    { ...lease, taskId: taskIdOf(99, 99) },
    { ...lease, jobId: newJob(99).jobId },
    { ...lease, lockedBy: "another" },
    { ...lease, attempt: lease.attempt + 1 },
  ];
}

/** A result with a score. */
export function resultOf(
  { taskId, seq }: Pick<OptimizationTask, "taskId" | "seq">,
  score: number | null,
): TaskResult {
  const resultSummaryId = score === null ? null : seq.toString(16).padStart(64, "0");
  const { payload: variant } = topVariant(1);
  return {
    result: Uint8Array.of(1, 0, 255, seq % 256),
    score,
    resultSummaryId,
    top: resultSummaryId === null
      ? null
      : { task_id: taskId, seq, ...shownScore(score), result_summary_id: resultSummaryId, variant },
    direction: "max",
  };
}

/** A stop at a task with a score. */
export function stopAt(task: Pick<OptimizationTask, "taskId" | "seq">, score: number): EarlyStop {
  const { taskId: task_id, seq } = task;
  const reason: StopReason = {
    kind: "early_stop_threshold",
    metric: "total_return_pct",
    mode: "max",
    threshold: -20,
    ...shownScore(score),
    task_id,
    seq,
  };
  return { reason, tasksFinished: seq + 1, topTasks: [resultOf(task, score).top!] };
}

/** What anybody can see of an optimisation: states of job and tasks, and its numbers. */
export async function seen(
  { optimizations, coordinator }: Pick<JobStores, "optimizations" | "coordinator">,
  jobId: string,
): Promise<SeenOptimization> {
  const state = (await optimizations.get(jobId))!;
  const { items } = await optimizations.listTasks({ jobId, limit: 1000 });
  const outcomes = await coordinator.readTasks({ jobId, seqs: items.slice(0, 64).map(({ seq }) => seq) });
  const { tasksFinished, stopReason, topTasks } = state.optimization;
  return {
    job: state.job.state,
    tasks: items.map(({ status }) => status),
    results: outcomes.filter(({ result }) => result !== null).map(({ seq }) => seq),
    tasksFinished,
    tasksRunning: state.tasksRunning,
    stopped: stopReason !== null,
    top: topTasks.map((top) => scoreOf(top)),
  };
}

/** See {@link seen}. */
export interface SeenOptimization {
  readonly job: Job["state"];
  readonly tasks: readonly OptimizationTask["status"][];
  readonly results: readonly number[];
  readonly tasksFinished: number;
  readonly tasksRunning: number;
  readonly stopped: boolean;
  readonly top: readonly (number | null)[];
}
