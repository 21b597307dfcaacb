import { migrate } from "../../src/adapters/postgres/migrate.ts";
import { connect, disconnect, type Sql } from "../../src/adapters/postgres/connect.ts";
import type { Database } from "../../src/adapters/postgres/database.ts";
import { openDatabase } from "../../src/adapters/postgres/open_database.ts";

/** A server that lives as long as the tests of one file. */
export interface TestServer {
  /** Creates an empty database of its own and returns its DSN. */
  createDatabase(): Promise<string>;
}

/** A real Postgres for the tests of the calling file; fails, rather than falling back, where none can be started. */
export function embeddedPostgres(): TestServer {
  let server: Database | undefined;
  let created = 0;
  Deno.test.beforeAll(async () => {
    server = await openDatabase("embedded:temporary", {
      onNotice: (line) => {
        throw new Error(line);
      },
    });
  });
  Deno.test.afterAll(() => server?.close());
  return {
    async createDatabase() {
      if (!server) throw new Error("Cannot create a test database: the server runs only while tests run");
      const { dsn } = server;
      const name = `test_${++created}`;
      await withPool(dsn, (sql) => sql.unsafe(`CREATE DATABASE ${name}`));
      return dsn.replace(/\/postgres$/, `/${name}`);
    },
  };
}

/** Runs `work` with a pool that is closed afterwards. */
export async function withPool<T>(
  dsn: string,
  work: (sql: Sql) => Promise<T>,
  options: { readonly connectionsMax: number } = { connectionsMax: 4 },
): Promise<T> {
  const sql = connect(dsn, options);
  try {
    return await work(sql);
  } finally {
    await disconnect(sql);
  }
}

/** Runs `work` on an empty migrated schema of the database. */
export async function withSchema<T>(dsn: string, work: (sql: Sql) => Promise<T>): Promise<T> {
  return await withPool(dsn, async (sql) => {
    await migrate(sql);
    await sql`TRUNCATE backtest_jobs, backtest_job_turns CASCADE`;
    return await work(sql);
  });
}
