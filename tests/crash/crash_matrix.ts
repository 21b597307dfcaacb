import { postgresJobs } from "../../src/adapters/postgres/jobs.ts";
import { type CrashPoint, type Fault, momentOf, runCrashPoint } from "./crash_point.ts";
import {
  goldenRows,
  type GoldenStory,
  heirOf,
  isHelped,
  isShared,
  queueGoldenJob,
  stories,
} from "./golden_jobs.ts";
import { endGoldenWorker, type Lane, startCoordinator, startGoldenWorker, untilTerminal } from "./lane.ts";
import { WireProxy, type WireStatement } from "./wire_proxy.ts";

/** What an undisturbed golden job sends and leaves behind. */
export interface Recording {
  readonly story: GoldenStory;
  /** From the first statement of the connection to the last one that concerns the job. */
  readonly statements: readonly WireStatement[];
  /** Number of the statement that claims the job. */
  readonly claimNumber: number;
  readonly rows: string;
  /** Port and name of the methods the worker called. */
  readonly methods: ReadonlySet<string>;
}

const timeoutMs = 60_000;
const faults = Object.keys(momentOf) as Fault[];

/** Records every story on a lane. */
export async function recordStories(lane: Lane): Promise<readonly Recording[]> {
  return await Array.fromAsync(stories, (story) => recordStory(lane, story));
}

/** The whole matrix: every statement of the first story with every fault, and of the others the first of each kind that no earlier one sends. */
export function allPoints(recordings: readonly Recording[]): readonly CrashPoint[] {
  const known = new Set<string>();
  const ofHelpers = new Set<string>();
  return recordings.flatMap((recording) => {
    const { story, statements } = recording;
    // what a coordinator sends may strike a helper, too
    const seen = isHelped(story) ? ofHelpers : known;
    const isNew = ({ sql }: WireStatement, index: number) =>
      !seen.has(sql) &&
      (story === "succeeds" || statements.findIndex((other) => other.sql === sql) === index);
    const points = statements.filter(isNew);
    for (const { sql } of statements) {
      seen.add(sql);
      if (!isShared(story)) ofHelpers.add(sql);
    }
    return points.flatMap((statement) => faults.map((fault) => point(recording, { statement, fault })));
  });
}

/** One point for each kind of statement, the faults in turn. */
export function samplePoints(points: readonly CrashPoint[]): readonly CrashPoint[] {
  const byKind = Map.groupBy(points, ({ statement }) => statement.sql);
  return [...byKind.values()].map((kind, i) => kind[i % faults.length]!);
}

/** Of tasks: what no worker asks, and progress, which is written once a second, longer than a golden task takes. */
const neverCalled: ReadonlySet<string> = new Set(["tasks.check", "tasks.updateProgress"]);

/** Methods of the worker's ports that write or claim, and that no story has the worker call. */
export function uncoveredMethods(recordings: readonly Recording[], { sql }: Lane): readonly string[] {
  const { queue, results, coordinator, tasks } = postgresJobs(sql);
  const methods = Object.entries({ queue, results, coordinator, tasks })
    .flatMap(([port, of]) => Object.keys(of).map((name) => `${port}.${name}`))
    .filter((name) => !/\.(get|list|read)/.test(name) && !neverCalled.has(name));
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
    for (const next of waiting) options.onEnd(next, await runCrashPoint(lane, next));
  }));
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
  const helped = await startCoordinator(lane, story);
  const worker = startGoldenWorker(proxy.dsn, { name: "undisturbed", story });
  if (givenBack.has(story)) await finishGivenBack(lane, { worker, story });
  else await untilTerminal(lane, timeoutMs);
  for (const each of [worker, ...helped]) await endGoldenWorker(each);
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

/** Stories whose worker leaves the job, or its task, to another. */
const givenBack: ReadonlySet<GoldenStory> = new Set(["is released", "is retried", "gets a task back"]);

async function finishGivenBack(
  lane: Lane,
  { worker, story }: { readonly worker: ReturnType<typeof startGoldenWorker>; readonly story: GoldenStory },
): Promise<void> {
  await worker.saw(isHelped(story) ? "status=released" : "event=job_processed");
  await endGoldenWorker(worker);
  const second = startGoldenWorker(lane.dsn, { name: "second", story: heirOf(story) });
  await untilTerminal(lane, timeoutMs);
  await endGoldenWorker(second);
}

function point(
  recording: Recording,
  cell: { readonly statement: WireStatement; readonly fault: Fault },
): CrashPoint {
  // a claim whose answer comes after its lease is given up, so that at the claim itself nobody holds the job
  const claimed = cell.statement.number > recording.claimNumber && !isHelped(recording.story);
  const { number, sql } = cell.statement;
  const occurrence =
    recording.statements.filter((other) => other.sql === sql && other.number <= number).length;
  return { ...cell, story: recording.story, claimed, occurrence, rows: recording.rows };
}

function isClaim(sql: string): boolean {
  return /SKIP LOCKED|backtest_(?:oldest_queued|take_turn|next_task)\(/.test(sql);
}

function brief(sql: string): string {
  return sql.replace(/\s+/g, " ").trim().slice(0, 60);
}
