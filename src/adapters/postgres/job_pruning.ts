import { requireInteger, requireUuid } from "../../core/job_arguments.ts";
import {
  type EndedState,
  type JobPruning,
  type PruneBatch,
  pruneBatchMax,
  type PruneFilter,
  type PruneSurvey,
} from "../../ports/job_pruning.ts";
import type { Sql } from "./connect.ts";
import { asTexts, moment, type SqlFragment } from "./fragments.ts";
import { withStorageErrors } from "./storage_error.ts";

/** The deletion of old jobs over a pool. */
export function postgresJobPruning(sql: Sql): JobPruning {
  return {
    async survey(filter) {
      requireInteger(filter.olderThanMs, { name: "age", max: Number.MAX_SAFE_INTEGER });
      if (filter.userId !== undefined) requireUuid("user id", filter.userId);
      return await withStorageErrors("count old jobs", () => survey(sql, filter));
    },
    async deleteBatch(batch) {
      requireInteger(batch.limit, { name: "batch limit", max: pruneBatchMax });
      if (batch.userId !== undefined) requireUuid("user id", batch.userId);
      return await withStorageErrors(`delete old ${batch.state} jobs`, () => deleteBatch(sql, batch));
    },
  };
}

interface SurveyRow {
  readonly ended_before: Date;
  readonly state: EndedState | null;
  readonly jobs: number;
  readonly oldest: Date;
}

async function survey(
  sql: Sql,
  filter: PruneFilter & { readonly olderThanMs: number },
): Promise<PruneSurvey> {
  const rows = await sql<[SurveyRow, ...SurveyRow[]]>`
    WITH cutoff AS MATERIALIZED (
      SELECT now.at - ${filter.olderThanMs}::double precision * interval '1 millisecond' AS at
      FROM ${moment(sql)} AS now
    ),
    found AS (
      SELECT j.state, count(*)::int AS jobs, min(j.finished_at) AS oldest
      FROM backtest_jobs AS j, cutoff
      WHERE j.state = ANY(${asTexts(sql, filter.states)}) AND j.finished_at < cutoff.at AND ${
    ownedBy(sql, filter)
  }
      GROUP BY j.state
    )
    SELECT cutoff.at AS ended_before, found.* FROM cutoff LEFT JOIN found ON true`;
  const byState = new Map(rows.map((row) => [row.state, row]));
  return {
    endedBeforeMs: rows[0].ended_before.getTime(),
    found: filter.states.flatMap((state) => {
      const row = byState.get(state);
      return row ? [{ state, jobs: row.jobs, oldestMs: row.oldest.getTime() }] : [];
    }),
  };
}

async function deleteBatch(sql: Sql, batch: PruneBatch): Promise<number> {
  const endedBefore = new Date(batch.endedBeforeMs).toISOString();
  // A job ends after it was created, so the index by state and creation finds the old ones first; the rest of their rows
  // goes with them by the foreign keys.
  const { count } = await sql`
    WITH old AS MATERIALIZED (
      SELECT j.job_id FROM backtest_jobs AS j
      WHERE j.state = ${batch.state}::text AND j.created_at < ${endedBefore}::timestamptz
        AND j.finished_at < ${endedBefore}::timestamptz AND ${ownedBy(sql, batch)}
      ORDER BY j.created_at, j.job_id LIMIT ${batch.limit}::int FOR UPDATE SKIP LOCKED
    )
    DELETE FROM backtest_jobs AS j USING old WHERE j.job_id = old.job_id`;
  return count;
}

function ownedBy(sql: Sql, { userId }: { readonly userId?: string }): SqlFragment {
  return userId === undefined ? sql`true` : sql`j.user_id = ${userId}::uuid`;
}
