import { postgresJobs } from "../../src/adapters/postgres/jobs.ts";
import { type CrashPoint, driftText, type Fault, momentOf, runCrashPoint } from "./crash_point.ts";
import { goldenRows, type GoldenStory, queueGoldenJob, stories } from "./golden_jobs.ts";
import { endGoldenWorker, type Lane, startGoldenWorker, untilTerminal } from "./lane.ts";
import { WireProxy, type WireStatement } from "./wire_proxy.ts";

/** What an undisturbed golden job sends and leaves behind. */
export interface Recording {
  readonly story: GoldenStory;
  /** From the first statement of the connection to the last one that concerns the job. */
  readonly statements: readonly WireStatement[];
  /** Number of the statement that claims the job. */
  readonly claimNumber: number;
  readonly rows: string;
  /** Names of the port methods the worker called. */
  readonly methods: ReadonlySet<string>;
}

const timeoutMs = 20_000;
const runsMax = 4;
const faults = Object.keys(momentOf) as Fault[];

/** Records every story on a lane. */
export async function recordStories(lane: Lane): Promise<readonly Recording[]> {
  return await Array.fromAsync(stories, (story) => recordStory(lane, story));
}

/**
 * The whole matrix: every statement of the first story with every fault, and of the other stories those statements that
 * no earlier one sends.
 */
export function allPoints(recordings: readonly Recording[]): readonly CrashPoint[] {
  const known = new Set<string>();
  return recordings.flatMap((recording) => {
    const statements = recording.statements.filter(({ sql }) => !known.has(sql));
    for (const { sql } of recording.statements) known.add(sql);
    return statements.flatMap((statement) => faults.map((fault) => point(recording, { statement, fault })));
  });
}

/** One point for each kind of statement, the faults in turn. */
export function samplePoints(points: readonly CrashPoint[]): readonly CrashPoint[] {
  const byKind = Map.groupBy(points, ({ statement }) => statement.sql);
  return [...byKind.values()].map((kind, i) => kind[i % faults.length]!);
}

/** Methods of the worker's ports that write or claim, and that no story has the worker call. */
export function uncoveredMethods(recordings: readonly Recording[], { sql }: Lane): readonly string[] {
  const { queue, results } = postgresJobs(sql);
  const reads = /^(get|list)/;
  const methods = [...Object.keys(queue), ...Object.keys(results)].filter((name) => !reads.test(name));
  return methods.filter((name) => !recordings.some((recording) => recording.methods.has(name)));
}

/** Runs points, one at a time on each lane; tells of each as it ends. */
export async function runPoints(
  points: readonly CrashPoint[],
  options: {
    readonly lanes: readonly Lane[];
    readonly onEnd: (point: CrashPoint, problem: string | null) => void;
  },
): Promise<void> {
  const waiting = points.values();
  await Promise.all(options.lanes.map(async (lane) => {
    for (const next of waiting) options.onEnd(next, await runUndrifted(lane, next));
  }));
}

// on a busy machine a call may take so long that it is sent twice or its lease is lost: then the fault met another statement
async function runUndrifted(lane: Lane, point: CrashPoint): Promise<string | null> {
  for (let run = 1;; run++) {
    const problem = await runCrashPoint(lane, point);
    if (!problem?.startsWith(driftText) || run === runsMax) return problem;
  }
}

/** A point in one line. */
export function pointName({ story, statement, fault }: CrashPoint): string {
  return `job that ${story}, statement ${statement.number} ${fault}: ${brief(statement.sql)}`;
}

async function recordStory(lane: Lane, story: GoldenStory): Promise<Recording> {
  await queueGoldenJob(lane.sql, story);
  const sent: WireStatement[] = [];
  await using proxy = new WireProxy(lane.dsn, ({ number, sql }, moment) => {
    if (moment === "before") sent.push({ number, sql });
    return "forward";
  });
  const worker = startGoldenWorker(proxy.dsn, { name: "undisturbed", story });
  const givenBack = story === "is released" || story === "is retried";
  if (givenBack) await finishGivenBack(lane, worker);
  else await untilTerminal(lane, timeoutMs);
  await endGoldenWorker(worker);
  const statements = sent.slice(0, sent.findLastIndex(({ sql }) => !isClaim(sql)) + 1);
  return {
    story,
    statements,
    claimNumber: statements.find(({ sql }) => isClaim(sql))?.number ?? Infinity,
    rows: await goldenRows(lane.sql),
    methods: new Set(
      [...worker.stderr().matchAll(/event=port_call .*?method=(\S+)/g)].map(([, name]) => name!),
    ),
  };
}

async function finishGivenBack(lane: Lane, worker: ReturnType<typeof startGoldenWorker>): Promise<void> {
  await worker.saw("event=job_processed");
  await endGoldenWorker(worker);
  const second = startGoldenWorker(lane.dsn, { name: "second", story: "succeeds" });
  await untilTerminal(lane, timeoutMs);
  await endGoldenWorker(second);
}

function point(
  recording: Recording,
  cell: { readonly statement: WireStatement; readonly fault: Fault },
): CrashPoint {
  // a claim whose answer comes after its lease is given up, so that at the claim itself nobody holds the job
  const claimed = cell.statement.number > recording.claimNumber;
  return { ...cell, story: recording.story, claimed, rows: recording.rows };
}

function isClaim(sql: string): boolean {
  return sql.includes("SKIP LOCKED");
}

function brief(sql: string): string {
  return sql.replace(/\s+/g, " ").trim().slice(0, 60);
}
