import assert from "node:assert/strict";
import { runProgram } from "../helpers/program.ts";
import { taskPermissions } from "../helpers/task_permissions.ts";
import { temporaryFolder } from "../helpers/temporary_folder.ts";

/** What a task may do without a list of what exactly. */
function everythingOf(task: string): readonly string[] {
  return taskPermissions(task).filter((flag) => flag.startsWith("--allow-") && !flag.includes("="));
}

Deno.test("worker, api, migrate, candles and jobs may do everything of a kind only where nobody can know what they need", () => {
  assert.deepEqual(everythingOf("worker"), ["--allow-net"]);
  assert.deepEqual(everythingOf("api"), ["--allow-net"]);
  assert.deepEqual(everythingOf("migrate"), ["--allow-net"]);
  // these take any file a person names, and an import writes into whatever folder the config has
  assert.deepEqual(everythingOf("candles"), ["--allow-read", "--allow-write", "--allow-net", "--allow-env"]);
  assert.deepEqual(everythingOf("jobs"), ["--allow-read", "--allow-write", "--allow-net", "--allow-env"]);
});

Deno.test("migrate writes and starts nothing, so an embedded database takes a task of its own", async () => {
  await using folder = await temporaryFolder();
  const env = { POSTGRES_DSN: `embedded:${folder.path}/data` };
  const refused = await runProgram(["migrate"], { env });
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /Cannot start embedded Postgres .*: Requires sys access/);
  assert.match(refused.stderr, /Requires write access/);
  assert.deepEqual([...Deno.readDirSync(folder.path)], []);
  const permissions = taskPermissions("migrate:embedded");
  const applied = await runProgram(["migrate"], { env, permissions });
  assert.equal(applied.code, 0, applied.stderr);
  assert.match(applied.stdout, /^applied 0001_/);
  assert.ok([...Deno.readDirSync(`${folder.path}/data`)].length > 0);
});

Deno.test("jobs takes its token from any variable, but for the secrets that are others'", async () => {
  const secrets = ["BACKTEST_JWT_SECRET", "CH_PASSWORD", "CLICKHOUSE_PASSWORD", "POSTGRES_DSN"];
  for (const name of [...secrets, "MY_TOKEN"]) {
    const args = ["jobs", "list", "--api", "http://127.0.0.1:1", "--token-env", name];
    const { code, stderr } = await runProgram(args, { env: { [name]: "for somebody" } });
    assert.equal(code, 1);
    if (name === "MY_TOKEN") assert.match(stderr, /127\.0\.0\.1:1/);
    else assert.equal(stderr, `Cannot use --token-env: ${name} is not set\n`);
  }
});
