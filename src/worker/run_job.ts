import { readStored } from "../request/stored.ts";
import type { Job, Stage, TopVariant } from "../core/job/mod.ts";
import type { Compute, ComputeSession, SweepInput } from "../ports/compute.ts";
import { prepareSweep } from "../sweep/prepare.ts";
import { type EndedClaim, endJob } from "./end_job.ts";
import { JobContext, type WorkerDeps } from "./job_context.ts";
import { jobFields } from "./job_fields.ts";
import { preparing } from "./preparing.ts";
import { beginSharing, confirmCandles, shareStages } from "./share_job.ts";
import { finalizing, runDataOf, stageA, stageB, type StageInput } from "./stages.ts";
import { StopJob } from "./stop.ts";
import { WantedJob } from "./wanted_job.ts";

/** A claimed job and how it was claimed. */
export interface Claim {
  readonly job: Job;
  readonly lockedBy: string;
  /** Monotonic time at which the claim was sent. */
  readonly sentMs: number;
}

/** How processing of a claim ended, and in which stage. */
export interface RunEnd extends EndedClaim {
  readonly stage: Stage;
}

/**
 * Runs a claimed job to its end and returns how it ended. Whatever happens inside the job becomes its outcome; only a
 * bug in this function rejects. `stop` makes the worker give the job back at the next boundary.
 */
export async function runJob(
  claim: Claim,
  { deps, stop }: { readonly deps: WorkerDeps; readonly stop: AbortSignal },
): Promise<RunEnd> {
  const { job, lockedBy, sentMs } = claim;
  const lease = { jobId: job.jobId, lockedBy, attempt: job.attempt };
  const log = deps.log.with(jobFields(job, lockedBy));
  await using running = new JobContext({ job, lease, claimSentMs: sentMs }, { deps: { ...deps, log }, stop });
  try {
    const rows = await runStages(running);
    await running.heartbeat.settle();
    await succeed(running, rows);
    return { outcome: "succeeded", stage: running.stage, cutOff: false };
  } catch (error) {
    return { ...await endJob(running, error), stage: running.stage };
  }
}

/** Stores the result. When the reply of a commit was lost, the row tells that the attempt has succeeded all the same. */
async function succeed(context: JobContext, rows: readonly TopVariant[]): Promise<void> {
  const { deps: { queue }, lease, heartbeat } = context;
  try {
    await context.fenced("succeed", () => queue.succeed(lease, rows));
  } catch (error) {
    const lost = error instanceof StopJob && error.reason === "lease_lost" && !heartbeat.lost.aborted;
    if (!lost) throw error;
    const state = await heartbeat.whileAlive(queue.getState(lease)).catch(() => null);
    if (state !== "succeeded") throw error;
  }
}

async function runStages(context: JobContext): Promise<readonly TopVariant[]> {
  const { deps, job } = context;
  using wanted = new WantedJob(context);
  await context.checkpoint();
  const request = readStored(job);
  const begun = await beginSharing(context, request);
  const { signal } = wanted;
  const sweep = await wanted.whileSo(
    prepareSweep(request, preparing(deps, { userId: job.userId, signal })),
  );
  const runData = runDataOf(sweep);
  await context.fenced("run_data", () => deps.queue.saveRunData(context.lease, runData));
  if (begun !== null) await confirmCandles(context, { ...begun, sweep });
  await using session = await openSession(wanted, { compute: deps.compute, sweep });
  const input = { request, sweep, session };
  const { shortlist, winners } = begun === null
    ? await bothStages(context, input)
    : await shareStages({ ...begun, context, unwanted: signal, sweep, session }, (shared) =>
      bothStages(context, { ...input, shared }));
  return await finalizing(context, { ...input, shortlist, winners });
}

async function bothStages(context: JobContext, input: StageInput) {
  const shortlist = await stageA(context, input);
  const winners = await stageB(context, { ...input, shortlist });
  return { shortlist, winners };
}

/** Opens the sweep, which takes seconds with many millions of bars; one that is no longer wanted is closed once it is open. */
async function openSession(
  wanted: WantedJob,
  { compute, sweep }: { readonly compute: Compute; readonly sweep: SweepInput },
): Promise<ComputeSession> {
  const opening = compute.open({ ...sweep, signal: wanted.signal });
  try {
    return await wanted.whileSo(opening);
  } catch (error) {
    opening.then((session) => session[Symbol.asyncDispose]()).catch(() => {});
    throw error;
  }
}
