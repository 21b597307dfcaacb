import { type ManualClock, manualClock } from "../memory/clock.ts";
import { BacktestError } from "../../src/core/errors/mod.ts";
import { isTerminal, type Job, type Lease } from "../../src/core/job/mod.ts";
import { jobIdOf, newJob } from "../contract/job_stores.ts";
import { harness } from "../helpers/worker_harness.ts";
import { auditedStore, type Mutation, type Ports } from "./audited_store.ts";
import { Auditor } from "./auditor.ts";
import { type Chance, seededChance } from "./chance.ts";
import { faultyLink, type Weather } from "./faulty_link.ts";
import { forgedWrite } from "./forged_write.ts";
import { simulatedSettings, SimulatedWorker } from "./simulated_worker.ts";

/** How a simulation went. */
export interface SimulationEnd {
  /** Final states and attempts of all jobs, in order of submission; the same for the same seed. */
  readonly trace: string;
  readonly jobs: number;
  /** Claims after the first one of a job. */
  readonly reclaims: number;
  readonly states: Readonly<Record<string, number>>;
}

const workersMax = 4;
const users = [1, 2, 3].map((n) => `${n}`.repeat(8) + "-1111-4111-8111-111111111111");
const maxActive = 3;
/** A cancel goes to one of that many jobs submitted last. */
const recentJobs = 5;
const stepMsMax = 3000;
/** Within this time after the last fault every job must have ended. */
const drainMsMax = 3_600_000;

/**
 * Lets workers, users and faults loose on the in-memory twin for `steps` steps, then heals everything and waits until all
 * jobs have ended. Rejects with the first broken promise.
 */
export async function simulate(
  options: { readonly seed: number; readonly steps: number; readonly mutation?: Mutation },
): Promise<SimulationEnd> {
  const world = new World(options);
  await world.begin();
  for (let step = 0; step < options.steps; step++) {
    await world.step();
    world.auditor.assertClean();
  }
  await world.drain();
  world.auditor.assertClean();
  return world.end();
}

class World {
  readonly auditor: Auditor;
  readonly #clock: ManualClock = manualClock(Date.UTC(2026, 0, 1));
  readonly #chance: Chance;
  readonly #weather: Weather = { requestLost: 0, replyLost: 0, delayed: 0, delayMsMax: 1, downUntilMs: 0 };
  readonly #ports: Ports;
  readonly #workers: SimulatedWorker[] = [];
  readonly #leases: Lease[] = [];
  #requestJson: Job["requestJson"] = {};
  #submitted = 0;

