import assert from "node:assert/strict";
import { SignJWT } from "jose";
import { candleTableStatements } from "../../src/adapters/clickhouse/candle_table_ddl.ts";
import { sharedClickHouse } from "../helpers/clickhouse.ts";
import { freePort } from "../helpers/free_port.ts";
import { embeddedPostgres, withPool } from "../helpers/postgres.ts";
import { walkCsv, walkRequest } from "../helpers/worker_world.ts";
import { grafanaDashboard } from "./dashboard.ts";
import { buildImage, canBuildImage, type Image } from "./image.ts";
import { manifests } from "./manifests.ts";
import { hasPrograms } from "../helpers/optional_program.ts";
import { startPrometheus } from "./prometheus.ts";
import { databaseWithRoles } from "./roles.ts";
import { composeStack, type Ended, secrets, type Servers, type Stack } from "./stack.ts";

const postgres = embeddedPostgres();
const clickHouse = await sharedClickHouse();
const ignore = clickHouse.ignore || !await canBuildImage();
const withoutPrometheus = !await hasPrograms("prometheus");

/** How long an alert may take to come or go, on a busy machine. */
const withinMs = 180_000;

let image: Image;
Deno.test.beforeAll(async () => {
  if (ignore) return;
  image = await buildImage();
  await Deno.mkdir(`${image.path}/candles`, { mode: 0o755 });
  await Deno.writeTextFile(`${image.path}/candles/walk.csv`, walkCsv());
});
Deno.test.afterAll(async () => await image?.[Symbol.asyncDispose]());

const sql = await Deno.readTextFile(new URL("../../deploy/clickhouse/candles.sql", import.meta.url));

/** Servers as a site has them: an empty database, and a ClickHouse with the table that compose.yaml makes. */
async function servers(): Promise<Servers> {
  for (const statement of sql.split(";\n").filter((text) => text.trim() !== "")) {
    await clickHouse.server().run(statement);
  }
  return {
    dsn: await databaseWithRoles(postgres, {
      owner: secrets.POSTGRES_OWNER_PASSWORD,
      backtest: secrets.POSTGRES_BACKTEST_PASSWORD,
    }),
    clickHouse: clickHouse.env("market_data"),
    apiPort: freePort(),
    workerPort: freePort(),
  };
}

async function token(user: string): Promise<string> {
  const key = new TextEncoder().encode(secrets.BACKTEST_JWT_SECRET);
  return await new SignJWT({ sub: user, iss: "backtest", aud: "backtest-api" }).setProtectedHeader({
    alg: "HS256",
  }).setExpirationTime("1h").sign(
    key,
  );
}

/** A client of the API with a user of its own. */
async function client(port: number) {
  const authorization = `Bearer ${await token(crypto.randomUUID())}`;
  const url = `http://127.0.0.1:${port}/backtests/jobs`;
  const headers = { authorization, "content-type": "application/json" };
  return {
    async submit(body: unknown): Promise<string> {
      const response = await fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
      assert.equal(response.status, 201, await response.clone().text());
      return (await response.json()).job_id;
    },
    async ended(id: string): Promise<string> {
      const deadline = performance.now() + 180_000;
      while (performance.now() < deadline) {
        const { state } = await (await fetch(`${url}/${id}`, { headers })).json();
        if (!["queued", "running"].includes(state)) return state;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      throw new Error(`The job ${id} has not ended within 180 s`);
    },
  };
}

/** Brings the candles of the image's volume into the table, as docs/deploy.md does. */
async function importCandles(stack: Stack): Promise<Ended> {
  const file = `${image.path}/candles/walk.csv`;
  return await stack.run("tools", ["candles", "import", "--file", file, "--market", "1", "--symbol", "WALK"]);
}

function firing(alert: string): string {
  return `ALERTS{alertname="${alert}", alertstate="firing"}`;
}

Deno.test("the table of compose.yaml is the one the program makes", () => {
  assert.equal(sql, `${candleTableStatements("market_data").join(";\n")};\n`);
});

Deno.test({
  name:
    "compose.yaml's services run with their commands, users and permissions, from an empty database to a result",
  ignore,
  async fn() {
    const site = await servers();
    const stack = await composeStack(image, site);
    const migrated = await stack.run("migrate");
    assert.equal(migrated.code, 0, migrated.stderr);
    assert.match(migrated.stdout, /^applied 0001_/);
    assert.equal((await stack.run("migrate")).stdout, "Nothing to apply\n");
    const imported = await importCandles(stack);
    assert.equal(imported.code, 0, imported.stderr);
    assert.match(imported.stdout, /^40000 rows, /);

    await using api = stack.start("api");
    await using worker = stack.start("worker");
    await Promise.all([api.saw("event=api_started"), worker.saw("event=metrics_started")]);
    assert.equal(await stack.check("api"), 0);
    assert.equal(await stack.check("worker"), 0);
    const user = await client(site.apiPort);
    assert.equal(await user.ended(await user.submit(walkRequest({ windows: 10 }))), "succeeded");

    assert.deepEqual(await Promise.all([api.stop(), worker.stop()]), [0, 0]);
    assert.equal(await stack.check("worker"), 1);
  },
});

Deno.test({
  name:
    "jobs that wait: the scaler counts them, a Prometheus fires the alerts, and the dashboard has something to show",
  ignore: ignore || withoutPrometheus,
  async fn() {
    const site = await servers();
    const stack = await composeStack(image, site);
    assert.equal((await stack.run("migrate")).code, 0);
    assert.equal((await importCandles(stack)).code, 0);
    await using api = stack.start("api");
    await api.saw("event=api_started");
    for (let i = 0; i < 6; i++) await (await client(site.apiPort)).submit(walkRequest({ windows: 10 }));
    await withPool(
      site.dsn,
      (sql) =>
        sql`UPDATE backtest_jobs SET created_at = created_at - interval '3 minutes',
                                   updated_at = updated_at - interval '3 minutes'`,
    );
    const scaler = (await manifests()).find(({ kind }) =>
      kind === "ScaledObject"
    )!.body.spec.triggers[0].metadata;
    const [row] = await withPool(site.dsn, (sql) => sql.unsafe(scaler.query));
    assert.deepEqual(Object.values(row ?? {}), ["6"]);
    await using prometheus = await startPrometheus({
      "backtest-api": [`127.0.0.1:${site.apiPort}`],
      "backtest-worker": [`127.0.0.1:${site.workerPort}`],
    });
    await prometheus.until(firing("BacktestQueueStuck"), { withinMs });
    await prometheus.until(firing("BacktestNoWorker"), { withinMs });
    await prometheus.until(firing("BacktestWorkerDown"), { withinMs });
    // a rate needs a count from before: the worker is seen without a claim first
    await withPool(site.dsn, (sql) => sql`UPDATE backtest_jobs SET not_before = now() + interval '1 hour'`);
    await using _worker = stack.start("worker");
    await prometheus.until("backtest_job_runner_claim_total == 0", { withinMs });
    await withPool(site.dsn, (sql) => sql`UPDATE backtest_jobs SET not_before = NULL`);
    await prometheus.until(firing("BacktestQueueWaitAverage"), { withinMs });
    await prometheus.until(firing("BacktestQueueWaitP95"), { withinMs });

    await prometheus.until("sum(backtest_job_runner_succeeded_total) == 6", { withinMs });
    for (const { title, targets = [] } of (await grafanaDashboard()).panels) {
      for (const { expr } of targets) {
        assert.ok(
          (await prometheus.query(expr)).length > 0,
          `${title}: ${expr}`,
        );
      }
    }
  },
});
