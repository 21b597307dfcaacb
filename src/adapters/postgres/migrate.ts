import { BacktestError } from "../../core/errors/mod.ts";
import type { Sql, SqlContext } from "./connect.ts";
import { type Migration, readMigrations, schemaVersion } from "./migration_files.ts";
import { withStorageErrors } from "./storage_error.ts";
import { inTransaction } from "./transaction.ts";

/** How one migration of the folder, or of the database's record, stands. */
export interface MigrationStatus {
  readonly name: string;
  /**
   * - `changed`: the file is not the one that was applied
   * - `newer`: applied by a newer version, no such file here, and this version is known to work with it
   * - `unknown`: the same, but this version is not known to work with it
   */
  readonly state: "applied" | "pending" | "changed" | "newer" | "unknown";
}

/** Where migrations are read from. */
export interface MigrationOptions {
  /** Those of this program unless given. */
  readonly folder?: URL;
}

const lockKey = 7_203_116_442;

/**
 * Brings the schema up to this version in one transaction and returns the names applied, in order. Two at once are
 * harmless: the second waits, then finds nothing to do. Rejects when an applied file has been changed since, when
 * something is missing in a schema that a newer version has gone past, and when a table is locked for too long.
 *
 * The record of migrations is left to the owner of the tables: other roles may only read it, whatever the database's
 * default privileges give them.
 */
export async function migrate(sql: Sql, options: MigrationOptions = {}): Promise<readonly string[]> {
  const migrations = await readMigrations(options.folder);
  return await withStorageErrors("migrate the database", () =>
    inTransaction(sql, async (tx) => {
      await tx`SET LOCAL statement_timeout = 0`;
      await tx`SELECT pg_advisory_xact_lock(${lockKey}::bigint)`;
      // Whoever waits for a table's lock makes everybody after him wait, too: rather give up than hold up the queue.
      await tx`SET LOCAL lock_timeout = '5s'`;
      await tx`
        CREATE TABLE IF NOT EXISTS backtest_schema_migrations (
          name       text        PRIMARY KEY,
          checksum   text        NOT NULL,
          applied_at timestamptz NOT NULL
        )`;
      await tx`ALTER TABLE backtest_schema_migrations ADD COLUMN IF NOT EXISTS compatible_with integer`;
      const statuses = compare(migrations, await readRecord(tx));
      refuse(statuses);
      const pending = migrations.filter(({ name }) => stateOf(statuses, name) === "pending");
      for (const migration of pending) await apply(tx, migration);
      await keepRecordForOwner(tx);
      return pending.map(({ name }) => name);
    }));
}

/** All known migrations and what the database says about them, in order; changes nothing. */
export async function migrationStatus(
  sql: Sql,
  options: MigrationOptions = {},
): Promise<readonly MigrationStatus[]> {
  const migrations = await readMigrations(options.folder);
  return await withStorageErrors("read the state of the schema", async () => {
    const [found] = await sql<[{ readonly exists: boolean }]>`
      SELECT to_regclass('backtest_schema_migrations') IS NOT NULL AS exists`;
    return compare(migrations, found.exists ? await readRecord(sql) : new Map());
  });
}

interface Applied {
  readonly checksum: string;
  readonly compatibleWith: number | null;
}

async function apply(tx: SqlContext, { name, text, checksum, compatibleWith }: Migration): Promise<void> {
  await tx.unsafe(text);
  await tx`
    INSERT INTO backtest_schema_migrations (name, checksum, applied_at, compatible_with)
    VALUES (${name}::text, ${checksum}::text, clock_timestamp(), ${compatibleWith}::int)`;
}

/**
 * Takes the right to write the record from every role but its owner: a worker that could would make the whole fleet
 * refuse to start, or have migrations applied twice. Default privileges give it, as to each new table, and a restore
 * gives it anew; so it is taken whenever somebody migrates.
 */
async function keepRecordForOwner(tx: SqlContext): Promise<void> {
  await tx`
    DO $$
    DECLARE
      who text;
    BEGIN
      FOR who IN
        SELECT DISTINCT CASE WHEN acl.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(acl.grantee)) END
        FROM pg_class AS c, aclexplode(c.relacl) AS acl
        WHERE c.oid = 'backtest_schema_migrations'::regclass AND acl.grantee <> c.relowner
          AND acl.privilege_type <> 'SELECT'
      LOOP
        EXECUTE 'REVOKE INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER ON backtest_schema_migrations FROM ' || who;
      END LOOP;
    END $$`;
}

async function readRecord(sql: SqlContext): Promise<ReadonlyMap<string, Applied>> {
  // by way of jsonb, because a schema that older versions made has no such column
  const rows = await sql<(Applied & { readonly name: string })[]>`
    SELECT name, checksum, (to_jsonb(m) ->> 'compatible_with')::int AS "compatibleWith"
    FROM backtest_schema_migrations AS m`;
  return new Map(rows.map(({ name, ...applied }) => [name, applied]));
}

function compare(
  migrations: readonly Migration[],
  record: ReadonlyMap<string, Applied>,
): readonly MigrationStatus[] {
  const known = migrations.map(({ name, checksum }): MigrationStatus => {
    const applied = record.get(name);
    if (applied === undefined) return { name, state: "pending" };
    return { name, state: applied.checksum === checksum ? "applied" : "changed" };
  });
  const names = new Set(known.map(({ name }) => name));
  const own = Math.max(0, ...known.map(({ name }) => schemaVersion(name)));
  const later = [...record]
    .filter(([name]) => !names.has(name))
    .sort(([a], [b]) => a < b ? -1 : 1)
    .map(([name, { compatibleWith }]): MigrationStatus => ({
      name,
      state: compatibleWith !== null && compatibleWith <= own ? "newer" : "unknown",
    }));
  return [...known, ...later];
}

function stateOf(statuses: readonly MigrationStatus[], name: string): MigrationStatus["state"] | undefined {
  return statuses.find((status) => status.name === name)?.state;
}

function refuse(statuses: readonly MigrationStatus[]): void {
  const first = (...states: readonly MigrationStatus["state"][]) =>
    statuses.find(({ state }) => states.includes(state))?.name;
  const changed = first("changed");
  if (changed) throw unmigratable(`${changed} was applied with another content; restore the file`);
  const [later, pending] = [first("newer", "unknown"), first("pending")];
  if (later && pending) {
    throw unmigratable(
      `${pending} is not applied, but ${later} of a newer version is; migrate with that version`,
    );
  }
}

function unmigratable(reason: string): BacktestError {
  return new BacktestError("storage_unavailable", `Cannot migrate the database: ${reason}`);
}
