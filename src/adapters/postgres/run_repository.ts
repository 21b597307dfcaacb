import type { Idempotency } from "../../core/job/mod.ts";
import { quotaExceeded } from "../../core/job/mod.ts";
import { createKeyReused, type NewRun, phasesOf, type Run, type RunCursor } from "../../core/run/mod.ts";
import type { RunPage, RunQuery, RunRepository, Workspace } from "../../ports/run_repository.ts";
import { runRepositoryChecks } from "../../ports/run_checks.ts";
import { checked } from "../../ports/checked.ts";
import type { Sql, SqlContext } from "./connect.ts";
import { asJsonb, asTexts, moment, type SqlFragment } from "./fragments.ts";
import { countActive, lockOwner } from "./owner_sql.ts";
import { runColumns, type RunRow, toRun } from "./run_row.ts";
import { withStorageErrors } from "./storage_error.ts";
import { inTransaction } from "./transaction.ts";

/** Runs over a pool: starting them, and reading them. */
export function postgresRunRepository(sql: Sql): RunRepository {
  const one = async (action: string, where: SqlFragment) =>
    await withStorageErrors(action, async () => {
      const [row] = await sql<RunRow[]>`SELECT ${sql.unsafe(runColumns)} FROM backtest_runs AS r ${where}`;
      return row ? toRun(row) : null;
    });
  return checked(runRepositoryChecks, {
    async create(run, options) {
      return await withStorageErrors(`create run "${run.runId}"`, () => create(sql, { run, ...options }));
    },
    async findCreated(query) {
      return await withStorageErrors(`read a run of user "${query.userId}"`, () => findCreated(sql, query));
    },
    get: (runId) => one(`read run "${runId}"`, sql`WHERE r.run_id = ${runId}::uuid`),
    async getAt(runId) {
      return await withStorageErrors(`read run "${runId}"`, async () => {
        const [row] = await sql<(RunRow & { readonly now_at: Date })[]>`
          SELECT ${sql.unsafe(runColumns)}, now.at AS now_at FROM backtest_runs AS r CROSS JOIN ${
          moment(sql)
        } AS now
          WHERE r.run_id = ${runId}::uuid`;
        return row ? { run: toRun(row), nowMs: row.now_at.getTime() } : null;
      });
    },
    async look(runIds) {
      if (runIds.length === 0) return [];
      return await withStorageErrors(`look at ${runIds.length} runs`, async () => {
        const rows = await sql<RunRow[]>`
          SELECT ${sql.unsafe(runColumns)} FROM backtest_runs AS r
          WHERE r.run_id = ANY (${asTexts(sql, runIds)}::uuid[])`;
        return rows.map(toRun);
      });
    },
    async getResult(runId) {
      return await withStorageErrors(`read the result of run "${runId}"`, async () => {
        const [row] = await sql<{ readonly result_json: Readonly<Record<string, unknown>> | null }[]>`
          SELECT result_json FROM backtest_runs WHERE run_id = ${runId}::uuid`;
        return row?.result_json ?? null;
      });
    },
    async listForUser(query) {
      return await withStorageErrors(
        `list runs of user "${query.userId}"`,
        () => page(sql, { ...query, where: wanted(sql, query) }),
      );
    },
    async listListed(query) {
      return await withStorageErrors("list runs", () => page(sql, { ...query, where: sql`r.listed` }));
    },
    latestSucceeded: ({ userId, agentName }) =>
      one(
        `read the latest run of user "${userId}"`,
        sql`WHERE r.user_id = ${userId}::uuid AND r.kind = 'interactive' AND r.state = 'succeeded'
          AND r.agent_name = ${agentName}::text
          ORDER BY r.created_at DESC, r.run_id DESC LIMIT 1`,
      ),
    currentOf: ({ userId, workspaceId }) =>
      one(
        `read a workspace of user "${userId}"`,
        sql`WHERE r.user_id = ${userId}::uuid AND r.workspace_id = ${workspaceId}::text AND r.current`,
      ),
    async clear(workspace) {
      return await withStorageErrors(
        `clear a workspace of user "${workspace.userId}"`,
        () =>
          inTransaction(sql, async (tx) => {
            // a run that is just being started must not stay behind as the current one
            await lockOwner(tx, workspace.userId);
            return await leave(tx, { workspace, reason: "cleared" });
          }),
      );
    },
  });
}

interface Creation {
  readonly run: NewRun;
  readonly maxActive: number;
  readonly holder: string;
  readonly idempotency?: Idempotency;
}

