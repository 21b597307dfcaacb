import type { Fault, Route } from "./fault.ts";
import { type FaultRow, type Heading, leftOutRow } from "./fault_row.ts";
import { type ApiAnswer, type FaultWorld, faultWorld, type Subject } from "./fault_world.ts";
import { FaultyServer } from "./faulty_server.ts";
import {
  type EndedJob,
  endedJobs,
  isReady,
  secondsToNextEnd,
  sessionsHeld,
  slotsHeld,
  wordsTooLate,
} from "./findings.ts";
import { type Flow, startFlow } from "./flow.ts";
import { pause } from "./pause.ts";

/** Results of an undisturbed run, by kind of request; filled by the first run. */
export type Reference = Map<number, string>;

const flowMs = 60_000;
const warmJobs = 4;
const restMs = 15_000;
/** Connections that a worker or an API may hold: its pool and the one that listens. */
const sessionsEach = 11;

/** Strikes two workers and an API at work, and tells how they took it. Rejects when they could not even be started. */
export async function tryFault(fault: Fault, reference: Reference): Promise<FaultRow> {
  const obstacle = await fault.obstacle?.() ?? null;
  if (obstacle !== null) return leftOutRow(fault, obstacle);
  await using resources = new AsyncDisposableStack();
  const server = resources.use(await FaultyServer.open(fault.server));
  const route: Route = await fault.lay?.(server, resources) ?? { dsn: server.dsn };
  const world = resources.use(await faultWorld(route));
  const trial = new Trial(world, { fault, server, reference });
  try {
    await trial.run(route);
  } catch (error) {
    trial.problem(error instanceof Error ? error.message : String(error));
  }
  const row = trial.row();
  if (row.problems.length > 0) await keepLogs(fault, { server, world });
  return row;
}

/** Where the logs of a fault that was not survived are kept. */
const logFolder = new URL("../../build/faults/", import.meta.url);

async function keepLogs(
  { name }: Fault,
  { server, world }: { readonly server: FaultyServer; readonly world: FaultWorld },
): Promise<void> {
  await Deno.mkdir(logFolder, { recursive: true });
  const texts = world.subjects.map((subject) => [subject.name, subject.program.stderr()] as const);
  for (const [from, text] of [...texts, ["server", await server.log()] as const]) {
    await Deno.writeTextFile(new URL(`${name}, ${from}.log`.replaceAll(" ", "_"), logFolder), text);
  }
}

interface TrialOf {
  readonly fault: Fault;
  readonly server: FaultyServer;
  readonly reference: Reference;
}

class Trial {
  readonly #world: FaultWorld;
  readonly #of: TrialOf;
  readonly #problems: string[] = [];
  readonly #seen: Partial<Record<Heading, string>> = {};

  constructor(world: FaultWorld, of: TrialOf) {
    this.#world = world;
    this.#of = of;
  }

  problem(text: string): void {
    this.#problems.push(text);
  }

  row(): FaultRow {
    const { name, injected } = this.#of.fault;
    const blank: Record<Heading, string> = {
      "alive": "?",
      "again after": "?",
      "jobs": "?",
      "starts": "?",
      "API": "?",
      "given back": "?",
    };
    return {
      fault: name,
      injected,
      leftOut: null,
      seen: { ...blank, ...this.#seen },
      problems: this.#problems,
    };
  }

  async run(route: Route): Promise<void> {
    const { fault, server } = this.#of;
    const flow = startFlow(this.#world);
    await flow.more(warmJobs, { withinMs: flowMs });
    const from = this.#world.subjects.map(({ program }) => program.stderr().length);
    await fault.strike({ server, route });
    const overMs = Date.now();
    await this.#again(overMs);
    await flow.more(warmJobs, { withinMs: flowMs });
    await flow.drain({ withinMs: flowMs });
    this.#felt(from);
    this.#alive();
    this.#api(flow.answers);
    this.#jobs(flow, await server.admin(endedJobs));
    await this.#givenBack(route);
  }

  async #again(overMs: number): Promise<void> {
    const deadline = performance.now() + flowMs;
    for (;;) {
      const seconds = await this.#of.server.admin((sql) => secondsToNextEnd(sql, overMs));
      if (seconds !== null) return void (this.#seen["again after"] = `${seconds.toFixed(1)} s`);
      if (performance.now() > deadline) throw new Error(`no job ended within ${flowMs / 1000} s after it`);
      await pause(250);
    }
  }

  #felt(from: readonly number[]): void {
    const logged = this.#world.subjects.map(({ program }, i) => program.stderr().slice(from[i]));
    if (!logged.some((text) => this.#of.fault.felt.test(text))) {
      this.problem("neither worker nor API noticed it");
    }
  }

  #alive(): void {
    const { subjects } = this.#world;
    const ended = subjects.filter((subject) => subject.hasEnded());
    this.#seen.alive = `${subjects.length - ended.length} of ${subjects.length}`;
    for (const { name, program } of ended) this.problem(`${name} ended: ${program.stderr().slice(-300)}`);
    for (const { name, program } of subjects) {
      const strays = program.stderr().match(/event=(unhandled_rejection|uncaught_error).*/g) ?? [];
      if (strays.length > 0) {
        this.problem(`${name}: ${strays.length} errors that nobody waited for: ${strays[0]}`);
      }
    }
  }

  #api(answers: readonly ApiAnswer[]): void {
    const counts = Map.groupBy(answers, ({ status }) => status);
    const slowest = Math.max(...answers.map(({ seconds }) => seconds));
    const told = [...counts].sort(([a], [b]) => (a ?? 0) - (b ?? 0))
      .map(([status, { length }]) => `${length} of ${status ?? "no answer"}`);
    this.#seen.API = `${told.join(", ")}; slowest ${slowest.toFixed(1)} s`;
    const refused = answers.filter(({ status }) =>
      status !== null && status >= 400 && ![408, 500, 503].includes(status)
    );
    if (refused.length > 0) this.problem(`the API answered ${refused[0]!.status}`);
    if (counts.has(null)) this.problem("the API did not answer, or its connection broke");
  }

