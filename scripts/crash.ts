/**
 * Runs the crash matrix: every statement of the golden jobs with every fault, each with real processes on a real Postgres.
 * Then kills workers in the middle of a job and times how soon it runs elsewhere. Prints the counts and times; exits 1
 * when a point fails, a takeover is late, or a method of the worker's ports is in no golden job.
 *
 * Usage: `deno task crash [--lanes N] [--only TEXT]`
 */
import { quantile } from "./bench/queue/queue_timing.ts";
import { exitCode, onlyOf, readOptions } from "./script_options.ts";
import { openDatabase } from "../src/adapters/postgres/open_database.ts";
import {
  allPoints,
  pointName,
  recordStories,
  runPoints,
  uncoveredMethods,
} from "../tests/crash/crash_matrix.ts";
import type { CrashPoint } from "../tests/crash/crash_point.ts";
import { type Lane, openLanes } from "../tests/crash/lane.ts";
import { takeoverLimitSeconds, timeTakeover } from "../tests/crash/takeover.ts";

const progressEvery = 50;
const takeovers = 12;

async function main(args: readonly string[]): Promise<number> {
  const options = readOptions(args, { lanes: 6, only: "" });
  await using server = await openDatabase("embedded:temporary", { onNotice: refuse });
  const lanes = await openLanes(server.dsn, options.lanes);
  await using opened = new AsyncDisposableStack();
  for (const lane of lanes) opened.use(lane);

  const recordings = await recordStories(lanes[0]!);
  const uncovered = uncoveredMethods(recordings, lanes[0]!);
  for (const method of uncovered) console.log(`Not covered: no golden job calls ${method}()`);
  const points = onlyOf(allPoints(recordings), { text: options.only, nameOf: pointName });
  console.log(`${points.length} points: ${describe(points)}`);
  const problems: string[] = [];
  let ended = 0;
  const startedMs = performance.now();
  await runPoints(points, {
    lanes,
    onEnd: (point, problem) => {
      if (problem !== null) problems.push(`FAILED ${pointName(point)}\n${problem}`);
      if (++ended % progressEvery === 0) console.log(`${ended} run, ${problems.length} failed`);
    },
  });
  for (const problem of problems) console.log(problem);
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(0);
  console.log(`${points.length} points run in ${seconds} s, ${problems.length} failed`);
  const late = await timeTakeovers(lanes[0]!);
  return problems.length === 0 && uncovered.length === 0 && !late ? 0 : 1;
}

/** Whether one of them took longer than was promised. */
async function timeTakeovers(lane: Lane): Promise<boolean> {
  const seconds: number[] = [];
  for (let trial = 0; trial < takeovers; trial++) seconds.push(await timeTakeover(lane));
  const max = Math.max(...seconds);
  console.log(
    `kill to running elsewhere, ${takeovers} kills: p50 ${quantile(seconds, 0.5).toFixed(2)} s, ` +
      `max ${max.toFixed(2)} s (limit ${takeoverLimitSeconds} s: a lease and 1 s)`,
  );
  return max > takeoverLimitSeconds;
}

function describe(points: readonly CrashPoint[]): string {
  const counts = Map.groupBy(points, ({ fault }) => fault);
  return [...counts].map(([fault, { length }]) => `${length} ${fault}`).join(", ");
}

function refuse(line: string): never {
  throw new Error(line);
}

if (import.meta.main) Deno.exit(await exitCode(main));
