import {
  type ArchivedJob,
  archiveTaken,
  isTerminal,
  notEnded,
  requireArchived,
  requireUuid,
  sameArchive,
  type StoredTopVariant,
} from "../../core/job/mod.ts";
import type { JobArchive, Restored } from "../../ports/job_archive.ts";
import type { Sql, SqlContext } from "./connect.ts";
import { asJsonb } from "./fragments.ts";
import {
  type JobRow,
  type PlanesRow,
  type ShortlistRow,
  toJob,
  toPlanes,
  type TopVariantRow,
  toShortlist,
  toTopVariant,
} from "./job_row.ts";
import { withStorageErrors } from "./storage_error.ts";
import { storedColumns } from "./top_variant_rows.ts";
import { inTransaction } from "./transaction.ts";

/** Whole jobs over a pool. */
export function postgresJobArchive(sql: Sql): JobArchive {
  return {
    async read(jobId) {
      requireUuid("job id", jobId);
      const archived = await withStorageErrors(
        `read all of job "${jobId}"`,
        () =>
          inTransaction(sql, async (tx) => {
            await tx`SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY`;
            return await readAll(tx, jobId);
          }),
      );
      if (archived && !isTerminal(archived.job.state)) throw notEnded(archived.job);
      return archived;
    },
    async restore(archived) {
      requireArchived(archived);
      return await withStorageErrors(
        `restore job "${archived.job.jobId}"`,
        () => inTransaction(sql, (tx) => restore(tx, archived)),
      );
    },
  };
}

interface ArchivedJobRow extends JobRow {
  readonly idempotency_key: string | null;
  readonly idempotency_body_hash: string | null;
}

async function readAll(tx: SqlContext, jobId: string): Promise<ArchivedJob | null> {
  const [row] = await tx<ArchivedJobRow[]>`SELECT * FROM backtest_jobs WHERE job_id = ${jobId}::uuid`;
  if (!row) return null;
  const topVariants = await tx<TopVariantRow[]>`
    SELECT * FROM backtest_job_top_variants WHERE job_id = ${jobId}::uuid ORDER BY rank`;
  const [shortlist] = await tx<ShortlistRow[]>`
    SELECT * FROM backtest_job_stage_a_shortlist WHERE job_id = ${jobId}::uuid`;
  const [planes] = await tx<PlanesRow[]>`SELECT * FROM backtest_job_planes WHERE job_id = ${jobId}::uuid`;
  const { idempotency_key: key, idempotency_body_hash: bodyHash } = row;
  return {
    job: toJob(row),
    idempotency: key === null || bodyHash === null ? null : { key, bodyHash },
    topVariants: topVariants.map(toTopVariant),
    shortlist: shortlist ? toShortlist(shortlist) : null,
    planes: planes ? toPlanes(planes) : null,
  };
}

async function restore(tx: SqlContext, archived: ArchivedJob): Promise<Restored> {
  if (!await insertJob(tx, archived)) {
    const present = await readAll(tx, archived.job.jobId);
    if (present && sameArchive(present, archived)) return "present";
    throw archiveTaken(archived, present);
  }
  const { job: { jobId }, topVariants, shortlist, planes } = archived;
  await insertTopVariants(tx, { jobId, topVariants });
  if (shortlist) {
    await tx`
      INSERT INTO backtest_job_stage_a_shortlist (
        job_id, stage_a_indexes_json, stage_a_variants_total, risk_total, preselect_used, updated_at
      ) VALUES (
        ${jobId}::uuid, ${asJsonb(tx, shortlist.stageAIndexes)}, ${shortlist.stageAVariantsTotal}::int,
        ${shortlist.riskTotal}::int, ${shortlist.preselectUsed}::int, ${
      time(shortlist.updatedAtMs)
    }::timestamptz
      )`;
  }
  if (planes) {
    await tx`
      INSERT INTO backtest_job_planes (job_id, variant_key, axes_json, planes_json, updated_at)
      VALUES (
        ${jobId}::uuid, ${planes.variantKey}::text, ${asJsonb(tx, planes.axes)}, ${
      asJsonb(tx, planes.planes)
    },
        ${time(planes.updatedAtMs)}::timestamptz
      )`;
  }
  return "restored";
}

/** False when the id, or the owner's idempotency key, is taken. */
async function insertJob(tx: SqlContext, { job, idempotency }: ArchivedJob): Promise<boolean> {
  const data = job.runData && { ...job.runData.data, bars_before: job.runData.barsBefore };
  const { count } = await tx`
    INSERT INTO backtest_jobs (
      job_id, user_id, mode, state, stage, created_at, updated_at, started_at, finished_at, cancel_requested_at,
      request_json, request_hash, spec_hash, spec_payload_json, engine_params_hash, backtest_runtime_config_hash,
      processed_units, total_units, progress_updated_at, attempt, retries, last_error, last_error_json,
      idempotency_key, idempotency_body_hash, trace_id, data_json, warnings_json
    ) VALUES (
      ${job.jobId}::uuid, ${job.userId}::uuid, ${job.mode}::text, ${job.state}::text, ${job.stage}::text,
      ${time(job.createdAtMs)}::timestamptz, ${time(job.updatedAtMs)}::timestamptz,
      ${time(job.startedAtMs)}::timestamptz, ${time(job.finishedAtMs)}::timestamptz,
      ${time(job.cancelRequestedAtMs)}::timestamptz, ${
    asJsonb(tx, job.requestJson)
  }, ${job.requestHash}::text,
      ${job.specHash}::text, ${job.specPayloadJson && asJsonb(tx, job.specPayloadJson)},
      ${job.engineParamsHash}::text, ${job.backtestRuntimeConfigHash}::text, ${job.processedUnits}::int,
      ${job.totalUnits}::int, ${time(job.progressUpdatedAtMs)}::timestamptz, ${job.attempt}::int,
      ${job.retries}::int, ${job.lastError}::text, ${job.lastErrorJson && asJsonb(tx, job.lastErrorJson)},
      ${idempotency?.key ?? null}::text, ${idempotency?.bodyHash ?? null}::text, ${job.traceId}::text,
      ${data && asJsonb(tx, data)}, ${job.runData && asJsonb(tx, job.runData.warnings)}
    ) ON CONFLICT DO NOTHING`;
  return count === 1;
}

async function insertTopVariants(
  tx: SqlContext,
  options: { readonly jobId: string; readonly topVariants: readonly StoredTopVariant[] },
): Promise<void> {
  const rows = options.topVariants.map((row) => ({
    ...storedColumns(row),
    job_id: options.jobId,
    updated_at: time(row.updatedAtMs),
  }));
  await tx`
    INSERT INTO backtest_job_top_variants
    SELECT * FROM jsonb_populate_recordset(NULL::backtest_job_top_variants, ${asJsonb(tx, rows)})`;
}

function time(epochMs: number): string;
function time(epochMs: number | null): string | null;
function time(epochMs: number | null): string | null {
  return epochMs === null ? null : new Date(epochMs).toISOString();
}
