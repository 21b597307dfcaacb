import assert from "node:assert/strict";
import { serverCertificate } from "../helpers/certificate.ts";
import { embeddedPostgres, withPool } from "../helpers/postgres.ts";
import { runProgram } from "../helpers/program.ts";
import { temporaryFolder } from "../helpers/temporary_folder.ts";

const server = embeddedPostgres();
const pending = 3;
const noTls =
  /^Cannot read the state of the schema: the server at localhost:\d+ does not speak TLS, which sslmode asks for\n$/;
const untrusted = /^Cannot read the state of the schema: unable to verify the first certificate\n$/;

type Variables = Readonly<Record<string, string>>;

/** Looks at the schema with a query behind the DSN, by the name of the server's host. */
async function status(dsn: string, query: string, env: Variables = {}) {
  const named = dsn.replace("@127.0.0.1:", "@localhost:");
  return await runProgram(["migrate", "status"], { env: { POSTGRES_DSN: `${named}${query}`, ...env } });
}

Deno.test("sslmode of a DSN asks for TLS, and DENO_CERT names an authority of one's own", async () => {
  await using folder = await temporaryFolder();
  const dsn = await server.createDatabase();
  for (const query of ["", "?sslmode=disable", "?sslmode=prefer"]) {
    assert.equal((await status(dsn, query)).code, pending, query);
  }
  for (const query of ["?sslmode=require", "?sslmode=verify-full"]) {
    const { code, stderr } = await status(dsn, query);
    assert.equal(code, 1, query);
    assert.match(stderr, noTls);
  }

  const authority = await folder.write(
    "authority.pem",
    await speakTls(dsn, "localhost"),
  );
  for (const query of ["?sslmode=disable", "?sslmode=prefer", "?sslmode=require"]) {
    assert.equal((await status(dsn, query)).code, pending, query);
  }
  for (const query of ["?sslmode=verify-full", "?sslmode=verify-ca"]) {
    const refused = await status(dsn, query);
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, untrusted);
    assert.equal((await status(dsn, query, { DENO_CERT: authority })).code, pending, query);
  }

  const other = await folder.write("other.pem", await speakTls(dsn, "db.example"));
  const refused = await status(dsn, "?sslmode=verify-full", { DENO_CERT: other });
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /^Cannot read the state of the schema: Hostname\/IP does not match/);
});

/** Makes the server speak TLS with a new certificate for a host; returns that of the authority behind it. */
async function speakTls(dsn: string, host: string): Promise<string> {
  const { authority, cert, key } = await serverCertificate(host);
  const before = await loadedAt(dsn);
  await withPool(dsn, async (sql) => {
    const [{ folder }] = await sql<[{ readonly folder: string }]>`
      SELECT current_setting('data_directory') AS folder`;
    // the server's own user must own them, and this process may be another one
    for (const [name, text] of [["server.crt", cert], ["server.key", key]] as const) {
      const lines = `string_to_array('${text.replaceAll("\r", "").trim()}', E'\\n')`;
      await sql.unsafe(`COPY (SELECT unnest(${lines})) TO '${folder}/${name}'`);
      await Deno.chmod(`${folder}/${name}`, 0o600);
    }
    await sql`ALTER SYSTEM SET ssl = on`;
    await sql`SELECT pg_reload_conf()`;
  });
  const deadline = performance.now() + 30_000;
  while (await loadedAt(dsn) === before) assert.ok(performance.now() < deadline, "The server did not reload");
  return authority;
}

/** When the settings of a new connection were read. */
async function loadedAt(dsn: string): Promise<string> {
  const [row] = await withPool(dsn, (sql) => sql`SELECT pg_conf_load_time()::text AS at`);
  return row!.at;
}
