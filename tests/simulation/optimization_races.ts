import assert from "node:assert/strict";
import { isTerminal, type Job, type Lease } from "../../src/core/job/mod.ts";
import { isOpenTask, type OptimizationTask, scoreOf } from "../../src/core/optimization/mod.ts";
import { leaseOf, newJob, reportedVariant, userId } from "../contract/job_stores.ts";
import type { JobStores } from "../contract/job_stores.ts";
import {
  claimBy,
  moduleHash,
  newOptimization,
  newTask,
  resultOf,
  stopAt,
  taskLeaseOf,
} from "../contract/optimization_stores.ts";
import type { Chance } from "./chance.ts";
import type { Race, Step } from "./races.ts";

/** A store for races, with ways to let leases run out. */
export type OptimizationRaceStores =
  & Pick<JobStores, "jobs" | "queue" | "coordinator" | "tasks" | "optimizations" | "expireLease">
  & {
    /** Of all running tasks. */
    expireTasks(): Promise<void>;
  };

/** See {@link Race}. */
export interface OptimizationRace extends Omit<Race, "stores"> {
  readonly stores: OptimizationRaceStores;
}

/** How a race ended. */
export interface RaceEnd {
  readonly state: Job["state"];
  readonly stopped: boolean;
}

/** What the parties of one race were told. */
interface Told {
  /** Tasks whose result was taken. */
  readonly completed: Set<number>;
  /** Endings of the job that somebody was told he made. */
  readonly endings: Job["state"][];
  /** Numbers of the stop that was answered first. */
  stop: { readonly tasksFinished: number; readonly score: number } | null;
}

const count = 4;
const error = { code: "task_failed", message: "Cannot go on: a race", details: {} };

/**
 * An optimisation on its last metres, and around it at the same time: helpers with the last tasks, one of whose leases may run
 * out; its coordinator, who stops it, ends it, or loses it to another; and a user who cancels. Rejects unless the job ended once, no
 * task is open and no result left, exactly those tasks have succeeded whose helpers were told so, and the numbers are those of the
 * stop, or of all that is over. Returns how it ended.
 */
export async function runOptimizationRace(race: OptimizationRace): Promise<RaceEnd> {
  const { stores, chance, number, run } = race;
  const { jobs, queue, coordinator, tasks } = stores;
  const optimization = newOptimization({ concurrencyLimit: count, topN: count });
  const { jobId } = await jobs.create(newJob(number), { maxActive: 1_000_000, optimization });
  const lease = leaseOf((await queue.claimNext({ lockedBy: "first", leaseSeconds: 60 }))!);
  assert.equal(lease.jobId, jobId);
  await coordinator.begin(lease, { moduleHash });
  for (let seq = 0; seq < count; seq++) await coordinator.addTask(lease, newTask(number, seq));
  const told: Told = { completed: new Set(), endings: [], stop: null };
  const claim = async (helper: string): Promise<OptimizationTask | null> => {
    const claimed = await tasks.claimTask(claimBy(helper, { jobId }));
    return claimed.kind === "claimed" ? claimed.task : null;
  };
  const first = (await claim("helper-0"))!;
  await complete(stores, { task: first, told });
  const helper = (name: string): readonly Step[] => {
    let task: OptimizationTask | null = null;
    return [
      async () => void (task = await claim(name)),
      async () => task && await tasks.heartbeat(taskLeaseOf(task), { leaseSeconds: 60 }),
      async () => task && await leaveTask(stores, { task, told, chance }),
    ];
  };
  const heir = async () => {
    await stores.expireLease(jobId);
    const job = await queue.claimNext({ lockedBy: "second", leaseSeconds: 60 });
    if (job?.state !== "running") return;
    const begun = await coordinator.begin(leaseOf(job), { moduleHash });
    if (begun && chance.happens(0.5)) await coordinator.addTask(leaseOf(job), newTask(number, 0));
  };
  const cancel = () => jobs.cancel({ jobId, userId });
  await run([
    coordinating(stores, { lease, first, told, chance }),
    helper("helper-1"),
    helper("helper-2"),
    helper("helper-3"),
    chance.happens(0.3) ? [() => stores.expireTasks()] : [],
    chance.happens(0.3) ? [heir] : [],
    chance.happens(0.7) ? [cancel, cancel] : [],
  ]);
  await drain(stores, { jobId, told });
  return await checkEnd(stores, { jobId, told });
}

