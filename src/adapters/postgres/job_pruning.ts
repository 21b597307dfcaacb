import {
  type EndedState,
  type JobPruning,
  type PruneBatch,
  type PrunedBatch,
  prunedBatch,
  type PruneFilter,
  type PruneSurvey,
} from "../../ports/job_pruning.ts";
import type { Sql } from "./connect.ts";
import { asTexts, moment, type SqlFragment } from "./fragments.ts";
import { withStorageErrors } from "./storage_error.ts";
import { checked, pruningChecks } from "../../ports/checked.ts";

/** The deletion of old jobs over a pool. */
export function postgresJobPruning(sql: Sql): JobPruning {
  return checked(pruningChecks, {
    async survey(filter) {
      return await withStorageErrors("count old jobs", () => survey(sql, filter));
    },
    async deleteBatch(batch) {
      return await withStorageErrors(`delete old ${batch.state} jobs`, () => deleteBatch(sql, batch));
    },
  });
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
      SELECT meant.state, old.* FROM unnest(${
    asTexts(sql, filter.states)
  }) AS meant(state) CROSS JOIN LATERAL (
        SELECT count(*)::int AS jobs, min(j.finished_at) AS oldest FROM backtest_jobs AS j
        WHERE j.state = meant.state AND j.finished_at < (SELECT at FROM cutoff) AND ${ownedBy(sql, filter)}
      ) AS old WHERE old.jobs > 0
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

async function deleteBatch(sql: Sql, batch: PruneBatch): Promise<PrunedBatch> {
  const endedBefore = new Date(batch.endedBeforeMs).toISOString();
  const endedFrom = batch.endedFromMs === undefined ? null : new Date(batch.endedFromMs).toISOString();
  // the rest of their rows goes with them by the foreign keys
  const rows = await sql<{ readonly finished_at: Date }[]>`
    WITH old AS MATERIALIZED (
      SELECT j.job_id FROM backtest_jobs AS j
      WHERE j.state = ${batch.state}::text AND j.finished_at < ${endedBefore}::timestamptz
        AND j.finished_at >= COALESCE(${endedFrom}::timestamptz, '-infinity') AND ${ownedBy(sql, batch)}
      ORDER BY j.finished_at, j.job_id LIMIT ${batch.limit}::int FOR UPDATE SKIP LOCKED
    )
    DELETE FROM backtest_jobs AS j USING old WHERE j.job_id = old.job_id
    RETURNING j.finished_at`;
  return prunedBatch(rows.map(({ finished_at }) => finished_at.getTime()));
}

function ownedBy(sql: Sql, { userId }: { readonly userId?: string }): SqlFragment {
  return userId === undefined ? sql`true` : sql`j.user_id = ${userId}::uuid`;
}
