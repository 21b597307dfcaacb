import assert from "node:assert/strict";
import { migrate } from "../../src/adapters/postgres/migrate.ts";
import { embeddedPostgres, withPool } from "../helpers/postgres.ts";
import { databaseWithRoles } from "./roles.ts";

const server = embeddedPostgres();

Deno.test("deploy/postgres/roles.sql: the owner migrates, the other works with rows, of later tables too, and no more", async () => {
  const admin = await databaseWithRoles(server, { owner: "owner's", backtest: 'a "word"' });
  const as = (username: string, password: string) =>
    Object.assign(new URL(admin), { username, password: encodeURIComponent(password) }).href;
  const owner = as("backtest_owner", "owner's");
  const worker = as("backtest", 'a "word"');
  assert.ok((await withPool(owner, (sql) => migrate(sql))).length > 0);
  await withPool(owner, (sql) => sql`CREATE TABLE later (id bigserial PRIMARY KEY, note text)`);
  await withPool(worker, async (sql) => {
    assert.equal((await sql`SELECT count(*)::int AS n FROM backtest_jobs`)[0]!.n, 0);
    await sql`INSERT INTO later (note) VALUES ('a row')`;
    await sql`UPDATE later SET note = 'another'`;
    assert.equal((await sql`DELETE FROM later RETURNING id`).length, 1);
    const refused = [
      "CREATE TABLE mine (id int)",
      "DROP TABLE backtest_jobs",
      "ALTER TABLE backtest_jobs ADD COLUMN mine int",
      "TRUNCATE backtest_jobs",
      "CREATE INDEX mine ON backtest_jobs (state)",
      "CREATE TRIGGER mine BEFORE INSERT ON backtest_jobs EXECUTE FUNCTION suppress_redundant_updates_trigger()",
      "CREATE OR REPLACE FUNCTION backtest_take_turn() RETURNS uuid LANGUAGE sql AS 'SELECT NULL::uuid'",
      "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
      "CREATE SCHEMA mine",
      "CREATE TEMPORARY TABLE mine (id int)",
      "CREATE PUBLICATION mine",
      "CREATE EXTENSION pg_trgm",
      "ALTER SYSTEM SET work_mem = '1MB'",
      "SELECT count(*) FROM pg_authid",
      "COPY backtest_jobs TO '/tmp/jobs'",
      "CREATE ROLE mine",
      "CREATE DATABASE mine",
      "SELECT pg_read_file('postgresql.conf')",
      "COPY backtest_jobs TO PROGRAM 'cat'",
      "SET ROLE backtest_owner",
    ];
    for (const statement of refused) {
      await assert.rejects(sql.unsafe(statement), /permission denied|must be (owner|superuser)/, statement);
    }
    // it must read which migrations there are, and would stop every other process if it could change that
    assert.ok((await sql`SELECT count(*)::int AS n FROM backtest_schema_migrations`)[0]!.n > 0);
    for (
      const statement of [
        "DELETE FROM backtest_schema_migrations",
        "UPDATE backtest_schema_migrations SET checksum = 'x'",
        "INSERT INTO backtest_schema_migrations SELECT * FROM backtest_schema_migrations",
      ]
    ) {
      await assert.rejects(sql.unsafe(statement), /permission denied/, statement);
    }
    const [role] =
      await sql`SELECT rolsuper, rolcreatedb, rolcreaterole FROM pg_roles WHERE rolname = current_user`;
    assert.deepEqual({ ...role }, { rolsuper: false, rolcreatedb: false, rolcreaterole: false });
  });
  await assert.rejects(withPool(owner, (sql) => sql`CREATE ROLE mine`), /permission denied/);
});

Deno.test("deploy/postgres/roles.sql refuses an empty password", async () => {
  await assert.rejects(
    databaseWithRoles(server, { owner: "", backtest: "x" }),
    /The password of backtest_owner is empty/,
  );
});

Deno.test("13 migrate takes rights on its record away that a restore, or somebody, gave again", async () => {
  const admin = await databaseWithRoles(server, { owner: "one", backtest: "two" });
  const owner = Object.assign(new URL(admin), { username: "backtest_owner", password: "one" }).href;
  await withPool(owner, (sql) => migrate(sql));
  const rights = () =>
    withPool(owner, async (sql) => {
      const rows = await sql`
        SELECT coalesce(r.rolname, 'PUBLIC') AS role, string_agg(acl.privilege_type, ',' ORDER BY 1) AS may
        FROM pg_class AS c, aclexplode(c.relacl) AS acl LEFT JOIN pg_roles AS r ON r.oid = acl.grantee
        WHERE c.relname = 'backtest_schema_migrations' AND acl.grantee <> c.relowner GROUP BY 1 ORDER BY 1`;
      return rows.map(({ role, may }) => `${role}: ${may}`);
    });
  assert.deepEqual(await rights(), ["backtest: SELECT"]);
  await withPool(owner, async (sql) => {
    await sql`GRANT INSERT, DELETE ON backtest_schema_migrations TO backtest`;
    await sql`GRANT SELECT, UPDATE ON backtest_schema_migrations TO PUBLIC`;
  });
  assert.deepEqual(await withPool(owner, (sql) => migrate(sql)), []);
  assert.deepEqual(await rights(), ["PUBLIC: SELECT", "backtest: SELECT"]);
});
