import type { RunningProgram } from "../helpers/program.ts";
import { type Chance, seededChance } from "../simulation/chance.ts";
import { requestKinds } from "./soak_requests.ts";
import { type SoakWorld, soakWorld } from "./soak_world.ts";
import { type Findings, readWatch } from "./soak_watch.ts";

/** How long and how rough a soak is. */
export interface SoakOptions {
  readonly jobs: number;
  readonly workers: number;
  readonly seed: number;
  /** Between two kills, on average. */
  readonly killEveryMs: number;
  /** When jobs are still open after this time the soak has failed. */
  readonly timeoutMs: number;
  readonly onProgress?: (line: string) => void;
}

/** What a soak found. */
export interface SoakEnd extends Findings {
  readonly kills: number;
  readonly seconds: number;
  /** Resident memory in MB of the worker that is never killed: its peak before and after half of the jobs. */
  readonly memoryMb: { readonly firstHalf: number; readonly secondHalf: number };
}

/** Submitted only while fewer are waiting, so that the queue wait means something. */
const waitingMax = 40;
const tickMs = 100;
/** What Deno gives as the code of a process that SIGKILL ended. */
const killedCode = 137;
const looksMax = 30;
/**
 * Growth of the second half's memory peak over the first one's that is not taken for a leak: workers are killed before
 * their heap has grown to where it is collected, sooner or later by chance (1.11 and 1.28 were seen of one program). What
 * is kept once it is collected is looked at apart, and closely.
 */
const memoryGrowthMax = 1.5;

/** In a run of fewer jobs a worker is still warming up, and grows. */
const warmJobs = 500;

/**
 * Pushes `jobs` small jobs through worker processes of which all but the first are killed with SIGKILL at random, waits
 * until all have ended and holds the database's own record against the queue's promises.
 */
export async function soak(options: SoakOptions): Promise<SoakEnd> {
  await using world = await soakWorld();
  const run = new SoakRun(world, options);
  try {
    return await run.toTheEnd();
  } finally {
    await run.killAll();
  }
}

class SoakRun {
  readonly #world: SoakWorld;
  readonly #options: SoakOptions;
  readonly #chance: Chance;
  readonly #workers: RunningProgram[];
  readonly #startedMs = performance.now();
  #kills = 0;
  #submitted = 0;
  #nextKillMs = 0;
  #memoryMb = { firstHalf: 0, secondHalf: 0 };
  readonly #deaths: string[] = [];

  constructor(world: SoakWorld, options: SoakOptions) {
    this.#world = world;
    this.#options = options;
    this.#chance = seededChance(options.seed);
    this.#workers = Array.from({ length: options.workers }, () => world.startWorker());
  }

  async toTheEnd(): Promise<SoakEnd> {
    const { jobs, timeoutMs, onProgress } = this.#options;
    let ended = 0;
    let told = 0;
    while (ended < jobs && this.#elapsedMs < timeoutMs) {
      const counts = await this.#counts();
      ended = counts.ended;
      await this.#submit(waitingMax - counts.queued);
      if (ended < jobs) await this.#maybeKill();
      await this.#measureMemory(ended);
      if (ended >= told + jobs / 10) onProgress?.(`${told = ended} of ${jobs} jobs, ${this.#kills} kills`);
      await new Promise((resolve) => setTimeout(resolve, tickMs));
    }
    const problems = [...this.#deaths, ...await this.#endWorkers()];
    const findings = await readWatch(this.#world.sql);
    problems.push(...findings.problems, ...await this.#connectionsLeft(), ...this.#memoryProblems());
    const seconds = this.#elapsedMs / 1000;
    return { ...findings, problems, kills: this.#kills, seconds, memoryMb: this.#memoryMb };
  }

  async killAll(): Promise<void> {
    for (const { process } of this.#workers) killIfRunning(process);
    await Promise.all(this.#workers.map((worker) => worker.ended()));
  }

  get #elapsedMs(): number {
    return performance.now() - this.#startedMs;
  }

  async #counts(): Promise<{ readonly queued: number; readonly ended: number }> {
    const [counts] = await this.#world.sql<[{ readonly queued: number; readonly ended: number }]>`
      SELECT count(*) FILTER (WHERE state = 'queued')::int AS queued,
        count(*) FILTER (WHERE state NOT IN ('queued', 'running'))::int AS ended
      FROM backtest_jobs`;
    return counts;
  }

  async #submit(room: number): Promise<void> {
    const count = Math.min(room, this.#options.jobs - this.#submitted);
    for (let i = 0; i < count; i++, this.#submitted++) {
      await this.#world.submit(this.#chance.below(requestKinds));
    }
  }

  async #maybeKill(): Promise<void> {
    const { killEveryMs, workers } = this.#options;
    if (this.#elapsedMs < this.#nextKillMs) return;
    const due = this.#elapsedMs + killEveryMs / 2 + this.#chance.below(killEveryMs);
    const first = this.#nextKillMs === 0;
    this.#nextKillMs = due;
    if (first) return;
    const slot = 1 + this.#chance.below(workers - 1);
    const victim = this.#workers[slot]!;
    this.#workers[slot] = this.#world.startWorker();
    if (killIfRunning(victim.process)) this.#kills++;
    const { code, stderr } = await victim.ended();
    if (code !== killedCode) {
      this.#deaths.push(`a worker ended by itself with ${code}: ${stderr.slice(-500)}`);
    }
  }

  async #measureMemory(ended: number): Promise<void> {
    // not from /proc, which a process with restricted permissions may not read
    const args = ["-o", "rss=", "-p", String(this.#workers[0]!.process.pid)];
    const { stdout } = await new Deno.Command("ps", { args }).output();
    const megabytes = Number(new TextDecoder().decode(stdout)) / 1024;
    const half = ended < this.#options.jobs / 2 ? "firstHalf" : "secondHalf";
    this.#memoryMb[half] = Math.max(this.#memoryMb[half], megabytes);
  }

  async #endWorkers(): Promise<readonly string[]> {
    // a worker that was started last must listen to the signal before it gets it
    await Promise.all(this.#workers.map((worker) => worker.saw("event=metrics_started")));
    for (const { process } of this.#workers) process.kill("SIGTERM");
    const ends = await Promise.all(this.#workers.map((worker) => worker.ended()));
    return ends.filter(({ code }) => code !== 0).map(({ code, stderr }) =>
      `a worker exited ${code}: ${stderr.slice(-500)}`
    );
  }

  // the server needs a moment to notice that a process is gone
  async #connectionsLeft(): Promise<readonly string[]> {
    let left = 0;
    for (let look = 0; look < looksMax; look++) {
      [{ left }] = await this.#world.sql<[{ left: number }]>`
        SELECT count(*)::int AS left FROM pg_stat_activity, pg_sleep(0.1)
        WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()`;
      if (left === 0) return [];
    }
    return [`connections left behind by workers: ${left}`];
  }

  #memoryProblems(): readonly string[] {
    const { firstHalf, secondHalf } = this.#memoryMb;
    if (firstHalf === 0 || secondHalf === 0) return ["the memory of a worker could not be measured"];
    const warm = this.#options.jobs >= warmJobs;
    if (!warm || secondHalf <= firstHalf * memoryGrowthMax) return [];
    return [`memory of a worker grew from ${firstHalf.toFixed(0)} to ${secondHalf.toFixed(0)} MB`];
  }
}

/** Whether there was still something to kill. */
function killIfRunning(process: Deno.ChildProcess): boolean {
  try {
    process.kill("SIGKILL");
    return true;
  } catch {
    // it has ended
    return false;
  }
}
