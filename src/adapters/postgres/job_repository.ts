import {
  type Idempotency,
  idempotencyConflict,
  type Job,
  type JobCursor,
  type JobState,
  jobStates,
  type NewJob,
  quotaExceeded,
} from "../../core/job/mod.ts";
import type { NewOptimization } from "../../core/optimization/mod.ts";
import type { JobPage, JobRepository } from "../../ports/job_repository.ts";
import type { Sql, SqlContext } from "./connect.ts";
import { asJsonb, asTexts, moment } from "./fragments.ts";
import { announceQueued, tellCancel } from "./job_notices.ts";
import { type JobRow, toJob } from "./job_row.ts";
import { insertOptimization } from "./optimization_sql.ts";
import { countActive, lockOwner } from "./owner_sql.ts";
import { withStorageErrors } from "./storage_error.ts";
import { inTransaction } from "./transaction.ts";
import { checked, repositoryChecks } from "../../ports/checked.ts";

/** The submitting side of the queue over a pool. */
export function postgresJobRepository(sql: Sql): JobRepository {
  return checked(repositoryChecks, {
    async create(job, options) {
      return await withStorageErrors(`create job "${job.jobId}"`, () => create(sql, { job, ...options }));
    },
    async findCreated(query) {
      return await withStorageErrors(`read a job of user "${query.userId}"`, () => findCreated(sql, query));
    },
    async get(jobId) {
      return await withStorageErrors(`read job "${jobId}"`, async () => {
        const [row] = await sql<JobRow[]>`SELECT * FROM backtest_jobs WHERE job_id = ${jobId}::uuid`;
        return row ? toJob(row) : null;
      });
    },
    async listForUser(query) {
      return await withStorageErrors(
        `list jobs of user "${query.userId ?? "all"}"`,
        () => listForUser(sql, query),
      );
    },
    async cancel({ jobId, userId }) {
      return await withStorageErrors(`cancel job "${jobId}"`, () => cancel(sql, { jobId, userId }));
    },
    async countActiveForUser(userId) {
      return await withStorageErrors(`count jobs of user "${userId}"`, () => countActive(sql, userId));
    },
  });
}

interface Creation {
  readonly job: NewJob;
  readonly maxActive: number;
  readonly idempotency?: Idempotency;
  readonly traceId?: string;
  readonly optimization?: NewOptimization;
}

async function create(sql: Sql, creation: Creation): Promise<Job> {
  const { job, maxActive, idempotency, traceId, optimization } = creation;
  return await inTransaction(sql, async (tx) => {
    await lockOwner(tx, job.userId);
    const earlier = idempotency && await findCreated(tx, { ...idempotency, userId: job.userId });
    if (earlier) return earlier;
    const active = await countActive(tx, job.userId);
    if (active >= maxActive) throw quotaExceeded(active, maxActive);
    const [row] = await tx<[JobRow]>`
      INSERT INTO backtest_jobs (
        job_id, user_id, mode, state, stage, created_at, updated_at, request_json, request_hash, spec_hash,
        spec_payload_json, engine_params_hash, backtest_runtime_config_hash, idempotency_key, idempotency_body_hash,
        trace_id
      )
      SELECT ${job.jobId}::uuid, ${job.userId}::uuid, ${job.mode}::text, 'queued', 'stage_a', now.at, now.at,
        ${asJsonb(tx, job.requestJson)}, ${job.requestHash}::text, ${job.specHash}::text,
        ${asJsonb(tx, job.specPayloadJson)}, ${job.engineParamsHash}::text,
        ${job.backtestRuntimeConfigHash}::text, ${idempotency?.key ?? null}::text,
        ${idempotency?.bodyHash ?? null}::text, ${traceId ?? null}::text
      FROM ${moment(tx)} AS now
      RETURNING *`;
    if (optimization) await insertOptimization(tx, { jobId: job.jobId, optimization });
    await announceQueued(tx, job.jobId);
    return toJob(row);
  });
}

