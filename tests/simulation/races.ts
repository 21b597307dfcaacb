import type { EndedJob } from "../../src/ports/job_queue.ts";
import assert from "node:assert/strict";
import { isTerminal, type Job } from "../../src/core/job/mod.ts";
import { newJob, reportedVariant, topVariant, userId } from "../contract/job_stores.ts";
import { leaseOf } from "../helpers/worker_harness.ts";
import type { Ports } from "./audited_store.ts";
import type { Chance } from "./chance.ts";

/** A store for races, with a way to let a job's lease run out. */
export interface RaceStores extends Ports {
  expireLease(jobId: string): Promise<void>;
}

/** A race to be run: how the operations of its parties are put in order, or let loose. */
export interface Race {
  readonly stores: RaceStores;
  readonly chance: Chance;
  /** Number of the job, unique in the store. */
  readonly number: number;
  /** Runs the parties' steps: each party's own in order, those of different parties however it likes. */
  readonly run: (parties: readonly (readonly Step[])[]) => Promise<void>;
}

/** One operation of a party. */
export type Step = () => Promise<unknown>;

const error = { code: "backtest_job_runner_failed", message: "Cannot go on: a race", details: {} };

/**
 * One job, and around it at the same time: its worker on the last metres, the end of its lease, a second worker that
 * claims whatever it can get, and a user who cancels. Rejects unless exactly one party has ended the job, and reports are
 * there if and only if it succeeded. Returns how the job ended.
 */
export async function runRace({ stores, chance, number, run }: Race): Promise<Job["state"]> {
  const { jobs, queue, results } = stores;
  const { jobId } = await jobs.create(newJob(number), { maxActive: 1_000_000 });
  const claimed = await queue.claimNext({ lockedBy: "first", leaseSeconds: 60 });
  assert.equal(claimed?.jobId, jobId);
  const endings: EndedJob[] = [];
  const note = (job: EndedJob | null) => void (job !== null && isTerminal(job.state) && endings.push(job));
  const finish = (job: Job, snapshot: number): readonly Step[] => {
    const lease = leaseOf(job);
    const ends: readonly Step[] = [
      async () => note(await queue.succeed(lease, [reportedVariant(1), reportedVariant(2)])),
      async () => note(await queue.finish(lease, { state: "failed", error })),
      async () => note(await queue.finish(lease, { state: "cancelled" })),
      async () => note(await queue.release(lease)),
    ];
    return [
      () => queue.heartbeat(lease, { leaseSeconds: 60 }),
      () => results.replaceTopVariants(lease, [topVariant(snapshot)]),
      chance.happens(0.6) ? ends[0]! : chance.oneOf(ends),
    ];
  };
  const claim = () => queue.claimNext({ lockedBy: "second", leaseSeconds: 60 });
  const secondEnds = finish({ ...claimed, lockedBy: "second", attempt: 2 }, 3);
  const cancel = () => jobs.cancel({ jobId, userId });
  await run([
    finish(claimed, 1),
    [() => stores.expireLease(jobId), claim, ...secondEnds],
    chance.happens(0.8) ? [cancel, cancel] : [],
  ]);
  await drain(stores, { jobId, note });
  return await checkEnd(stores, { jobId, endings });
}

/** Puts the steps in one order, drawn by lot; the next begins when the one before has ended. */
export function oneAfterTheOther(chance: Chance): Race["run"] {
  return async (parties) => {
    const waiting = parties.map((party) => [...party]).filter((party) => party.length > 0);
    while (waiting.length > 0) {
      const party = chance.oneOf(waiting);
      await party.shift()?.();
      if (party.length === 0) waiting.splice(waiting.indexOf(party), 1);
    }
  };
}

/** Lets all parties run at the same time, each beginning with a few steps' delay drawn by lot. */
export function allAtOnce(chance: Chance): Race["run"] {
  return async (parties) => {
    await Promise.all(parties.map(async (party) => {
      for (let turns = chance.below(4); turns > 0; turns--) await new Promise((go) => setTimeout(go, 0));
      for (const step of party) await step();
    }));
  };
}

// whoever still holds the job is gone; the next worker fails it
async function drain(
  { jobs, queue, expireLease }: RaceStores,
  { jobId, note }: { readonly jobId: string; readonly note: (job: EndedJob | null) => void },
): Promise<void> {
  for (let job = await jobs.get(jobId); job && !isTerminal(job.state); job = await jobs.get(jobId)) {
    if (job.state === "running") await expireLease(jobId);
    const claimed = await queue.claimNext({ lockedBy: "third", leaseSeconds: 60 });
    if (claimed?.state === "running") note(await queue.finish(leaseOf(claimed), { state: "failed", error }));
    else note(claimed);
  }
}

async function checkEnd(
  { jobs, results }: RaceStores,
  { jobId, endings }: { readonly jobId: string; readonly endings: readonly EndedJob[] },
): Promise<Job["state"]> {
  const job = await jobs.get(jobId);
  assert.ok(job && isTerminal(job.state));
  const rows = await results.listTopVariants(jobId, 10);
  const reported = rows.filter(({ reportTableMd }) => reportTableMd !== null);
  assert.equal(
    reported.length,
    job.state === "succeeded" ? 2 : 0,
    `${job.state} with ${reported.length} reports`,
  );
  // without a worker's write only the cancel of a queued job can have ended it
  assert.ok(endings.length <= 1, `ended by workers as ${endings.map(({ state }) => state)}`);
  assert.equal(job.state, endings[0]?.state ?? "cancelled");
  return job.state;
}
