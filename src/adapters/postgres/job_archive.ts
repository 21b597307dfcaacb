import {
  type ArchivedJob,
  archiveTaken,
  isTerminal,
  notEnded,
  sameArchive,
  type StoredShortlist,
} from "../../core/job/mod.ts";
import type { StoredWinnerPlanes } from "../../core/grid/mod.ts";
import type { JobArchive } from "../../ports/job_archive.ts";
import type { Sql } from "./connect.ts";
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
import { type PreparedStatement, run } from "./prepared.ts";
import { withStorageErrors } from "./storage_error.ts";
import { storedColumns } from "./top_variant_rows.ts";
import { inTransaction } from "./transaction.ts";
import { archiveChecks, checked } from "../../ports/checked.ts";

/**
 * Whole jobs over a pool. Transactions hold statements only: what they store is made before, what they read is taken apart
 * and compared after, as that may take a loaded machine longer than a transaction may stand still.
 */
export function postgresJobArchive(sql: Sql): JobArchive {
  return checked(archiveChecks, {
    async read(jobId) {
      const archived = await withStorageErrors(`read all of job "${jobId}"`, () => readAll(sql, jobId));
      if (archived && !isTerminal(archived.job.state)) throw notEnded(archived.job);
      return archived;
    },
    async restore(archived) {
      const { jobId } = archived.job;
      return await withStorageErrors(`restore job "${jobId}"`, async () => {
        if (await insertAll(sql, archived)) return "restored";
        const present = await readAll(sql, jobId);
        if (present && sameArchive(present, archived)) return "present";
        throw archiveTaken(archived, present);
      });
    },
  });
}

interface ArchivedJobRow extends JobRow {
  readonly idempotency_key: string | null;
  readonly idempotency_body_hash: string | null;
}

async function readAll(sql: Sql, jobId: string): Promise<ArchivedJob | null> {
  const rows = await inTransaction(sql, async (tx) => {
    await tx`SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY`;
    const [job] = await tx<ArchivedJobRow[]>`SELECT * FROM backtest_jobs WHERE job_id = ${jobId}::uuid`;
    if (!job) return null;
    const [shortlist] = await tx<ShortlistRow[]>`
      SELECT * FROM backtest_job_stage_a_shortlist WHERE job_id = ${jobId}::uuid`;
    const [planes] = await tx<PlanesRow[]>`SELECT * FROM backtest_job_planes WHERE job_id = ${jobId}::uuid`;
    const topVariants = await tx<TopVariantRow[]>`
      SELECT * FROM backtest_job_top_variants WHERE job_id = ${jobId}::uuid ORDER BY rank`;
    return { job, topVariants, shortlist, planes };
  });
  if (!rows) return null;
  const { job, topVariants, shortlist, planes } = rows;
  const { idempotency_key: key, idempotency_body_hash: bodyHash } = job;
  return {
    job: toJob(job),
    idempotency: key === null || bodyHash === null ? null : { key, bodyHash },
    topVariants: topVariants.map(toTopVariant),
    shortlist: shortlist ? toShortlist(shortlist) : null,
    planes: planes ? toPlanes(planes) : null,
  };
}

/** False when the job's id, or the owner's idempotency key, is taken; then nothing is stored. */
async function insertAll(sql: Sql, archived: ArchivedJob): Promise<boolean> {
  const inserts = insertsOf(archived);
  return await inTransaction(sql, async (tx) => {
    const [job, ...rows] = inserts;
    const { count } = await run(tx, job);
    if (count === 0) return false;
    for (const insert of rows) await run(tx, insert);
    return true;
  });
}

/** The statement of the job first. */
function insertsOf(archived: ArchivedJob): readonly [PreparedStatement, ...PreparedStatement[]] {
  const { job: { jobId }, topVariants, shortlist, planes } = archived;
  const variants = topVariants.map((row) => ({
    ...storedColumns(row),
    job_id: jobId,
    updated_at: time(row.updatedAtMs),
  }));
  return [
    insertOfJob(archived),
    { text: insertTopVariantsSql, parameters: [JSON.stringify(variants)] },
    ...shortlist ? [insertOfShortlist(shortlist)] : [],
    ...planes ? [insertOfPlanes(planes)] : [],
  ];
}

