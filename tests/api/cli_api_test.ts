import assert from "node:assert/strict";
import { systemClock } from "../../src/adapters/system/clock.ts";
import { BacktestError } from "../../src/core/errors/mod.ts";
import { startHttpServer } from "../../src/wiring/http_server.ts";
import { leaseOf, reportedVariant } from "../contract/job_stores.ts";
import { apiWorld } from "../helpers/api_world.ts";
import { embeddedPostgres } from "../helpers/postgres.ts";
import { postgresApi } from "../helpers/postgres_api.ts";
import { runProgram } from "../helpers/program.ts";
import { requestBody, userId } from "../helpers/worker_harness.ts";

const postgres = embeddedPostgres();

Deno.test("jobs submit, list, show, top, heatmap, cancel and watch with --api speak to the API in place of a database", async () => {
  const world = apiWorld({
    clock: systemClock(),
    authenticate(request) {
      if (request.headers.get("authorization") === "Bearer s3cret") return Promise.resolve({ userId });
      return Promise.reject(new BacktestError("unauthorized", "Authentication is required"));
    },
  });
  const limits = { ...world.deps.config.api, silentSecondsMax: 600 };
  await using server = await startHttpServer({ ...world.api, host: "127.0.0.1", port: 0, limits });
  const url = `http://127.0.0.1:${server.port}`;
  const jobs = (args: readonly string[], stdin?: string) =>
    runProgram(["jobs", ...args, "--api", url, "--token-env", "MY_TOKEN"], {
      env: { MY_TOKEN: "s3cret" },
      ...(stdin === undefined ? {} : { stdin }),
    });
  const submitted = await jobs(["submit", "--request", "-"], JSON.stringify(requestBody()));
  assert.equal(submitted.code, 0, submitted.stderr);
  const id = submitted.stdout.trim();
  assert.equal((await world.jobs.get(id))?.state, "queued");
  assert.match((await jobs(["list"])).stdout, new RegExp(id));
  assert.match((await jobs(["show", id])).stdout, /state\s+queued/);

  const watching = jobs(["watch", id, "--json"]);
  const lease = leaseOf((await world.queue.claimNext({ lockedBy: "worker-1", leaseSeconds: 600 }))!);
  await world.queue.succeed(lease, [reportedVariant(1)]);
  const watched = await watching;
  assert.deepEqual([watched.code, JSON.parse(watched.stdout).state], [0, "succeeded"]);
  assert.equal(JSON.parse((await jobs(["top", id, "--json"])).stdout).items.length, 1);
  const heatmap = await jobs(["heatmap", id, "--x", "sl_pct"]);
  assert.match(
    heatmap.stderr,
    /^Cannot show a heatmap of job .*: it was run by a version that stored none\n$/,
  );
  assert.match((await jobs(["cancel", id])).stdout, /state\s+succeeded/);

  const refused = await jobs(["show", "99999999-9999-4999-8999-999999999999"]);
  assert.deepEqual([refused.code, refused.stderr], [1, "Backtest job was not found\n"]);
  const bare = await runProgram(["jobs", "list", "--api", url, "--token-env", "NOT_SET"]);
  assert.deepEqual([bare.code, bare.stderr], [1, "Cannot use --token-env: NOT_SET is not set\n"]);
});

Deno.test("13 jobs list --user --api asks for an operator whose jobs, or all, and is refused for others", async () => {
  const operator = "99999999-9999-4999-8999-999999999999";
  const world = apiWorld({
    clock: systemClock(),
    authenticate(request) {
      const isOperator = request.headers.get("authorization") === "Bearer ops";
      return Promise.resolve({ userId: isOperator ? operator : userId, roles: [], isOperator });
    },
  });
  const limits = { ...world.deps.config.api, silentSecondsMax: 600 };
  await using server = await startHttpServer({ ...world.api, host: "127.0.0.1", port: 0, limits });
  const jobs = async (token: string, args: readonly string[]) =>
    await runProgram(["jobs", ...args, "--api", `http://127.0.0.1:${server.port}`, "--token-env", "TOKEN"], {
      env: { TOKEN: token, BACKTEST_USER_ID: operator },
    });
  const { json: { job_id: id } } = await world.send("POST", "/backtests/jobs", { body: requestBody() });
  const listed = async (token: string, ...args: readonly string[]) =>
    (await jobs(token, ["list", ...args])).stdout.includes(id);
  assert.deepEqual(
    [
      await listed("ops"),
      await listed("ops", "--user", "all"),
      await listed("ops", "--user", userId),
      await listed("ops", "--user", operator),
      await listed("mine"),
    ],
    [false, true, true, false, true],
  );
  const stranger = await jobs("mine", ["list", "--user", "all"]);
  assert.deepEqual([stranger.code, stranger.stderr], [
    1,
    "Jobs of other users are listed for operators only\n",
  ]);
});

Deno.test("13 what has no meaning with --api, or without it, is refused", async () => {
  const api = ["--api", "http://127.0.0.1:1"];
  const id = "99999999-9999-4999-8999-999999999999";
  const refused = async (...args: readonly string[]) => {
    const { code, stderr } = await runProgram(["jobs", ...args]);
    assert.equal(code, 1);
    return stderr;
  };
  const user = "Cannot use --user: with --api the token tells whose jobs; leave it out\n";
  for (const command of ["show", "heatmap"]) {
    assert.equal(await refused(command, id, "--user", id, ...api), user, command);
  }
  assert.equal(await refused("submit", "--request", "-", "--user", id, ...api), user);
  assert.equal(
    await refused("submit", "--request", "-", "--config", "x.yaml", ...api),
    "Cannot use --config: with --api its own config counts; leave it out\n",
  );
  assert.equal(
    await refused("list", "--token-env", "TOKEN"),
    "Cannot use --token-env: it is the token for --api, which is missing\n",
  );
});

Deno.test("jobs submit --idempotency-key gives the job of the API's request with the same key, and refuses another body", async () => {
  const dsn = await postgres.createDatabase();
  await using api = await postgresApi(dsn, { replicas: 1 });
  const headers = { "idempotency-key": "mine" };
  const created = await api.send("POST", "/backtests/jobs", { body: requestBody(), headers });
  const submit = (changes: Record<string, unknown>, key: string) =>
    runProgram(["jobs", "submit", "--request", "-", "--user", userId, "--idempotency-key", key], {
      env: { STRATEGY_PG_DSN: dsn },
      stdin: JSON.stringify(requestBody(changes)),
    });
  const same = await submit({}, "mine");
  assert.deepEqual([same.code, same.stdout.trim()], [0, created.json.job_id], same.stderr);
  const other = await submit({ top_k: 7 }, "mine");
  assert.deepEqual([other.code, other.stderr], [1, 'Idempotency-Key "mine" was used with another body\n']);
  const { code, stderr } = await submit({}, "my key");
  assert.equal(code, 1);
  assert.match(stderr, /^Cannot use the Idempotency-Key: it must be 1 to 255 visible ASCII characters/);
  assert.equal((await api.jobs.listForUser({ userId, limit: 9 })).items.length, 1);
});
