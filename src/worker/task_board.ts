import type { NewTask, OptimizationTask } from "../core/optimization/mod.ts";
import type { TaskOutcome } from "../ports/optimization_coordinator.ts";
import { race } from "../ports/race.ts";
import { Bell } from "./bell.ts";
import type { JobContext } from "./job_context.ts";
import { runTask, type TaskSweep } from "./run_task.ts";
import { type SharingDeps, TaskFailed } from "./sharing.ts";
import { StopJob } from "./stop.ts";
import { taskLease } from "./task_lease.ts";
import { taskFields } from "./task_fields.ts";

/** What a coordinator puts tasks up with. */
export interface TaskBoardOptions {
  readonly context: JobContext;
  readonly sharing: SharingDeps;
  /** What an earlier attempt left. */
  readonly adopted: readonly OptimizationTask[];
  /** What the coordinator works on its own tasks with. */
  open(task: OptimizationTask): Promise<TaskSweep>;
  /** Aborts when the job is not wanted any more. */
  readonly unwanted: AbortSignal;
}

/**
 * A coordinator's tasks: puts them up, works on them itself while it has nothing better to do, and tells what they came to,
 * whoever did them. At most as many are open as are asked for at the same time.
 */
export class TaskBoard implements AsyncDisposable {
  readonly #options: TaskBoardOptions;
  readonly #known: Map<number, OptimizationTask>;
  readonly #asked = new Map<number, PromiseWithResolvers<TaskOutcome>>();
  readonly #over = new AbortController();
  readonly #ends: Bell;
  readonly #work: Bell;
  readonly #hints: Disposable;
  readonly #loops: Promise<unknown>;

  constructor(options: TaskBoardOptions) {
    const { context: { job, deps: { clock, wakeups } }, adopted, unwanted } = this.#options = options;
    this.#known = new Map(adopted.map((task) => [task.seq, task]));
    this.#ends = new Bell(clock);
    this.#work = new Bell(clock);
    this.#hints = wakeups.subscribe({
      queued() {},
      cancelRequested() {},
      taskQueued: () => this.#work.ring(),
      taskEnded: (jobId) => jobId === job.jobId && this.#ends.ring(),
    });
    const refuse = () => this.refuseAll(unwanted.reason);
    unwanted.addEventListener("abort", refuse, { once: true, signal: this.#over.signal });
    this.#loops = Promise.all([this.#lookForEnds(), this.#workOnOwn()]);
  }

  /** What a task comes to; puts it up unless it is there. Rejects when it fails, or when nobody wants the job any more. */
  async ask(task: Omit<NewTask, "taskId">): Promise<TaskOutcome> {
    this.#options.unwanted.throwIfAborted();
    const asked = Promise.withResolvers<TaskOutcome>();
    // it may be refused before anybody waits for it
    asked.promise.catch(() => {});
    const { seq } = task;
    if (!this.#known.has(seq)) this.#known.set(seq, await this.#dispatch(task));
    this.#options.unwanted.throwIfAborted();
    this.#asked.set(seq, asked);
    this.#ends.ring();
    this.#work.ring();
    return await asked.promise;
  }

  /** Rejects whatever is asked for. */
  refuseAll(reason: unknown): void {
    for (const { reject } of this.#asked.values()) reject(reason);
    this.#asked.clear();
  }

  /** Gives a task that it works on back, and ends. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#over.abort();
    this.#hints[Symbol.dispose]();
    await this.#loops;
  }

  async #dispatch(task: Omit<NewTask, "taskId">): Promise<OptimizationTask> {
    const { context, sharing: { coordinator, newId } } = this.#options;
    // a lost reply must not make it another task
    const added = { ...task, taskId: newId() };
    const stored = await context.fenced("task", () => coordinator.addTask(context.lease, added));
    context.log.info("task_dispatched", {
      ...taskFields(stored, context.lease.lockedBy),
      from: task.fromUnit,
      to: task.toUnit,
    });
    return stored;
  }

  async #lookForEnds(): Promise<void> {
    const { context, sharing: { coordinator } } = this.#options;
    const { jobId, deps: { settings } } = { jobId: context.job.jobId, deps: context.deps };
    while (!this.#over.signal.aborted) {
      await this.#ends.wait(settings.claimPollSeconds * 1000, this.#over.signal);
      const seqs = [...this.#asked.keys()];
      if (this.#over.signal.aborted || seqs.length === 0) continue;
      const reading = coordinator.readTasks({ jobId, seqs });
      try {
        for (const outcome of await this.#whileOn(reading) ?? []) this.#settle(outcome);
      } catch (error) {
        context.log.warn("task_look_failed", { error });
      }
    }
  }

  #settle(outcome: TaskOutcome): void {
    const { seq, status, lastError } = outcome;
    switch (status) {
      case "queued":
      case "running":
        return;
      case "succeeded":
        this.#asked.get(seq)?.resolve(outcome);
        this.#asked.delete(seq);
        return;
      case "failed":
        this.#options.sharing.metrics.optimizationStopped("task_failed");
        return this.refuseAll(
          new TaskFailed(lastError ?? { code: "unexpected_error", message: "A task failed", details: {} }),
        );
      case "cancelled":
      case "early-stopped":
        // only a write that ends the job does this to an open task
        return this.refuseAll(new StopJob("lease_lost", "task"));
    }
  }

  async #workOnOwn(): Promise<void> {
    const { context: { deps: { settings } } } = this.#options;
    while (!this.#over.signal.aborted) {
      if (this.#asked.size > 0 && await this.#workOnOne()) continue;
      await this.#work.wait(settings.claimPollSeconds * 1000, this.#over.signal);
    }
  }

  /** Whether there was one to work on. */
  async #workOnOne(): Promise<boolean> {
    const { context, sharing, open, unwanted } = this.#options;
    const { deps, lease: { lockedBy, jobId } } = context;
    const { tasks, moduleHash, maxRetries } = sharing;
    const sentMs = deps.clock.monotonicMs();
    try {
      const { leaseSeconds } = deps.settings;
      const claiming = tasks.claimTask({ lockedBy, leaseSeconds, maxRetries, moduleHash, jobId });
      const claimed = await this.#whileOn(claiming);
      if (claimed === null) {
        // given back when it comes after all
        claiming.then((late) =>
          late.kind === "claimed" ? tasks.release(taskLease(late.task, lockedBy)) : null
        )
          .catch(() => {});
        return false;
      }
      if (claimed.kind === "none") return false;
      if (claimed.kind === "claimed") {
        const stop = AbortSignal.any([this.#over.signal, unwanted]);
        const { task, reclaim } = claimed;
        await runTask({ task, reclaim, lockedBy, sentMs }, {
          deps,
          sharing,
          stop,
          open,
        });
      }
      this.#ends.ring();
      return true;
    } catch (error) {
      context.log.warn("task_claim_failed", { error });
      return false;
    }
  }

  /** The call's result; null when the board is closed meanwhile. */
  async #whileOn<T>(call: Promise<T>): Promise<T | null> {
    return await race<T, null>(() => call, { abort: { signal: this.#over.signal, aborted: () => null } });
  }
}