const insertJobSql = `
  INSERT INTO backtest_jobs (
    job_id, user_id, mode, state, stage, created_at, updated_at, started_at, finished_at, cancel_requested_at,
    request_json, request_hash, spec_hash, spec_payload_json, engine_params_hash, backtest_runtime_config_hash,
    processed_units, total_units, progress_updated_at, attempt, retries, last_error, last_error_json,
    idempotency_key, idempotency_body_hash, trace_id, data_json, warnings_json
  ) VALUES (
    $1::uuid, $2::uuid, $3::text, $4::text, $5::text, $6::timestamptz, $7::timestamptz, $8::timestamptz,
    $9::timestamptz, $10::timestamptz, $11::text::jsonb, $12::text, $13::text, $14::text::jsonb, $15::text, $16::text,
    $17::int, $18::int, $19::timestamptz, $20::int, $21::int, $22::text, $23::text::jsonb, $24::text, $25::text,
    $26::text, $27::text::jsonb, $28::text::jsonb
  ) ON CONFLICT DO NOTHING`;

function insertOfJob({ job, idempotency }: ArchivedJob): PreparedStatement {
  const data = job.runData && { ...job.runData.data, bars_before: job.runData.barsBefore };
  return {
    text: insertJobSql,
    parameters: [
      job.jobId,
      job.userId,
      job.mode,
      job.state,
      job.stage,
      time(job.createdAtMs),
      time(job.updatedAtMs),
      time(job.startedAtMs),
      time(job.finishedAtMs),
      time(job.cancelRequestedAtMs),
      JSON.stringify(job.requestJson),
      job.requestHash,
      job.specHash,
      job.specPayloadJson && JSON.stringify(job.specPayloadJson),
      job.engineParamsHash,
      job.backtestRuntimeConfigHash,
      job.processedUnits,
      job.totalUnits,
      time(job.progressUpdatedAtMs),
      job.attempt,
      job.retries,
      job.lastError,
      job.lastErrorJson && JSON.stringify(job.lastErrorJson),
      idempotency?.key ?? null,
      idempotency?.bodyHash ?? null,
      job.traceId,
      data && JSON.stringify(data),
      job.runData && JSON.stringify(job.runData.warnings),
    ],
  };
}

const insertTopVariantsSql = `
  INSERT INTO backtest_job_top_variants
  SELECT * FROM jsonb_populate_recordset(NULL::backtest_job_top_variants, $1::text::jsonb)`;

function insertOfShortlist(shortlist: StoredShortlist): PreparedStatement {
  return {
    text: `
      INSERT INTO backtest_job_stage_a_shortlist (
        job_id, stage_a_indexes_json, stage_a_variants_total, risk_total, preselect_used, updated_at
      ) VALUES ($1::uuid, $2::text::jsonb, $3::int, $4::int, $5::int, $6::timestamptz)`,
    parameters: [
      shortlist.jobId,
      JSON.stringify(shortlist.stageAIndexes),
      shortlist.stageAVariantsTotal,
      shortlist.riskTotal,
      shortlist.preselectUsed,
      time(shortlist.updatedAtMs),
    ],
  };
}

function insertOfPlanes(planes: StoredWinnerPlanes): PreparedStatement {
  return {
    text: `
      INSERT INTO backtest_job_planes (job_id, variant_key, axes_json, planes_json, updated_at)
      VALUES ($1::uuid, $2::text, $3::text::jsonb, $4::text::jsonb, $5::timestamptz)`,
    parameters: [
      planes.jobId,
      planes.variantKey,
      JSON.stringify(planes.axes),
      JSON.stringify(planes.planes),
      time(planes.updatedAtMs),
    ],
  };
}

function time(epochMs: number): string;
function time(epochMs: number | null): string | null;
function time(epochMs: number | null): string | null {
  return epochMs === null ? null : new Date(epochMs).toISOString();
}
