import { connect, disconnect, type Sql } from "../../src/adapters/postgres/connect.ts";
import { migrate } from "../../src/adapters/postgres/migrate.ts";
import { type RunningProgram, startProgram } from "../helpers/program.ts";
import { type GoldenStory, isHelped } from "./golden_jobs.ts";

/** A migrated database for one golden job at a time, so that several points can be run at once. */
export interface Lane extends AsyncDisposable {
  readonly dsn: string;
  readonly sql: Sql;
}

/** Creates `count` lanes on the server of a superuser's DSN. */
export async function openLanes(serverDsn: string, count: number): Promise<readonly Lane[]> {
  const server = connect(serverDsn, { connectionsMax: 1 });
  try {
    return await Array.fromAsync({ length: count }, async (_, i): Promise<Lane> => {
      const name = `lane_${i + 1}_${crypto.randomUUID().slice(0, 8)}`;
      await server.unsafe(`CREATE DATABASE ${name}`);
      const url = new URL(serverDsn);
      url.pathname = `/${name}`;
      const sql = connect(url.href, { connectionsMax: 2 });
      await migrate(sql);
      return { dsn: url.href, sql, [Symbol.asyncDispose]: () => disconnect(sql) };
    });
  } finally {
    await disconnect(server);
  }
}

/** Starts a golden worker on a database. */
export function startGoldenWorker(
  dsn: string,
  options: { readonly name: string; readonly story: GoldenStory | "coordinates" },
): RunningProgram {
  return startProgram([dsn, options.name, options.story], { script: "tests/crash/golden_worker.ts" });
}

/** Starts who coordinates the job of a story whose worker only helps, and waits until it has it; none for other stories. */
export async function startCoordinator(lane: Lane, story: GoldenStory): Promise<readonly RunningProgram[]> {
  if (!isHelped(story)) return [];
  const coordinator = startGoldenWorker(lane.dsn, { name: "coordinator", story: "coordinates" });
  await coordinator.saw("event=task_dispatched");
  return [coordinator];
}

/** Waits, on the server, until the lane's job is terminal; rejects when it is not within `timeoutMs`. */
export async function untilTerminal({ sql }: Lane, timeoutMs: number): Promise<void> {
  const endMs = performance.now() + timeoutMs;
  for (;;) {
    const [job] = await sql<[{ readonly state: string; readonly open: boolean }]>`
      SELECT state, state IN ('queued', 'running') AS open FROM backtest_jobs, pg_sleep(0.02)`;
    if (!job.open) return;
    if (performance.now() > endMs) {
      throw new Error(`The job is still ${job.state} after ${timeoutMs / 1000} s`);
    }
  }
}

/** Ends a golden worker with SIGTERM, if it still runs; rejects when it does not exit 0. */
export async function endGoldenWorker(worker: RunningProgram): Promise<void> {
  // by then it listens to the signal
  await worker.saw("event=port_call");
  try {
    worker.process.kill("SIGTERM");
  } catch {
    // it has ended by itself
  }
  const { code, stderr } = await worker.ended();
  if (code !== 0) throw new Error(`A golden worker exited ${code}: ${stderr}`);
}
