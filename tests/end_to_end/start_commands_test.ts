import assert from "node:assert/strict";
import { freePort } from "../helpers/free_port.ts";
import { embeddedPostgres } from "../helpers/postgres.ts";
import { endIfRunning, runProgram, startProgram } from "../helpers/program.ts";
import { temporaryFolder } from "../helpers/temporary_folder.ts";
import { untilReady } from "../helpers/until_ready.ts";

const root = new URL("../../", import.meta.url);
const read = (path: string) => Deno.readTextFileSync(new URL(path, root));
const server = embeddedPostgres();

Deno.test("S001-32 the README's lines for a Postgres of one's own run as written, from migrate to the ranked rows", async () => {
  const [, block] = /```sh\n(export POSTGRES_DSN=[\s\S]*?)```/.exec(read("README.md")) ?? [];
  const [exports, ...lines] = block!.trim().split("\n");
  const dsn = await server.createDatabase();
  await using folder = await temporaryFolder();
  await folder.write("candles/100/SP500.csv", read("docs/examples/sp500-daily.csv"));
  const config = read("configs/prod/backtest.yaml")
    .replace("candles: {", `candles: { directory: "${folder.path}/candles",`);
  const env: Record<string, string> = { ROEHUB_BACKTEST_CONFIG: await folder.write("backtest.yaml", config) };
  for (const [, name, value] of exports!.matchAll(/(\w+)=(\S+)/g)) {
    env[name!] = value!.replace("postgres://...", dsn);
  }
  assert.deepEqual(Object.keys(env).sort(), [
    "POSTGRES_DSN",
    "ROEHUB_BACKTEST_CONFIG",
    "ROEHUB_ENV",
    "STRATEGY_PG_DSN",
  ]);
  const commands = lines.map((line) => line.replace(/^deno task /, ""));
  assert.deepEqual(commands.map((line) => line.split(" ").slice(0, 2).join(" ")), [
    "migrate",
    "worker --metrics-port",
    "jobs submit",
    "jobs watch",
    "jobs top",
  ]);
  const run = async (line: string) => {
    const { code, stdout, stderr } = await runProgram(line.split(" "), { env });
    assert.equal(code, 0, stderr);
    return stdout.trim();
  };
  const [migrate, work, submit, watch, top] = commands as [string, string, string, string, string];
  assert.match(await run(migrate), /^applied 0001_/);
  assert.equal(work, "worker --metrics-port 9204");
  const port = String(freePort());
  const worker = startProgram(work.replace("9204", port).split(" "), { env });
  try {
    await worker.saw(`event=metrics_started metrics_port=${port}`);
    const jobId = await run(submit);
    assert.match(jobId, /^[0-9a-f-]{36}$/);
    assert.match(await run(watch.replace("<job id>", jobId)), /state +succeeded/);
    assert.match(await run(top.replace("<job id>", jobId)), /ma\.sma/);
  } finally {
    worker.process.kill("SIGTERM");
    assert.equal((await worker.ended()).code, 0);
  }
});

Deno.test("S000-37 an API whose database is away or wants another password says so in one line without the password", async () => {
  const own = new URL(await server.createDatabase());
  own.password = "hunter2";
  for (const dsn of [own.href, "postgres://bob:hunter2@127.0.0.1:1/none"]) {
    const env = { STRATEGY_PG_DSN: dsn, ROEHUB_ENV: "dev" };
    const { code, stdout, stderr } = await runProgram(["api", "--port", "0"], { env });
    assert.deepEqual([code, stdout], [1, ""], stderr);
    assert.doesNotMatch(stderr, /hunter2/);
    assert.equal(stderr.trimEnd().split("\n").length, 1, stderr);
  }
});

Deno.test("S001-32 S001-33 api started by its environment alone serves 127.0.0.1:8000", async () => {
  const dsn = await server.createDatabase();
  const env = { POSTGRES_DSN: dsn, STRATEGY_PG_DSN: dsn, ROEHUB_ENV: "dev" };
  assert.equal((await runProgram(["migrate"], { env })).code, 0);
  // somebody else may listen there; then it says so and ends
  const usual = startProgram(["api"], { env });
  await usual.saw("127.0.0.1:8000");
  endIfRunning(usual);
  assert.match(
    (await usual.ended()).stderr,
    /event=api_started url=http:\/\/127\.0\.0\.1:8000 |^Cannot serve the API on 127\.0\.0\.1:8000: the port is already in use\n$/,
  );

  const url = `http://127.0.0.1:${freePort()}`;
  const api = startProgram(["api", "--port", new URL(url).port], { env });
  try {
    await api.saw(`event=api_started url=${url}`);
    assert.deepEqual(await untilReady(url), { status: "ready", checks: { database: "ok", compute: "ok" } });
  } finally {
    endIfRunning(api);
    assert.equal((await api.ended()).code, 0);
  }
});