async function create(sql: Sql, { run, maxActive, holder, idempotency }: Creation): Promise<Run> {
  return await inTransaction(sql, async (tx) => {
    await lockOwner(tx, run.userId);
    const earlier = idempotency && await findCreated(tx, { ...idempotency, userId: run.userId });
    if (earlier) return earlier;
    const { workspaceId } = run;
    if (workspaceId !== null) {
      await leave(tx, { workspace: { userId: run.userId, workspaceId }, reason: "superseded" });
    }
    const active = await countActive(tx, run.userId);
    if (active >= maxActive) throw quotaExceeded(active, maxActive);
    const phases = phasesOf[run.kind];
    const [row] = await tx<[RunRow]>`
      INSERT INTO backtest_runs AS r (
        run_id, user_id, kind, state, phase, workspace_id, current, request_json, request_hash, metadata_json,
        agent_name, model_name, session_tag, listed, idempotency_key, idempotency_body_hash, owner_instance,
        heartbeat_at, total_steps, created_at, updated_at
      )
      SELECT ${run.runId}::uuid, ${run.userId}::uuid, ${run.kind}::text, 'running', ${
      phases[0] ?? null
    }::text,
        ${workspaceId}::text, ${workspaceId === null ? null : true}::boolean, ${asJsonb(tx, run.requestJson)},
        ${run.requestHash}::text, ${
      asJsonb(tx, run.metadata)
    }, ${run.agentName}::text, ${run.modelName}::text,
        ${run.sessionTag}::text, ${run.listed}::boolean, ${idempotency?.key ?? null}::text,
        ${idempotency?.bodyHash ?? null}::text, ${holder}::text, now.at,
        ${run.kind === "scenario" ? phases.length : 0}::int, now.at, now.at
      FROM ${moment(tx)} AS now
      RETURNING ${tx.unsafe(runColumns)}`;
    return toRun(row);
  });
}

async function findCreated(
  sql: SqlContext,
  { userId, key, bodyHash }: Idempotency & { readonly userId: string },
): Promise<Run | null> {
  const [row] = await sql<(RunRow & { readonly idempotency_body_hash: string })[]>`
    SELECT ${sql.unsafe(runColumns)}, r.idempotency_body_hash FROM backtest_runs AS r
    WHERE r.user_id = ${userId}::uuid AND r.idempotency_key = ${key}::text`;
  if (!row) return null;
  if (row.idempotency_body_hash !== bodyHash) throw createKeyReused({ key, runId: row.run_id });
  return toRun(row);
}

/** Takes its current run off a workspace, and ends it where it still runs. */
async function leave(
  tx: SqlContext,
  { workspace: { userId, workspaceId }, reason }: {
    readonly workspace: Workspace;
    readonly reason: "superseded" | "cleared";
  },
): Promise<Run | null> {
  const running = tx`r.state = 'running'`;
  const [row] = await tx<RunRow[]>`
    UPDATE backtest_runs AS r
    SET current = false,
        state = CASE WHEN ${running} THEN 'cancelled' ELSE r.state END,
        cancel_reason = CASE WHEN ${running} THEN ${reason}::text ELSE r.cancel_reason END,
        finished_at = CASE WHEN ${running} THEN GREATEST(now.at, r.updated_at) ELSE r.finished_at END,
        updated_at = CASE WHEN ${running} THEN GREATEST(now.at, r.updated_at) ELSE r.updated_at END,
        phase = NULL, owner_instance = NULL, heartbeat_at = NULL
    FROM ${moment(tx)} AS now
    WHERE r.user_id = ${userId}::uuid AND r.workspace_id = ${workspaceId}::text AND r.current
    RETURNING ${tx.unsafe(runColumns)}`;
  return row ? toRun(row) : null;
}

function wanted(sql: Sql, { userId, state, kind, agentName, sessionTag }: RunQuery): SqlFragment {
  return sql`r.user_id = ${userId}::uuid
    AND ${kind === undefined ? sql`r.kind <> 'baseline'` : sql`r.kind = ${kind}::text`}
    ${state === undefined ? sql`` : sql`AND r.state = ${state}::text`}
    ${agentName === undefined ? sql`` : sql`AND r.agent_name = ${agentName}::text`}
    ${sessionTag === undefined ? sql`` : sql`AND r.session_tag = ${sessionTag}::text`}`;
}

async function page(
  sql: Sql,
  { limit, cursor, where }: {
    readonly limit: number;
    readonly cursor?: RunCursor;
    readonly where: SqlFragment;
  },
): Promise<RunPage> {
  const after = cursor && new Date(cursor.createdAtMs);
  // one row more than asked for tells whether there is a next page
  const rows = await sql<RunRow[]>`
    SELECT ${sql.unsafe(runColumns)} FROM backtest_runs AS r
    WHERE ${where}
      ${cursor ? sql`AND (r.created_at, r.run_id) < (${after!}::timestamptz, ${cursor.runId}::uuid)` : sql``}
    ORDER BY r.created_at DESC, r.run_id DESC
    LIMIT ${limit + 1}::int`;
  const items = rows.slice(0, limit).map(toRun);
  const last = items.at(-1);
  const more = rows.length > limit && last !== undefined;
  return { items, nextCursor: more ? { createdAtMs: last.createdAtMs, runId: last.runId } : null };
}
