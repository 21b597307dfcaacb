import { parseRequest } from "../../src/request/parse.ts";
import { connect, disconnect, type SentStatement } from "../../src/adapters/postgres/connect.ts";
import { postgresJobs } from "../../src/adapters/postgres/jobs.ts";
import { migrate, migrationStatus } from "../../src/adapters/postgres/migrate.ts";
import { openDatabase } from "../../src/adapters/postgres/open_database.ts";
import { postgresStrategies } from "../../src/adapters/postgres/strategy_repository.ts";
import type { Job } from "../../src/core/job/mod.ts";
import { submitJob } from "../../src/usecases/submit_job.ts";
import { runJob } from "../../src/worker/run_job.ts";
import { testConfig } from "../helpers/config.ts";
import { harness, leaseOf, requestBody, userId } from "../helpers/worker_harness.ts";

/** What a version of the program sent to its database while it did everything it does there, in order. */
export interface RecordedSession {
  /** The newest migration the version knew. */
  readonly schema: string;
  readonly statements: readonly { readonly text: string; readonly parameters: readonly unknown[] }[];
  /** Every job afterwards: what ran, and what became of it. */
  readonly jobs: readonly { readonly id: string; readonly state: string; readonly topRows: number }[];
}

const endless = new AbortController().signal;
const jobIdOf = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`;
const claim = { lockedBy: "worker-1", leaseSeconds: 600 };

/** Drives every method of the job ports against an empty database and returns what was sent. */
export async function recordSession(dsn: string): Promise<RecordedSession> {
  const sent: SentStatement[] = [];
  const sql = connect(dsn, { connectionsMax: 1, onStatement: (statement) => void sent.push(statement) });
  try {
    const schema = (await migrate(sql)).at(-1);
    if (schema === undefined) throw new Error("Cannot record a session: the database is not empty");
    await sql`SELECT 1`;
    sent.length = 0;
    await migrationStatus(sql);
    await driveStrategies(postgresStrategies(sql));
    await driveJobs(postgresJobs(sql));
    const statements = sent.map(({ text, parameters }) => ({ text: text.trim(), parameters }));
    const jobs = await sql<RecordedSession["jobs"][number][]>`
      SELECT job_id AS id, state, (
        SELECT count(*)::int FROM backtest_job_top_variants AS top WHERE top.job_id = j.job_id
      ) AS "topRows" FROM backtest_jobs AS j ORDER BY job_id`;
    return { schema, statements, jobs: [...jobs] };
  } finally {
    await disconnect(sql);
  }
}

async function driveStrategies(strategies: ReturnType<typeof postgresStrategies>): Promise<void> {
  const strategyId = jobIdOf(100);
  await strategies.create({ strategyId, userId, name: "kept", spec: { symbol: "BTCUSDT" } }, { max: 5 });
  await strategies.get(strategyId);
  await strategies.listForUser({ userId, limit: 2 });
  await strategies.delete({ strategyId, userId });
}

async function driveJobs(stores: ReturnType<typeof postgresJobs>): Promise<void> {
  const { jobs, queue, results, changes } = stores;
  let created = 0;
  const submit = (key?: string): Promise<Job> =>
    submitJob({
      parsed: parseRequest(requestBody()),
      userId,
      ...(key === undefined ? {} : { idempotency: { key, bodyHash: "d".repeat(64) } }),
    }, { jobs, config: testConfig(), defaults: {}, newId: () => jobIdOf(++created) });
  const claimed = async () => {
    const job = await queue.claimNext(claim);
    if (job === null) throw new Error("Cannot record a session: nothing to claim");
    return job;
  };

  const { jobId } = await submit("repeatable");
  const { deps } = harness({ settings: { leaseSeconds: 600 } });
  const job = await claimed();
  const ended = await runJob(
    { job, lockedBy: claim.lockedBy, sentMs: deps.clock.monotonicMs() },
    { deps: { ...deps, queue, results }, stop: endless },
  );
  if (ended.outcome !== "succeeded") throw new Error(`Cannot record a session: the job ${ended.outcome}`);
  await queue.getState(leaseOf(job));
  await results.listTopVariants(jobId, 10);
  await results.getShortlist(jobId);
  await results.getPlanes(jobId);
  await changes.look([jobId]);
  await jobs.get(jobId);

  await submit();
  await queue.release(leaseOf(await claimed()));
  const again = leaseOf((await queue.claimNext({ ...claim, policy: "fair" }))!);
  await queue.check(again);
  await queue.heartbeat(again, { leaseSeconds: 600 });
  await jobs.cancel({ jobId: again.jobId, userId });
  await queue.finish(again, { state: "cancelled" });

  await submit();
  const error = { code: "backtest_job_runner_failed", message: "no candle", details: { stage: "stage_a" } };
  await queue.finish(leaseOf(await claimed()), { state: "failed", error });
  await submit();
  await queue.retry(leaseOf(await claimed()), { delayMs: 3_600_000 });
  await jobs.listForUser({ userId, limit: 2 });
  await jobs.listForUser({ userId, limit: 2, state: "failed" });
  // nothing is due: the claim looks for expired leases, too
  await queue.claimNext(claim);
}

if (import.meta.main) {
  await using database = await openDatabase("embedded:temporary");
  console.log(JSON.stringify(await recordSession(database.dsn), null, 1));
}