async function findCreated(
  sql: SqlContext,
  { userId, key, bodyHash }: Idempotency & { readonly userId: string },
): Promise<Job | null> {
  const [row] = await sql<(JobRow & { readonly idempotency_body_hash: string })[]>`
    SELECT * FROM backtest_jobs WHERE user_id = ${userId}::uuid AND idempotency_key = ${key}::text`;
  if (!row) return null;
  if (row.idempotency_body_hash !== bodyHash) throw idempotencyConflict({ key, jobId: row.job_id });
  return toJob(row);
}

async function listForUser(
  sql: Sql,
  query: {
    readonly userId: string | null;
    readonly limit: number;
    readonly state?: JobState;
    readonly cursor?: JobCursor;
  },
): Promise<JobPage> {
  const { userId, limit, state, cursor } = query;
  const after = cursor && new Date(cursor.createdAtMs);
  const states = state === undefined ? jobStates : [state];
  // One row more than asked for tells whether there is a next page. Each state gives its newest rows by an index that
  // starts with the state; one without it would also offer itself to claims, which must never go through what has ended.
  const rows = await sql<JobRow[]>`
    SELECT job.* FROM unnest(${asTexts(sql, states)}) AS listed(state) CROSS JOIN LATERAL (
      SELECT * FROM backtest_jobs AS j
      WHERE j.state = listed.state AND ${userId === null ? sql`true` : sql`j.user_id = ${userId}::uuid`}
        ${
    cursor ? sql`AND (j.created_at, j.job_id) < (${after!}::timestamptz, ${cursor.jobId}::uuid)` : sql``
  }
      ORDER BY j.created_at DESC, j.job_id DESC
      LIMIT ${limit + 1}::int
    ) AS job
    ORDER BY job.created_at DESC, job.job_id DESC
    LIMIT ${limit + 1}::int`;
  const items = rows.slice(0, limit).map(toJob);
  const last = items.at(-1);
  const more = rows.length > limit && last !== undefined;
  return { items, nextCursor: more ? { createdAtMs: last.createdAtMs, jobId: last.jobId } : null };
}

async function cancel(
  sql: Sql,
  query: { readonly jobId: string; readonly userId: string },
): Promise<Job | null> {
  // nobody works on it: it waits, or its worker's lease has expired
  const free = sql`(j.state = 'queued' OR j.lease_expires_at <= now.at)`;
  const mine = sql`j.job_id = ${query.jobId}::uuid AND j.user_id = ${query.userId}::uuid`;
  const [cancelled] = await sql<JobRow[]>`
    WITH asked AS (
      UPDATE backtest_jobs AS j
      SET state = CASE WHEN ${free} THEN 'cancelled' ELSE j.state END,
          finished_at = CASE WHEN ${free} THEN GREATEST(now.at, j.updated_at) END,
          locked_by = CASE WHEN NOT ${free} THEN j.locked_by END,
          locked_at = CASE WHEN NOT ${free} THEN j.locked_at END,
          heartbeat_at = CASE WHEN NOT ${free} THEN j.heartbeat_at END,
          lease_expires_at = CASE WHEN NOT ${free} THEN j.lease_expires_at END,
          cancel_requested_at = COALESCE(j.cancel_requested_at, GREATEST(now.at, j.updated_at)),
          updated_at = GREATEST(now.at, j.updated_at),
          not_before = NULL
      FROM ${moment(sql)} AS now
      WHERE ${mine} AND j.state IN ('queued', 'running')
      RETURNING j.*
    )
    SELECT asked.*, CASE WHEN asked.state = 'running' THEN ${tellCancel(sql, sql`asked.job_id`)} END
    FROM asked`;
  if (cancelled) return toJob(cancelled);
  const [terminal] = await sql<JobRow[]>`SELECT j.* FROM backtest_jobs AS j WHERE ${mine}`;
  return terminal ? toJob(terminal) : null;
}