  constructor({ seed, mutation }: { readonly seed: number; readonly mutation?: Mutation }) {
    this.#chance = seededChance(seed);
    this.auditor = new Auditor({ clock: this.#clock, maxActive, cancelsAreSeen: true });
    this.#ports = auditedStore(this.auditor, { clock: this.#clock, ...(mutation && { mutation }) });
  }

  async begin(): Promise<void> {
    this.#requestJson = (await harness().submit()).requestJson;
    for (let slot = 0; slot < workersMax; slot++) this.#workers.push(this.#startWorker(slot));
  }

  async step(): Promise<void> {
    const chance = this.#chance;
    const dice = chance.below(100);
    if (dice < 20) this.#inBackground(this.#submit());
    else if (dice < 30) this.#inBackground(this.#cancel());
    else if (dice < 34) this.#kill(chance.below(workersMax));
    else if (dice < 38) this.#restart(chance.below(workersMax));
    else if (dice < 42) this.#freeze(chance.oneOf(this.#workers));
    else if (dice < 45) this.#changeWeather();
    else if (dice < 55) this.#inBackground(this.#forge());
    await this.#clock.advance(chance.below(stepMsMax));
    this.#rememberLeases();
  }

  /** No more faults; what is still queued or running must come to an end. */
  async drain(): Promise<void> {
    Object.assign(this.#weather, { requestLost: 0, replyLost: 0, delayed: 0, downUntilMs: 0 });
    const open = () => this.auditor.jobs.filter(({ state }) => !isTerminal(state));
    const lastMs = this.#clock.nowMs() + drainMsMax;
    while (open().length > 0 && this.#clock.nowMs() < lastMs) await this.#clock.advance(stepMsMax);
    for (const { jobId, state } of open()) this.auditor.report(`job ${jobId} is lost: still ${state}`);
    const ends = this.#workers.map((worker) => worker.end());
    await this.#clock.advance(10 * simulatedSettings.leaseSeconds * 1000);
    await Promise.all(ends);
  }

  end(): SimulationEnd {
    const jobs = this.auditor.jobs;
    const states = Map.groupBy(jobs, ({ state }) => state);
    return {
      trace: jobs.map(({ state, attempt, finishedAtMs }) => `${state} ${attempt} ${finishedAtMs}`).join("\n"),
      jobs: jobs.length,
      reclaims: jobs.reduce((total, { attempt }) => total + Math.max(0, attempt - 1), 0),
      states: Object.fromEntries([...states].map(([state, { length }]) => [state, length])),
    };
  }

  // the names stay the same, as those of containers do: only the attempt tells a process from the one before it
  #startWorker(slot: number): SimulatedWorker {
    return new SimulatedWorker(`worker-${slot}`, {
      ports: this.#ports,
      clock: this.#clock,
      chance: this.#chance,
      weather: this.#weather,
    });
  }

  #kill(slot: number): void {
    this.#workers[slot]!.kill();
    this.#workers[slot] = this.#startWorker(slot);
  }

  #restart(slot: number): void {
    void this.#workers[slot]!.end();
    this.#workers[slot] = this.#startWorker(slot);
  }

  // up to twice the lease: long enough to wake up as a zombie
  #freeze(worker: SimulatedWorker): void {
    worker.stoppedUntilMs = this.#clock.nowMs() +
      this.#chance.below(2 * simulatedSettings.leaseSeconds * 1000);
  }

  #changeWeather(): void {
    const bad = this.#chance.happens(0.6);
    Object.assign(this.#weather, {
      requestLost: bad ? 0.05 : 0,
      replyLost: bad ? 0.05 : 0,
      delayed: bad ? 0.1 : 0,
      delayMsMax: 1.5 * simulatedSettings.leaseSeconds * 1000,
      downUntilMs: this.#chance.happens(0.3) ? this.#clock.nowMs() + this.#chance.below(30_000) : 0,
    });
  }

  #inBackground(work: Promise<void>): void {
    work.catch((error) => this.auditor.report(`an unexpected error: ${error}`));
  }

  async #submit(): Promise<void> {
    const job = newJob(++this.#submitted, {
      userId: this.#chance.oneOf(users),
      requestJson: this.#requestJson,
    });
    await expected(this.#client().create(job, { maxActive }));
  }

  async #cancel(): Promise<void> {
    if (this.#submitted === 0) return;
    const recent = Math.min(this.#submitted, recentJobs);
    const jobId = jobIdOf(this.#submitted - this.#chance.below(recent));
    const job = this.auditor.jobs.find((known) => known.jobId === jobId);
    const userId = job?.userId ?? users[0]!;
    const open = job !== undefined && !isTerminal(job.state);
    const answer = await expected(this.#client().cancel({ jobId, userId }));
    if (open && answer && answer.cancelRequestedAtMs === null && !isTerminal(answer.state)) {
      this.auditor.report(`the cancel of job ${jobId} was answered and forgotten`);
    }
  }

  #client() {
    const process = { dead: false, stoppedUntilMs: 0 };
    const link = { clock: this.#clock, chance: this.#chance, weather: this.#weather, process };
    return faultyLink(this.#ports.jobs, link);
  }

  async #forge(): Promise<void> {
    if (this.#leases.length > 0) {
      await forgedWrite(this.#ports, { chance: this.#chance, leases: this.#leases });
    }
  }

  #rememberLeases(): void {
    for (const { jobId, lockedBy, attempt, state } of this.auditor.jobs) {
      if (state === "running" && lockedBy !== null) this.#leases.push({ jobId, lockedBy, attempt });
    }
    this.#leases.splice(0, this.#leases.length - 50);
  }
}

// a full quota or an unreachable database is what a client has to live with
async function expected<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof BacktestError) return null;
    throw error;
  }
}
