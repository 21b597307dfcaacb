import assert from "node:assert/strict";
import { clientCertificate, serverCertificate } from "../helpers/certificate.ts";
import { embeddedPostgres, withPool } from "../helpers/postgres.ts";
import { runProgram } from "../helpers/program.ts";
import { temporaryFolder } from "../helpers/temporary_folder.ts";

const server = embeddedPostgres();
const pending = 3;

Deno.test("sslrootcert, sslcert and sslkey of a DSN against a Postgres that wants a client's certificate", async () => {
  await using folder = await temporaryFolder();
  const dsn = await server.createDatabase();
  const ours = await serverCertificate("localhost");
  const client = await clientCertificate(ours, "somebody");
  const stranger = await clientCertificate(await serverCertificate("localhost"), "somebody");
  await wantCertificates(dsn, ours);
  const file = (name: string, text: string) => folder.write(name, text);
  const ca = await file("ca.pem", ours.authority);
  const pair = async (name: string, { cert, key }: { readonly cert: string; readonly key: string }) =>
    `sslcert=${await file(`${name}.crt`, cert)}&sslkey=${await file(`${name}.key`, key)}`;
  const status = (query: string) =>
    runProgram(["migrate", "status"], {
      env: { POSTGRES_DSN: `${dsn.replace("@127.0.0.1:", "@localhost:")}?${query}` },
      permissions: ["--allow-read", "--allow-net", "--allow-env", "--allow-sys"],
    });
  const good = await pair("client", client);
  const accepted = await status(`sslmode=verify-full&sslrootcert=${ca}&${good}`);
  assert.equal(accepted.code, pending, accepted.stderr);
  assert.equal((await status(`sslmode=require&${good}`)).code, pending);

  const without = await status(`sslmode=verify-full&sslrootcert=${ca}`);
  assert.equal(without.code, 1);
  assert.match(without.stderr, /certificate/);
  const other = await status(`sslmode=verify-full&sslrootcert=${ca}&${await pair("stranger", stranger)}`);
  assert.equal(other.code, 1);
  const wrong = await file("wrong.pem", (await serverCertificate("localhost")).authority);
  const unverified = await status(`sslmode=require&sslrootcert=${wrong}&${good}`);
  assert.equal(unverified.code, 1);
  for (const { stderr } of [without, other, unverified]) {
    assert.equal(stderr.trim().split("\n").length, 1, stderr);
  }
  const missing = await status(`sslmode=verify-full&sslrootcert=${folder.path}/none.pem`);
  assert.equal(
    missing.stderr,
    `Cannot open the database: sslrootcert "${folder.path}/none.pem" does not exist; at dsn\n`,
  );
});

/** Makes the server speak TLS, and let nobody in by TCP without a certificate of its authority and the password. */
async function wantCertificates(
  dsn: string,
  { authority, cert, key }: { readonly authority: string; readonly cert: string; readonly key: string },
): Promise<void> {
  const loadedAt = () =>
    withPool(dsn, async (sql) => (await sql`SELECT pg_conf_load_time()::text AS at`)[0]!.at);
  const before = await loadedAt();
  await withPool(dsn, async (sql) => {
    const [{ folder }] = await sql<[{ readonly folder: string }]>`
      SELECT current_setting('data_directory') AS folder`;
    const files = {
      "server.crt": cert,
      "server.key": key,
      "clients.crt": authority,
      "pg_hba.conf": [
        "hostnossl all all 127.0.0.1/32 scram-sha-256",
        "hostssl all all all scram-sha-256 clientcert=verify-ca",
      ].join("\n"),
    };
    for (const [name, text] of Object.entries(files)) {
      const lines = `string_to_array('${text.replaceAll("\r", "").trim()}', E'\\n')`;
      await sql.unsafe(`COPY (SELECT unnest(${lines})) TO '${folder}/${name}'`);
      await Deno.chmod(`${folder}/${name}`, 0o600);
    }
    await sql`ALTER SYSTEM SET ssl = on`;
    await sql`ALTER SYSTEM SET ssl_ca_file = 'clients.crt'`;
    await sql`SELECT pg_reload_conf()`;
  });
  const deadline = performance.now() + 30_000;
  while (await loadedAt() === before) assert.ok(performance.now() < deadline, "The server did not reload");
}
