import type { Lease, TopVariant } from "../../core/job.ts";
import type { SqlContext } from "./connect.ts";
import { leaseAliveSql, leaseParameters, momentSql } from "./job_sql.ts";
import { run } from "./prepared.ts";

const lockLeaseSql = `SELECT FROM backtest_jobs AS j WHERE ${leaseAliveSql} FOR UPDATE OF j`;

/**
 * Locks the job's row when the lease is alive; false otherwise. A reclaimer skips the row until the transaction ends,
 * even when the lease runs out meanwhile.
 */
export async function lockLease(tx: SqlContext, lease: Lease): Promise<boolean> {
  const rows = await run(tx, { text: lockLeaseSql, parameters: leaseParameters(lease) });
  return rows.length === 1;
}

const deleteRowsSql = "DELETE FROM backtest_job_top_variants WHERE job_id = $1::uuid";

const insertRowsSql = `
  INSERT INTO backtest_job_top_variants (
    job_id, rank, variant_key, indicator_variant_key, variant_index, total_return_pct, payload_json,
    report_table_md, trades_json, updated_at
  )
  SELECT $1::uuid, item."rank", item."variantKey", item."indicatorVariantKey", item."variantIndex",
    item."totalReturnPct", item."payload", item."reportTableMd", NULLIF(item."trades", 'null'::jsonb), now.at
  FROM jsonb_to_recordset($2::text::jsonb) AS item (
    "rank" integer, "variantKey" text, "indicatorVariantKey" text, "variantIndex" integer,
    "totalReturnPct" double precision, "payload" jsonb, "reportTableMd" text, "trades" jsonb
  ), ${momentSql} AS now`;

/**
 * Replaces all rows of a job. Two statements on purpose: within one, the insert would not see the delete and break the
 * primary key.
 */
export async function rewriteTopVariants(
  tx: SqlContext,
  { jobId, rows }: { readonly jobId: string; readonly rows: readonly TopVariant[] },
): Promise<void> {
  await run(tx, { text: deleteRowsSql, parameters: [jobId] });
  await run(tx, { text: insertRowsSql, parameters: [jobId, JSON.stringify(rows)] });
}