  #jobs(flow: Flow, jobs: readonly EndedJob[]): void {
    const { reference } = this.#of;
    let same = 0;
    for (const { jobId, state, content, reason } of jobs) {
      const kind = flow.kindOf.get(jobId);
      if (state !== "succeeded") this.problem(`a job is ${state}: ${reason}`);
      if (kind === undefined) this.problem(`job ${jobId} is nobody's`);
      else if (!reference.has(kind)) reference.set(kind, content);
      if (kind !== undefined && reference.get(kind) === content) same++;
    }
    this.#seen.jobs = `${jobs.length}, ${same} with the same bytes`;
    if (same < jobs.length) this.problem(`${jobs.length - same} jobs have another result`);
    const lost = [...flow.kindOf.keys()].filter((jobId) => !jobs.some((job) => job.jobId === jobId));
    if (lost.length > 0) this.problem(`${lost.length} accepted jobs are lost`);
    const again = jobs.reduce((sum, { attempt }) => sum + attempt - 1, 0);
    const spent = jobs.reduce((sum, { retries }) => sum + retries, 0);
    const silent = jobs.reduce((sum, job) => sum + job.silent, 0);
    const late = Math.min(silent, wordsTooLate(this.#world.subjects));
    this.#seen.starts = `${again} again, ${spent - late} counted` +
      (late > 0 ? `, and ${late} whose job had ended before its worker was back` : "");
    if (spent > late) {
      this.problem(`${spent - late} attempts count against their jobs, though no worker died`);
    }
  }

  async #givenBack({ keepsSessions = false }: Route): Promise<void> {
    const { server } = this.#of;
    const { subjects } = this.#world;
    for (const subject of subjects.filter(({ hasEnded }) => !hasEnded())) {
      const held = await slotsHeld(subject);
      if (held.length > 0) this.problem(`${subject.name} at rest still has ${held.join(", ")}`);
      if (!await isReady(subject)) this.problem(`${subject.name} is not ready`);
    }
    const open = await server.admin(sessionsHeld);
    if (open > subjects.length * sessionsEach) this.problem(`${open} sessions are held`);
    const seconds = await this.#endAll(subjects);
    if (keepsSessions) {
      this.#seen["given back"] = `${open} sessions, to the pooler; the end took ${seconds.toFixed(1)} s`;
      return;
    }
    let left = await server.admin(sessionsHeld);
    for (const deadline = performance.now() + restMs; left > 0 && performance.now() < deadline;) {
      await pause(250);
      left = await server.admin(sessionsHeld);
    }
    this.#seen["given back"] = `${open} sessions, ${left} after the end, which took ${seconds.toFixed(1)} s`;
    if (left > 0) this.problem(`${left} sessions are left of processes that have ended`);
  }

  async #endAll(subjects: readonly Subject[]): Promise<number> {
    const startedMs = performance.now();
    const living = subjects.filter(({ hasEnded }) => !hasEnded());
    for (const { program: { process } } of living) process.kill("SIGTERM");
    for (const { name, program } of living) {
      const { code } = await program.ended();
      if (code !== 0) this.problem(`${name} exited ${code} at SIGTERM`);
    }
    return (performance.now() - startedMs) / 1000;
  }
}
