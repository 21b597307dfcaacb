import { BacktestError } from "../../core/errors.ts";
import { sha256Hex } from "../../core/sha256.ts";
import type { Sql, SqlContext } from "./connect.ts";
import { withStorageErrors } from "./storage_error.ts";
import { inTransaction } from "./transaction.ts";

/** How one migration of the folder, or of the database's record, stands. */
export interface MigrationStatus {
  readonly name: string;
  /** `changed`: the file is not the one that was applied. `unknown`: applied by a newer version, no such file here. */
  readonly state: "applied" | "pending" | "changed" | "unknown";
}

interface Migration {
  readonly name: string;
  readonly text: string;
  readonly checksum: string;
}

const folder = new URL("./migrations/", import.meta.url);
const lockKey = 7_203_116_442;

/**
 * Brings the schema up to this version in one transaction and answers the names applied, in order. Two at once are
 * harmless: the second waits, then finds nothing to do. Rejects when an applied file has been changed since.
 */
export async function migrate(sql: Sql): Promise<readonly string[]> {
  const migrations = await readMigrations();
  return await withStorageErrors("migrate the database", () =>
    inTransaction(sql, async (tx) => {
      await tx`SET LOCAL statement_timeout = 0`;
      await tx`SELECT pg_advisory_xact_lock(${lockKey}::bigint)`;
      await tx`
        CREATE TABLE IF NOT EXISTS backtest_schema_migrations (
          name       text        PRIMARY KEY,
          checksum   text        NOT NULL,
          applied_at timestamptz NOT NULL
        )`;
      const statuses = compare(migrations, await readRecord(tx));
      refuse(statuses.find(({ state }) => state === "changed"));
      const pending = migrations.filter(({ name }) => stateOf(statuses, name) === "pending");
      for (const { name, text, checksum } of pending) {
        await tx.unsafe(text);
        await tx`INSERT INTO backtest_schema_migrations VALUES (${name}, ${checksum}, clock_timestamp())`;
      }
      return pending.map(({ name }) => name);
    }));
}

/** All known migrations and what the database says about them, in order; changes nothing. */
export async function migrationStatus(sql: Sql): Promise<readonly MigrationStatus[]> {
  const migrations = await readMigrations();
  return await withStorageErrors("read the state of the schema", async () => {
    const [found] = await sql<[{ readonly exists: boolean }]>`
      SELECT to_regclass('backtest_schema_migrations') IS NOT NULL AS exists`;
    return compare(migrations, found.exists ? await readRecord(sql) : new Map());
  });
}

/** Drops every table of this schema with all its rows, and the record of migrations. */
export async function dropSchema(sql: Sql): Promise<void> {
  const text = await Deno.readTextFile(new URL("down.sql", folder));
  await withStorageErrors("drop the schema", () => inTransaction(sql, (tx) => tx.unsafe(text)));
}

async function readMigrations(): Promise<readonly Migration[]> {
  const names: string[] = [];
  for await (const { name } of Deno.readDir(folder)) if (/^\d{4}_\w+\.sql$/.test(name)) names.push(name);
  return await Promise.all(
    names.sort().map(async (name) => {
      const text = await Deno.readTextFile(new URL(name, folder));
      return { name, text, checksum: sha256Hex(text) };
    }),
  );
}

async function readRecord(sql: SqlContext): Promise<ReadonlyMap<string, string>> {
  const rows = await sql<{ readonly name: string; readonly checksum: string }[]>`
    SELECT name, checksum FROM backtest_schema_migrations`;
  return new Map(rows.map(({ name, checksum }) => [name, checksum]));
}

function compare(
  migrations: readonly Migration[],
  record: ReadonlyMap<string, string>,
): readonly MigrationStatus[] {
  const known = migrations.map(({ name, checksum }): MigrationStatus => {
    const applied = record.get(name);
    return { name, state: applied === undefined ? "pending" : applied === checksum ? "applied" : "changed" };
  });
  const names = new Set(known.map(({ name }) => name));
  const unknown = [...record.keys()].filter((name) => !names.has(name)).sort();
  return [...known, ...unknown.map((name): MigrationStatus => ({ name, state: "unknown" }))];
}

function stateOf(statuses: readonly MigrationStatus[], name: string): MigrationStatus["state"] | undefined {
  return statuses.find((status) => status.name === name)?.state;
}

function refuse(changed: MigrationStatus | undefined): void {
  if (!changed) return;
  throw new BacktestError(
    "storage_unavailable",
    `Cannot migrate the database: ${changed.name} was applied with another content; restore the file`,
  );
}
