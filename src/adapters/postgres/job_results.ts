import type { WinnerPlanes } from "../../core/grid/mod.ts";
import { type Lease, type Shortlist } from "../../core/job/mod.ts";
import type { JobResults } from "../../ports/job_results.ts";
import type { Sql } from "./connect.ts";
import {
  type PlanesRow,
  type ShortlistRow,
  toPlanes,
  type TopVariantRow,
  toShortlist,
  toTopVariant,
} from "./job_row.ts";
import { leaseAliveSql, leaseParameters, momentSql } from "./job_sql.ts";
import { run } from "./prepared.ts";
import { withStorageErrors } from "./storage_error.ts";
import { lockLease, rewriteTopVariants, toStoredRows } from "./top_variant_rows.ts";
import { inTransaction } from "./transaction.ts";
import { checked, resultsChecks } from "../../ports/checked.ts";

/** The result rows over a pool. */
export function postgresJobResults(sql: Sql): JobResults {
  return checked(resultsChecks, {
    async replaceTopVariants(lease, rows) {
      const storedRows = toStoredRows(rows);
      return await withStorageErrors(
        `store a snapshot of job "${lease.jobId}"`,
        () =>
          inTransaction(sql, async (tx) => {
            if (!await lockLease(tx, lease)) return false;
            await rewriteTopVariants(tx, { jobId: lease.jobId, storedRows });
            return true;
          }),
      );
    },
    async listTopVariants(jobId, limit) {
      return await withStorageErrors(`list top variants of job "${jobId}"`, async () => {
        const rows = await sql<TopVariantRow[]>`
          SELECT * FROM backtest_job_top_variants WHERE job_id = ${jobId}::uuid
          ORDER BY rank, variant_key LIMIT ${limit}::int`;
        return rows.map(toTopVariant);
      });
    },
    async saveShortlist(lease, shortlist) {
      return await withStorageErrors(
        `store the shortlist of job "${lease.jobId}"`,
        () => saveShortlist(sql, { lease, shortlist }),
      );
    },
    async getShortlist(jobId) {
      return await withStorageErrors(`read the shortlist of job "${jobId}"`, async () => {
        const [row] = await sql<ShortlistRow[]>`
          SELECT * FROM backtest_job_stage_a_shortlist WHERE job_id = ${jobId}::uuid`;
        return row ? toShortlist(row) : null;
      });
    },
    async savePlanes(lease, planes) {
      return await withStorageErrors(
        `store the planes of job "${lease.jobId}"`,
        () => savePlanes(sql, { lease, planes }),
      );
    },
    async getPlanes(jobId) {
      return await withStorageErrors(`read the planes of job "${jobId}"`, async () => {
        const [row] = await sql<PlanesRow[]>`
          SELECT * FROM backtest_job_planes WHERE job_id = ${jobId}::uuid`;
        return row ? toPlanes(row) : null;
      });
    },
  });
}

const mineSql =
  `WITH mine AS (SELECT j.job_id FROM backtest_jobs AS j WHERE ${leaseAliveSql} FOR UPDATE OF j)`;

const saveShortlistSql = `
  ${mineSql}
  INSERT INTO backtest_job_stage_a_shortlist (
    job_id, stage_a_indexes_json, stage_a_variants_total, risk_total, preselect_used, updated_at
  )
  SELECT mine.job_id, $4::text::jsonb, $5::int, $6::int, $7::int, now.at
  FROM mine, ${momentSql} AS now
  ON CONFLICT (job_id) DO UPDATE
  SET (stage_a_indexes_json, stage_a_variants_total, risk_total, preselect_used, updated_at) = (
    EXCLUDED.stage_a_indexes_json, EXCLUDED.stage_a_variants_total, EXCLUDED.risk_total,
    EXCLUDED.preselect_used, EXCLUDED.updated_at
  )`;

async function saveShortlist(
  sql: Sql,
  { lease, shortlist }: { readonly lease: Lease; readonly shortlist: Shortlist },
): Promise<boolean> {
  const { stageAIndexes, stageAVariantsTotal, riskTotal, preselectUsed } = shortlist;
  const stored = await run(sql, {
    text: saveShortlistSql,
    parameters: [
      ...leaseParameters(lease),
      JSON.stringify(stageAIndexes),
      stageAVariantsTotal,
      riskTotal,
      preselectUsed,
    ],
  });
  return stored.count === 1;
}

const savePlanesSql = `
  ${mineSql}
  INSERT INTO backtest_job_planes (job_id, variant_key, axes_json, planes_json, updated_at)
  SELECT mine.job_id, $4::text, $5::text::jsonb, $6::text::jsonb, now.at
  FROM mine, ${momentSql} AS now
  ON CONFLICT (job_id) DO UPDATE
  SET (variant_key, axes_json, planes_json, updated_at) = (
    EXCLUDED.variant_key, EXCLUDED.axes_json, EXCLUDED.planes_json, EXCLUDED.updated_at
  )`;

async function savePlanes(
  sql: Sql,
  { lease, planes }: { readonly lease: Lease; readonly planes: WinnerPlanes },
): Promise<boolean> {
  const { variantKey, axes, planes: grids } = planes;
  const stored = await run(sql, {
    text: savePlanesSql,
    parameters: [...leaseParameters(lease), variantKey, JSON.stringify(axes), JSON.stringify(grids)],
  });
  return stored.count === 1;
}
