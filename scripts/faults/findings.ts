import type { Sql } from "../../src/adapters/postgres/connect.ts";
import { applicationName } from "../../src/adapters/postgres/connect.ts";
import { asTexts } from "../../src/adapters/postgres/fragments.ts";
import { bookkeeping } from "../../tests/crash/golden_jobs.ts";
import { samplesOf } from "../../tests/helpers/metric_samples.ts";
import { pause } from "./pause.ts";
import type { Subject } from "./fault_world.ts";

/** A job as it has ended, with all its rows as one text. */
export interface EndedJob {
  readonly jobId: string;
  readonly state: string;
  readonly attempt: number;
  readonly retries: number;
  /** Attempts that count as the silent death of a worker. */
  readonly silent: number;
  readonly reason: string | null;
  readonly content: string;
}

/** What differs between equal requests besides the times and claims that {@link bookkeeping} names. */
const identity = ["job_id", "user_id", "trace_id", "idempotency_key"];

/** Every job there is. */
export async function endedJobs(sql: Sql): Promise<readonly EndedJob[]> {
  const own = asTexts(sql, ["job_id", "updated_at"]);
  return await sql<EndedJob[]>`
    SELECT job_id AS "jobId", state, attempt, retries, jsonb_array_length(silent_attempts) AS silent,
      last_error AS reason, jsonb_build_object(
        'job', to_jsonb(j) - ${asTexts(sql, [...bookkeeping, ...identity])},
        'top', (SELECT jsonb_agg(to_jsonb(t) - ${own} ORDER BY rank)
          FROM backtest_job_top_variants AS t WHERE t.job_id = j.job_id),
        'shortlist', (SELECT jsonb_agg(to_jsonb(s) - ${own})
          FROM backtest_job_stage_a_shortlist AS s WHERE s.job_id = j.job_id),
        'planes', (SELECT jsonb_agg(to_jsonb(p) - ${own} ORDER BY to_jsonb(p)::text COLLATE "C")
          FROM backtest_job_planes AS p WHERE p.job_id = j.job_id)
      )::text AS content
    FROM backtest_jobs AS j`;
}

/** Seconds from a moment of the machine's clock to the first job that ended after it; null when none did. */
export async function secondsToNextEnd(sql: Sql, fromMs: number): Promise<number | null> {
  const [row] = await sql<[{ readonly ms: number | null }]>`
    SELECT (extract(epoch FROM min(finished_at)) * 1000)::float8 AS ms FROM backtest_jobs
    WHERE finished_at > to_timestamp(${fromMs}::float8 / 1000)`;
  return row.ms === null ? null : (row.ms - fromMs) / 1000;
}

/** Sessions of the processes under test that the server holds. */
export async function sessionsHeld(sql: Sql): Promise<number> {
  const [{ held }] = await sql<[{ readonly held: number }]>`
    SELECT count(*)::int AS held FROM pg_stat_activity
    WHERE application_name = ${applicationName} AND pid <> pg_backend_pid()`;
  return held;
}

/**
 * Attempts that their workers gave back when the job had ended already, in another attempt: those stay counted, as what has
 * ended is not written again.
 */
export function wordsTooLate(subjects: readonly Subject[]): number {
  const late = /event=attempt_given_back .*given_back=false/g;
  return subjects.reduce((sum, { program }) => sum + (program.stderr().match(late)?.length ?? 0), 0);
}

/** Gauges that are 0 in a process that has nothing to do. */
const slots = [
  "backtest_database_calls",
  "backtest_api_event_streams_active",
  "backtest_api_sync_runs_active",
];
const settleMs = 10_000;

/** Whether a process says that it is of use, which may take a moment. */
export async function isReady({ url }: Subject): Promise<boolean> {
  const deadline = performance.now() + settleMs;
  for (;;) {
    const response = await fetch(new URL("/readyz", url));
    await response.body?.cancel();
    if (response.ok) return true;
    if (performance.now() > deadline) return false;
    await pause(250);
  }
}

/** What a process holds that has nothing to do; empty once all of it is given back, which may take a moment. */
export async function slotsHeld({ url }: Subject): Promise<readonly string[]> {
  const deadline = performance.now() + settleMs;
  for (;;) {
    const samples = [...samplesOf(await (await fetch(new URL("/metrics", url))).text())];
    const held = samples.filter(([name, value]) =>
      value !== 0 && slots.some((slot) => name.split("{")[0] === slot)
    )
      .map(([name, value]) => `${name} ${value}`);
    if (held.length === 0 || performance.now() > deadline) return held;
    await pause(250);
  }
}
