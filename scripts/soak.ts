/**
 * The load test: many small jobs, several worker processes, random kill -9, on a Postgres of its own. Prints what it
 * found; exits 1 when a promise of the queue is broken or jobs are still open when the time is over.
 *
 * Usage: `deno task soak [--jobs N] [--workers N] [--seed N] [--minutes N]`
 */
import { exitCode, readOptions } from "./script_options.ts";
import { plateau } from "../tests/soak/plateau.ts";
import { soak } from "../tests/soak/soak.ts";

/** Limits of the queue wait. */
const slo = { averageSeconds: 30, p95Seconds: 120 };

/** Jobs that one process runs to show that nothing is kept of them. */
const plateauJobs = 500;

function mb(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(1);
}

async function main(args: readonly string[]): Promise<number> {
  const { jobs, workers, seed, minutes } = readOptions(args, {
    jobs: 2000,
    workers: 4,
    seed: Date.now() % 1_000_000,
    minutes: 10,
  });
  console.log(`seed ${seed}`);
  const end = await soak({
    jobs,
    workers,
    seed,
    killEveryMs: 3000,
    timeoutMs: minutes * 60_000,
    onProgress: (line) => console.log(line),
  });
  const { averageSeconds, p95Seconds } = end.queueWait;
  const states = Object.entries(end.states).map(([state, jobs]) => `${jobs} ${state}`).join(", ");
  console.log(`${states} in ${end.seconds.toFixed(0)} s; ${end.kills} kills, ${end.reclaims} reclaims`);
  console.log(
    `queue wait: average ${averageSeconds.toFixed(2)} s (limit ${slo.averageSeconds} s), ` +
      `p95 ${p95Seconds.toFixed(2)} s (limit ${slo.p95Seconds} s)`,
  );
  const { firstHalf, secondHalf } = end.memoryMb;
  console.log(`memory peak of one worker: ${firstHalf.toFixed(0)} MB, then ${secondHalf.toFixed(0)} MB`);
  const still = await plateau({ jobs: plateauJobs });
  for (const { jobs, settledBytes, rssBytes } of still.held) {
    console.log(`after ${jobs} jobs: ${mb(settledBytes)} MB kept, ${mb(rssBytes)} MB resident`);
  }
  const problems = [...end.problems, ...still.problems];
  if (averageSeconds > slo.averageSeconds || p95Seconds > slo.p95Seconds) {
    problems.push("queue wait over its limit");
  }
  for (const problem of problems) console.log(`FAILED ${problem}`);
  return problems.length === 0 ? 0 : 1;
}

if (import.meta.main) Deno.exit(await exitCode(main));
