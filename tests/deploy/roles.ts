import { withPool } from "../helpers/postgres.ts";

const script = new URL("../../deploy/postgres/roles.sql", import.meta.url);

/** A database as deploy/postgres makes it, with these passwords in the files it reads; its superuser's DSN. */
export async function databaseWithRoles(
  server: { readonly createDatabase: () => Promise<string> },
  passwords: { readonly owner: string; readonly backtest: string },
): Promise<string> {
  const dsn = await server.createDatabase();
  const roles = await Deno.readTextFile(script);
  await withPool(dsn, async (sql) => {
    const [{ folder }] = await sql<[{ readonly folder: string }]>`
      SELECT current_setting('data_directory') AS folder`;
    // the server's own user must be able to read them, and this process may be another one
    for (const [name, password] of Object.entries(passwords)) {
      const literal = `'${password.replaceAll("'", "''")}'`;
      await sql.unsafe(`COPY (SELECT ${literal}) TO '${folder}/postgres_${name}_password'`);
    }
    await sql.unsafe(`SET backtest.secrets = '${folder}';\n${roles}`).simple();
  });
  return dsn;
}
