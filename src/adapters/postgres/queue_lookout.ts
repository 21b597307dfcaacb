import {
  queueDepthMax,
  type QueueLookout,
  type QueueOverview,
  type QueueState,
  queueStates,
} from "../../ports/queue_overview.ts";
import { applicationName, type Sql } from "./connect.ts";
import { withStorageErrors } from "./storage_error.ts";

interface OverviewRow {
  readonly state: QueueState | null;
  readonly jobs: number;
  readonly oldest_age: number;
  readonly attempts_max: number;
  readonly ours: number;
  readonly others: number;
  readonly max: number;
}

/** Looks at the queue in one statement over indexes, of which it reads a bounded part. */
export function postgresQueueLookout(sql: Sql): QueueLookout {
  return { look: () => withStorageErrors("look at the queue", () => look(sql)) };
}

async function look(sql: Sql): Promise<QueueOverview> {
  const rows = await sql<OverviewRow[]>`
    WITH now AS MATERIALIZED (SELECT clock_timestamp() AS at),
    active AS (
      (
        SELECT 'queued' AS state, updated_at AS since FROM backtest_jobs
        WHERE state = 'queued' AND not_before IS NULL ORDER BY updated_at LIMIT ${queueDepthMax}::int
      ) UNION ALL (
        SELECT 'queued', GREATEST(updated_at, not_before) FROM backtest_jobs
        WHERE not_before <= (SELECT at FROM now) ORDER BY not_before LIMIT ${queueDepthMax}::int
      ) UNION ALL (
        SELECT 'delayed', updated_at FROM backtest_jobs
        WHERE not_before > (SELECT at FROM now) ORDER BY not_before LIMIT ${queueDepthMax}::int
      ) UNION ALL (
        SELECT 'abandoned', lease_expires_at FROM backtest_jobs
        WHERE state = 'running' AND lease_expires_at <= (SELECT at FROM now)
        ORDER BY lease_expires_at LIMIT ${queueDepthMax}::int
      ) UNION ALL (
        SELECT 'running', locked_at FROM backtest_jobs
        WHERE state = 'running' AND lease_expires_at > (SELECT at FROM now)
        ORDER BY lease_expires_at LIMIT ${queueDepthMax}::int
      )
    ),
    depths AS (
      SELECT state, LEAST(count(*), ${queueDepthMax}::int)::int AS jobs,
        GREATEST(0, extract(epoch FROM max(now.at - since)))::float8 AS oldest_age
      FROM active, now GROUP BY state
    ),
    started AS (
      (
        SELECT attempt FROM backtest_jobs WHERE state = 'queued' AND attempt > 0 ORDER BY attempt DESC LIMIT 1
      ) UNION ALL (
        SELECT attempt FROM backtest_jobs WHERE state = 'running'
        ORDER BY lease_expires_at LIMIT ${queueDepthMax}::int
      )
    ),
    sessions AS (
      SELECT (count(*) FILTER (WHERE application_name = ${applicationName}::text))::int AS ours,
        (count(*) FILTER (WHERE application_name IS DISTINCT FROM ${applicationName}::text))::int AS others
      FROM pg_stat_activity WHERE backend_type = 'client backend'
    )
    SELECT depths.*, sessions.*, (SELECT COALESCE(max(attempt), 0)::int FROM started) AS attempts_max,
      current_setting('max_connections')::int AS max
    FROM sessions LEFT JOIN depths ON true`;
  const byState = new Map(rows.map((row) => [row.state, row]));
  const depth = (state: QueueState) => {
    const row = byState.get(state);
    return [state, { jobs: row?.jobs ?? 0, oldestAgeSeconds: row?.oldest_age ?? 0 }] as const;
  };
  const { attempts_max: attemptsMax, ours, others, max } = rows[0]!;
  return {
    states: Object.fromEntries(queueStates.map(depth)) as QueueOverview["states"],
    attemptsMax,
    sessions: { ours, others, max },
  };
}
