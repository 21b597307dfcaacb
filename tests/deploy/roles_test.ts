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
      "CREATE ROLE mine",
      "CREATE DATABASE mine",
      "SELECT pg_read_file('postgresql.conf')",
      "COPY backtest_jobs TO PROGRAM 'cat'",
      "SET ROLE backtest_owner",
    ];
    for (const statement of refused) {
      await assert.rejects(sql.unsafe(statement), /permission denied|must be owner/, statement);
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
