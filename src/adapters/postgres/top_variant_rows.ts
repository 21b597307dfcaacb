import type { Lease, TopVariant } from "../../core/job.ts";
import type { SqlContext } from "./connect.ts";
import { asJsonb, leaseAlive, moment } from "./fragments.ts";

/**
 * Locks the job's row when the lease is alive; false otherwise. A reclaimer skips the row until the transaction ends,
 * even when the lease runs out meanwhile.
 */
export async function lockLease(tx: SqlContext, lease: Lease): Promise<boolean> {
  const rows = await tx`SELECT FROM backtest_jobs AS j WHERE ${leaseAlive(tx, lease)} FOR UPDATE OF j`;
  return rows.length === 1;
}

/**
 * Replaces all rows of a job. Two statements on purpose: within one, the insert would not see the delete and break the
 * primary key.
 */
export async function rewriteTopVariants(
  tx: SqlContext,
  options: { readonly jobId: string; readonly rows: readonly TopVariant[] },
): Promise<void> {
  const { jobId, rows } = options;
  await tx`DELETE FROM backtest_job_top_variants WHERE job_id = ${jobId}::uuid`;
  await tx`
    INSERT INTO backtest_job_top_variants (
      job_id, rank, variant_key, indicator_variant_key, variant_index, total_return_pct, payload_json,
      report_table_md, trades_json, updated_at
    )
    SELECT ${jobId}::uuid, item."rank", item."variantKey", item."indicatorVariantKey", item."variantIndex",
      item."totalReturnPct", item."payload", item."reportTableMd", NULLIF(item."trades", 'null'::jsonb), now.at
    FROM jsonb_to_recordset(${asJsonb(tx, rows)}) AS item (
      "rank" integer, "variantKey" text, "indicatorVariantKey" text, "variantIndex" integer,
      "totalReturnPct" double precision, "payload" jsonb, "reportTableMd" text, "trades" jsonb
    ), ${moment(tx)} AS now`;
}
