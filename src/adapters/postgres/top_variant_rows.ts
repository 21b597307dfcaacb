import type { Lease, TopVariant } from "../../core/job/mod.ts";
import type { SqlContext } from "./connect.ts";
import type { TopVariantRow } from "./job_row.ts";
import { leaseAliveSql, leaseParameters, momentSql } from "./job_sql.ts";
import { type PreparedStatement, run } from "./prepared.ts";

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

// By the columns that the table has: a worker goes on before the migration to its own schema, and then stores without
// the columns that are still missing. What a row does not name is null.
const insertRowsSql = `
  INSERT INTO backtest_job_top_variants
  SELECT item.*
  FROM ${momentSql} AS now, jsonb_populate_recordset(
    jsonb_populate_record(
      NULL::backtest_job_top_variants,
      jsonb_build_object('job_id', $1::uuid, 'updated_at', COALESCE($2::timestamptz, now.at))
    ),
    $3::text::jsonb
  ) AS item
  RETURNING updated_at`;

/** Kilobytes of JSON in one statement, of which the driver makes copies; a longer row is sent alone. */
const pieceKilobytes = 1024;

/** Rows as {@link rewriteTopVariants} takes them, a JSON array for each of its statements. */
export type RowPieces = readonly string[];

/** Rows to be stored; made before their transaction, which may not stand still for so long. */
export function toStoredRows(rows: readonly TopVariant[]): RowPieces {
  const pieces: string[] = [];
  let from = 0;
  let kilobytes = 0;
  const cut = (to: number) => {
    if (to > from) pieces.push(JSON.stringify(rows.slice(from, to).map(storedColumns)));
    [from, kilobytes] = [to, 0];
  };
  rows.forEach((row, i) => {
    const more = roughKilobytes(row);
    if (kilobytes + more > pieceKilobytes) cut(i);
    kilobytes += more;
  });
  cut(rows.length);
  return pieces;
}

/**
 * Replaces all rows of a job, which then have one time. Deleted by a statement of its own: within one, the insert would
 * not see the delete and break the primary key.
 */
export async function rewriteTopVariants(
  tx: SqlContext,
  { jobId, storedRows }: { readonly jobId: string; readonly storedRows: RowPieces },
): Promise<void> {
  await run(tx, { text: deleteRowsSql, parameters: [jobId] });
  let at: string | null = null;
  for (const piece of storedRows) {
    const statement: PreparedStatement = { text: insertRowsSql, parameters: [jobId, at, piece] };
    const [first] = await run<Pick<TopVariantRow, "updated_at">>(tx, statement);
    at ??= first!.updated_at.toISOString();
  }
}

/** What a row takes as JSON, more or less. */
function roughKilobytes({ trades }: TopVariant): number {
  return 4 + 0.6 * (trades?.length ?? 0);
}

/** A row by the names of its columns, job and time left out. */
export function storedColumns(row: TopVariant): Readonly<Record<string, unknown>> {
  return {
    rank: row.rank,
    variant_key: row.variantKey,
    indicator_variant_key: row.indicatorVariantKey,
    variant_index: row.variantIndex,
    total_return_pct: row.totalReturnPct,
    payload_json: row.payload,
    metrics_json: row.metrics,
    same_as_json: row.sameAs,
    report_table_md: row.reportTableMd,
    trades_json: row.trades,
  };
}
