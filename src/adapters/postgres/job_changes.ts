import { type JobChanges, type JobSnapshot } from "../../ports/job_changes.ts";
import type { Sql } from "./connect.ts";
import { asTexts } from "./fragments.ts";
import { type JobRow, toMetrics, toMs, type TopVariantRow } from "./job_row.ts";
import { withStorageErrors } from "./storage_error.ts";
import { changesChecks, checked } from "../../ports/checked.ts";

type SnapshotRow =
  & Pick<
    JobRow,
    | "job_id"
    | "state"
    | "stage"
    | "processed_units"
    | "total_units"
    | "updated_at"
    | "progress_updated_at"
    | "cancel_requested_at"
    | "last_error_json"
  >
  & (
    | Pick<TopVariantRow, "variant_key" | "total_return_pct" | "payload_json" | "metrics_json">
    | {
      readonly variant_key: null;
      readonly total_return_pct: null;
      readonly payload_json: null;
      readonly metrics_json: null;
    }
  );

/** Looks at many jobs in one statement over a pool: two index look-ups a job, one connection for a moment. */
export function postgresJobChanges(sql: Sql): JobChanges {
  return checked(changesChecks, {
    async look(jobIds) {
      if (jobIds.length === 0) return [];
      return await withStorageErrors(`look at ${jobIds.length} jobs`, async () => {
        const rows = await sql<SnapshotRow[]>`
          SELECT j.job_id, j.state, j.stage, j.processed_units, j.total_units, j.updated_at, j.progress_updated_at,
            j.cancel_requested_at, j.last_error_json, best.variant_key, best.total_return_pct, best.payload_json,
            best.metrics_json
          FROM backtest_jobs AS j
          LEFT JOIN backtest_job_top_variants AS best ON best.job_id = j.job_id AND best.rank = 1
          WHERE j.job_id = ANY(${asTexts(sql, jobIds)}::uuid[])`;
        return rows.map(toSnapshot);
      });
    },
  });
}

function toSnapshot(row: SnapshotRow): JobSnapshot {
  return {
    jobId: row.job_id,
    state: row.state,
    stage: row.stage,
    processedUnits: row.processed_units,
    totalUnits: row.total_units,
    updatedAtMs: row.updated_at.getTime(),
    progressUpdatedAtMs: toMs(row.progress_updated_at),
    cancelRequestedAtMs: toMs(row.cancel_requested_at),
    lastErrorJson: row.last_error_json,
    best: row.variant_key === null ? null : {
      variantKey: row.variant_key,
      totalReturnPct: row.total_return_pct,
      payload: row.payload_json,
      metrics: toMetrics(row.metrics_json),
    },
  };
}
