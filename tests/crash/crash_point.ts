import type { RunningProgram } from "../helpers/program.ts";
import { goldenRows, type GoldenStory, goldenVersions, heirOf, queueGoldenJob } from "./golden_jobs.ts";
import { endGoldenWorker, type Lane, startCoordinator, startGoldenWorker, untilTerminal } from "./lane.ts";
import { type Intervene, type Moment, type Verdict, WireProxy, type WireStatement } from "./wire_proxy.ts";

/** What strikes a worker at one of its statements. */
export type Fault =
  | "killed before it is sent"
  | "killed before the reply"
  | "killed after the reply"
  | "connection reset"
  | "executed but timed out"
  | "stopped before it is sent"
  | "stopped before the reply";

/** One cell of the matrix. */
export interface CrashPoint {
  readonly story: GoldenStory;
  readonly statement: WireStatement;
  /** 1, 2, ... among the statements with the same text; on a busy machine others may come in between. */
  readonly occurrence: number;
  readonly fault: Fault;
  /** Whether the worker holds the job by then and will say how its claim ended. */
  readonly claimed: boolean;
  /** Rows of the undisturbed run. */
  readonly rows: string;
}

/** All faults, with the moment of the statement at which each strikes. */
export const momentOf: Readonly<Record<Fault, Moment>> = {
  "killed before it is sent": "before",
  "killed before the reply": "executed",
  "killed after the reply": "replied",
  "connection reset": "sent",
  "executed but timed out": "executed",
  "stopped before it is sent": "before",
  "stopped before the reply": "executed",
};

/** Longer than the lease of a golden worker. */
const silenceMs = 1300;
const timeoutMs = 60_000;

/**
 * Runs a golden job with the point's fault, starts a second worker, and returns null when the job ends exactly as if
 * nothing had happened, else what is wrong in one text.
 */
export async function runCrashPoint(lane: Lane, point: CrashPoint): Promise<string | null> {
  await queueGoldenJob(lane.sql, point.story);
  const run = new FaultyRun(lane, point);
  await using proxy = new WireProxy(lane.dsn, run.intervene);
  const workers = [...await startCoordinator(lane, point.story)];
  const first = run.first = startGoldenWorker(proxy.dsn, { name: "first", story: point.story });
  workers.push(first);
  try {
    await strikes(run.struck, first);
    workers.push(startGoldenWorker(lane.dsn, { name: "second", story: heirOf(point.story) }));
    await untilTerminal(lane, timeoutMs);
    if (!run.killed && point.claimed) {
      await inTime(first.saw("event=job_processed"), "The first worker never said how its claim ended");
    }
    await run.resumed;
    for (const worker of workers) if (worker !== first || !run.killed) await endGoldenWorker(worker);
    return await run.findings();
  } catch (error) {
    const logs = workers.map((worker) => worker.stderr()).join("---\n");
    return `${error instanceof Error ? error.message : error}\n${logs}`;
  } finally {
    for (const { process } of workers) killIfRunning(process);
    await Promise.all(workers.map((worker) => worker.ended()));
  }
}

class FaultyRun {
  first: RunningProgram | undefined;
  killed = false;
  readonly #lane: Lane;
  readonly #point: CrashPoint;
  readonly #struck = Promise.withResolvers<void>();
  #resumed: Promise<void> = Promise.resolve();
  #versions: string | null = null;
  #occurrences = 0;
  #number: number | undefined;

  constructor(lane: Lane, point: CrashPoint) {
    this.#lane = lane;
    this.#point = point;
  }

  /** Resolves when the fault strikes. */
  get struck(): Promise<void> {
    return this.#struck.promise;
  }

  /** Resolves when a stopped worker has been continued; at once for every other fault. */
  get resumed(): Promise<void> {
    return this.#resumed;
  }

  intervene: Intervene = async (statement, moment) => {
    // what a killed process had under way reaches the server no more
    if (this.killed) return "reset";
    if (!this.#isMeant(statement, moment) || moment !== momentOf[this.#point.fault]) return "forward";
    const verdict = this.#strike(statement.inTransaction);
    this.#struck.resolve();
    return await verdict;
  };

  /** Whether it is the point's statement, counted among those of its kind. */
  #isMeant({ number, sql }: WireStatement, moment: Moment): boolean {
    const { statement, occurrence } = this.#point;
    if (moment === "before" && sql === statement.sql && ++this.#occurrences === occurrence) {
      this.#number = number;
    }
    return number === this.#number;
  }

  async findings(): Promise<string | null> {
    const rows = await goldenRows(this.#lane.sql);
    if (rows !== this.#point.rows) {
      return `The rows differ: ${rows}\ninstead of the undisturbed run's: ${this.#point.rows}`;
    }
    if (this.#versions !== null && this.#versions !== await goldenVersions(this.#lane.sql)) {
      return "A stopped worker wrote after another one had finished its job";
    }
    return null;
  }

  async #strike(inTransaction: boolean): Promise<Verdict> {
    switch (this.#point.fault) {
      case "killed before it is sent":
      case "killed before the reply":
      case "killed after the reply":
        this.killed = true;
        this.first?.process.kill("SIGKILL");
        return "reset";
      case "connection reset":
        return "reset";
      case "executed but timed out":
        await delay(silenceMs);
        return "reset";
      case "stopped before it is sent":
      case "stopped before the reply":
        this.first?.process.kill("SIGSTOP");
        this.#resumed = this.#resume(inTransaction);
        await this.#resumed;
        return "forward";
    }
  }

  // an open transaction holds the job's row, so that nobody can reclaim the job; it stays its worker's
  async #resume(inTransaction: boolean): Promise<void> {
    if (inTransaction) await delay(silenceMs);
    else {
      await untilTerminal(this.#lane, timeoutMs);
      this.#versions = await goldenVersions(this.#lane.sql);
    }
    this.first?.process.kill("SIGCONT");
  }
}

async function strikes(struck: Promise<void>, worker: RunningProgram): Promise<void> {
  const ended = worker.process.status.then(({ code }) => {
    throw new Error(`The worker exited ${code} before the statement of the point`);
  });
  ended.catch(() => {});
  await inTime(Promise.race([struck, ended]), "The statement of the point never came");
}

async function inTime(work: Promise<unknown>, problem: string): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(problem)), timeoutMs);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function killIfRunning(process: Deno.ChildProcess): void {
  try {
    process.kill("SIGKILL");
  } catch {
    // it has ended
  }
}
