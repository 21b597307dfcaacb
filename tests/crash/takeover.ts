import type { RunningProgram } from "../helpers/program.ts";
import { queueGoldenJob } from "./golden_jobs.ts";
import { endGoldenWorker, type Lane, startGoldenWorker, untilTerminal } from "./lane.ts";
import { type Intervene, WireProxy } from "./wire_proxy.ts";

/** Lease of a golden worker, in s. */
const leaseSeconds = 1;
/** From the kill of a worker to its job running elsewhere, in s; the promise is a lease and a second. */
export const takeoverLimitSeconds = leaseSeconds + 1;

const timeoutMs = 20_000;

/**
 * Two worker processes wait for one job; whichever gets it is killed with SIGKILL at its first progress write. Answers the
 * seconds from the kill to the claim of the other one, which then finishes the job. Both clocks are this machine's.
 */
export async function timeTakeover(lane: Lane): Promise<number> {
  await lane.sql`TRUNCATE backtest_jobs CASCADE`;
  const workers = new Map<string, RunningProgram>();
  const idle = { first: Promise.withResolvers<void>(), second: Promise.withResolvers<void>() };
  let victim = "";
  let killedMs = 0;
  const strike = (name: "first" | "second"): Intervene => ({ sql }, moment) => {
    if (name === victim) return "reset";
    if (sql.includes("SKIP LOCKED") && moment === "replied") idle[name].resolve();
    if (victim === "" && sql.includes("progress_updated_at = ") && moment === "replied") {
      victim = name;
      killedMs = Date.now();
      workers.get(name)?.process.kill("SIGKILL");
    }
    return "forward";
  };
  await using first = new WireProxy(lane.dsn, strike("first"));
  await using second = new WireProxy(lane.dsn, strike("second"));
  const story = "succeeds";
  workers.set("first", startGoldenWorker(first.dsn, { name: "first", story }));
  workers.set("second", startGoldenWorker(second.dsn, { name: "second", story }));
  try {
    await Promise.all([idle.first.promise, idle.second.promise]);
    await queueGoldenJob(lane.sql, story);
    await untilTerminal(lane, timeoutMs);
    const lockedMs = claimMs([...workers].find(([name]) => name !== victim)?.[1]);
    return (lockedMs - killedMs) / 1000;
  } finally {
    for (const [name, worker] of workers) {
      if (name === victim) await worker.ended();
      else await endGoldenWorker(worker);
    }
  }
}

function claimMs(survivor: RunningProgram | undefined): number {
  const [, at] = /^ts=(\S+) .*event=job_claimed/m.exec(survivor?.stderr() ?? "") ?? [];
  if (at === undefined) throw new Error("Nobody claimed the job of the killed worker");
  return Date.parse(at);
}