/** A coordinator's last steps: perhaps a stop, then an end. */
function coordinating(
  { queue, coordinator }: OptimizationRaceStores,
  { lease, first, told, chance }: {
    readonly lease: Lease;
    readonly first: OptimizationTask;
    readonly told: Told;
    readonly chance: Chance;
  },
): readonly Step[] {
  const note = (job: Pick<Job, "state"> | null) =>
    void (job && isTerminal(job.state) && told.endings.push(job.state));
  const score = chance.below(3);
  const stop = async () => {
    const before = { ...stopAt(first, score), tasksFinished: 1 };
    if (await coordinator.stop(lease, before)) told.stop ??= { tasksFinished: 1, score };
  };
  const succeed = async () => note(await queue.succeed(lease, [reportedVariant(1)]));
  const ends: readonly Step[] = [
    succeed,
    async () => note(await queue.finish(lease, { state: "failed", error })),
    async () => note(await queue.finish(lease, { state: "cancelled" })),
    async () => note(await queue.release(lease)),
  ];
  return [
    ...(chance.happens(0.6) ? [stop, stop] : []),
    () => queue.heartbeat(lease, { leaseSeconds: 60 }),
    chance.happens(0.5) ? succeed : chance.oneOf(ends),
  ];
}

async function complete(
  { tasks }: OptimizationRaceStores,
  { task, told }: { readonly task: OptimizationTask; readonly told: Told },
): Promise<void> {
  const done = await tasks.complete(taskLeaseOf(task), resultOf(task, task.seq));
  if (done) told.completed.add(task.seq);
}

/** Mostly with a result. */
async function leaveTask(
  stores: OptimizationRaceStores,
  { task, told, chance }: { readonly task: OptimizationTask; readonly told: Told; readonly chance: Chance },
): Promise<void> {
  if (chance.happens(0.8)) return await complete(stores, { task, told });
  const { tasks } = stores;
  const lease = taskLeaseOf(task);
  await chance.oneOf([
    () => tasks.release(lease),
    () => tasks.retry(lease, { delayMs: 0, error }),
    () => tasks.fail(lease, error),
  ])();
}

// whoever still holds the job is gone; the next worker fails it
async function drain(
  { jobs, queue, expireLease }: OptimizationRaceStores,
  { jobId, told }: { readonly jobId: string; readonly told: Told },
): Promise<void> {
  for (let job = await jobs.get(jobId); job && !isTerminal(job.state); job = await jobs.get(jobId)) {
    if (job.state === "running") await expireLease(jobId);
    const claimed = await queue.claimNext({ lockedBy: "third", leaseSeconds: 60 });
    const ended = claimed?.state === "running"
      ? await queue.finish(leaseOf(claimed), { state: "failed", error })
      : claimed;
    if (ended && isTerminal(ended.state)) told.endings.push(ended.state);
  }
}

async function checkEnd(
  { optimizations, coordinator }: OptimizationRaceStores,
  { jobId, told }: { readonly jobId: string; readonly told: Told },
): Promise<RaceEnd> {
  const { job, optimization, tasksRunning } = (await optimizations.get(jobId))!;
  const { items } = await optimizations.listTasks({ jobId, limit: 1000 });
  const outcomes = await coordinator.readTasks({ jobId, seqs: items.map(({ seq }) => seq) });
  const statuses = items.map(({ status }) => status);
  const story = `${job.state}, ${statuses}, told ${
    JSON.stringify({ ...told, completed: [...told.completed] })
  }`;
  assert.ok(isTerminal(job.state), story);
  assert.ok(told.endings.length <= 1, `ended more than once: ${story}`);
  assert.equal(job.state, told.endings[0] ?? "cancelled", story);
  assert.deepEqual(items.filter(isOpenTask), [], story);
  assert.equal(tasksRunning, 0, story);
  assert.deepEqual(outcomes.filter(({ result }) => result !== null), [], story);
  const succeeded = items.filter(({ status }) => status === "succeeded").map(({ seq }) => seq);
  assert.deepEqual(succeeded, [...told.completed].sort((a, b) => a - b), story);
  const stopped = optimization.stopReason !== null;
  assert.equal(stopped, told.stop !== null, story);
  assert.ok(!statuses.includes(stopped ? "cancelled" : "early-stopped"), story);
  const { tasksFinished, topTasks } = optimization;
  const scores = topTasks.map((top) => scoreOf(top));
  if (told.stop) {
    assert.deepEqual([tasksFinished, scores], [told.stop.tasksFinished, [told.stop.score]], story);
  } else {
    assert.equal(tasksFinished, job.state === "succeeded" ? succeeded.length : items.length, story);
    assert.deepEqual(scores, succeeded.toReversed(), story);
  }
  return { state: job.state, stopped };
}
