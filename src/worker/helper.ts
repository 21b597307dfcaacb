import type { Job } from "../core/job/mod.ts";
import type { OptimizationTask } from "../core/optimization/mod.ts";
import type { ComputeSession } from "../ports/compute.ts";
import { readStored } from "../request/stored.ts";
import { candlesHash } from "../sweep/candles_hash.ts";
import { type PreparedSweep, prepareSweep } from "../sweep/prepare.ts";
import { candlesChanged } from "./candles_changed.ts";
import { inLeaseTime } from "./in_lease_time.ts";
import type { WorkerDeps } from "./job_context.ts";
import { preparing } from "./preparing.ts";
import { runTask, type TaskSweep } from "./run_task.ts";
import type { SharingDeps } from "./sharing.ts";
import { StopJob } from "./stop.ts";
import { TaskBases } from "./task_bases.ts";
import { taskFields } from "./task_fields.ts";
import { taskLease } from "./task_lease.ts";

/** Who helps, until when. */
export interface HelperRun {
  readonly lockedBy: string;
  readonly stop: AbortSignal;
}

/** A sweep that tasks were worked on last, kept for the next ones of its job. */
interface OpenSweep {
  readonly jobId: string;
  readonly attempt: number;
  readonly sweep: PreparedSweep;
  readonly session: ComputeSession;
  readonly bases: TaskBases;
}

/** Works on tasks of other workers' jobs while there is no job to claim. */
export class Helper implements AsyncDisposable {
  readonly #deps: WorkerDeps;
  readonly #sharing: SharingDeps;
  readonly #run: HelperRun;
  /** Jobs of another module that were told of. */
  readonly #told = new Set<string>();
  #open: OpenSweep | null = null;
  #idleSinceMs: number | null = null;

  constructor(deps: WorkerDeps, { sharing, ...run }: HelperRun & { readonly sharing: SharingDeps }) {
    this.#deps = deps;
    this.#sharing = sharing;
    this.#run = run;
  }

  /** Whether it has a sweep open, so that another task of it costs no load. */
  get isWarm(): boolean {
    return this.#open !== null;
  }

  /** Claims a task and works on it; whether there was one. Rejects when the database does not answer the claim. */
  async help(): Promise<boolean> {
    const { lockedBy, stop } = this.#run;
    const { tasks, moduleHash, maxRetries } = this.#sharing;
    const { clock, log, settings: { leaseSeconds } } = this.#deps;
    const sentMs = clock.monotonicMs();
    const claimed = await inLeaseTime(tasks.claimTask({ lockedBy, leaseSeconds, maxRetries, moduleHash }), {
      deps: this.#deps,
      action: "claim a task",
      // worth nothing any more
      onLate: (late) => late.kind === "claimed" ? tasks.release(taskLease(late.task, lockedBy)) : null,
    });
    switch (claimed.kind) {
      case "none":
        this.#tellOther(claimed.otherModule);
        await this.#restInTime();
        return false;
      case "exhausted":
        log.error("task_retries_exhausted", {
          ...taskFields(claimed.task, lockedBy),
          retries: claimed.task.retries,
        });
        return true;
      case "claimed": {
        this.#idleSinceMs = null;
        const { task, reclaim } = claimed;
        await runTask({ task, reclaim, lockedBy, sentMs }, {
          deps: this.#deps,
          sharing: this.#sharing,
          stop,
          open: (of, signal) => this.#sweepOf(of, signal),
        });
        return true;
      }
    }
  }

  /** Lets go of what is kept for the next task. */
  async rest(): Promise<void> {
    const open = this.#open;
    this.#open = null;
    this.#idleSinceMs = null;
    await open?.session[Symbol.asyncDispose]();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.rest();
  }

  /** A coordinator puts up the next task when one is done, so a sweep is kept for a while. */
  async #restInTime(): Promise<void> {
    if (this.#open === null) return;
    const { clock, settings: { leaseSeconds } } = this.#deps;
    const nowMs = clock.monotonicMs();
    this.#idleSinceMs ??= nowMs;
    if (nowMs - this.#idleSinceMs >= leaseSeconds * 1000) await this.rest();
  }

  #tellOther(jobId: string | null): void {
    if (jobId === null || this.#told.has(jobId)) return;
    if (this.#told.size >= toldMax) this.#told.clear();
    this.#told.add(jobId);
    const { lockedBy } = this.#run;
    this.#deps.log.warn("other_module", {
      job_id: jobId,
      locked_by: lockedBy,
      module_hash: this.#sharing.moduleHash,
    });
  }

  async #sweepOf(task: OptimizationTask, signal: AbortSignal): Promise<TaskSweep> {
    const found = await this.#sharing.tasks.readJob(task.jobId);
    if (found === null) throw new StopJob("lease_lost", "task");
    const { job } = found;
    if (this.#open?.jobId !== job.jobId || this.#open.attempt !== job.attempt) {
      await this.rest();
      this.#open = await this.#load(job, signal);
    }
    const { sweep, session } = this.#open;
    const bases = await this.#open.bases.of(task);
    return { sweep, session, bases };
  }

  async #load(job: Job, signal: AbortSignal): Promise<OpenSweep> {
    const { compute } = this.#deps;
    const sweep = await prepareSweep(readStored(job), preparing(this.#deps, { userId: job.userId, signal }));
    const hash = candlesHash(sweep.timeline);
    const noted = await this.#sharing.tasks.confirmCandles(job.jobId, hash);
    if (noted === null) throw new StopJob("lease_lost", "candles");
    if (noted !== hash) throw candlesChanged(sweep);
    const session = await compute.open({ ...sweep, signal: this.#run.stop });
    const bases = new TaskBases({ jobId: job.jobId, plan: sweep.plan, results: this.#deps.results });
    return { jobId: job.jobId, attempt: job.attempt, sweep, session, bases };
  }
}

/** Jobs remembered as told of. */
const toldMax = 1000;
