import assert from "node:assert/strict";
import { parquetWriteBuffer } from "hyparquet-writer";
import { readCandleFile } from "../../src/adapters/candles/read_candle_file.ts";
import { sharedClickHouse } from "../helpers/clickhouse.ts";
import { freePort } from "../helpers/free_port.ts";
import { shutGate } from "../helpers/gate.ts";
import { embeddedPostgres } from "../helpers/postgres.ts";
import { startProgram } from "../helpers/program.ts";
import { taskPermissions } from "../helpers/task_permissions.ts";
import { walkRequest, type WorkerWorld, workerWorld } from "../helpers/worker_world.ts";

const clickHouse = await sharedClickHouse();
const { ignore } = clickHouse;
const postgres = embeddedPostgres();
const request = walkRequest({ windows: 40 });

type Variables = Readonly<Record<string, string>>;

/** Brings the world's candle file into a database of the engine and returns what names it. */
async function imported(world: WorkerWorld, database: string): Promise<Variables> {
  const env = clickHouse.env(database);
  const file = `${world.folder.path}/candles/1/WALK.csv`;
  const args = ["candles", "import", "--file", file, "--market", "1", "--symbol", "walk", "--create-table"];
  const { code, stdout, stderr } = await world.run(args, { env });
  assert.equal(code, 0, stderr);
  assert.match(stdout, /: 40000 new, 0 replaced, 0 already there$/m);
  return env;
}

function startWorker(world: WorkerWorld, env: Variables) {
  return startProgram(["worker", "--metrics-port", String(freePort())], {
    env: { ...world.env, ...env },
    permissions: taskPermissions("worker"),
  });
}

/** Runs the request on a worker with these variables; returns everything that is kept of it, byte for byte. */
async function resultWith(world: WorkerWorld, env: Variables): Promise<string> {
  const jobId = await world.submit(request);
  const worker = startWorker(world, env);
  await worker.saw("event=job_processed");
  worker.process.kill("SIGTERM");
  const { code, stderr } = await worker.ended();
  assert.equal(code, 0, stderr);
  assert.match(stderr, /status=succeeded/);
  const rows = await world.sql((sql) =>
    sql`SELECT to_jsonb(top_row) - 'job_id' - 'updated_at' AS kept FROM backtest_job_top_variants top_row
        WHERE job_id = ${jobId}::uuid ORDER BY rank`
  );
  assert.equal(rows.length, 20);
  return JSON.stringify(rows);
}

Deno.test({
  name: "a worker on ClickHouse, or on a Parquet file, ends a job with the bytes of one on the same CSV file",
  ignore,
  async fn() {
    await using world = await workerWorld(postgres);
    const env = await imported(world, "same_rows");
    const fromFile = await resultWith(world, {});
    await turnIntoParquet(`${world.folder.path}/candles/1/WALK`);
    assert.equal(await resultWith(world, {}), fromFile);
    // only ClickHouse has candles now
    await Deno.remove(`${world.folder.path}/candles`, { recursive: true });
    assert.equal(await resultWith(world, env), fromFile);
    const [first] = JSON.parse(fromFile);
    assert.match(first.kept.report_table_md, /\|SQN\|/);
    assert.ok(first.kept.trades_json.length > 0);
  },
});

/** Replaces a CSV file by a Parquet file of the same candles. */
async function turnIntoParquet(path: string): Promise<void> {
  const { series: { candles: { tsOpenMs, ...values } } } = await readCandleFile(`${path}.csv`, {
    label: "WALK",
  });
  const times = { name: "ts_open", data: BigInt64Array.from(tsOpenMs, BigInt), type: "INT64" as const };
  const columns = Object.entries(values).map(([name, data]) => ({ name, data, type: "FLOAT" as const }));
  await Deno.writeFile(
    `${path}.parquet`,
    new Uint8Array(parquetWriteBuffer({ columnData: [times, ...columns] })),
  );
  await Deno.remove(`${path}.csv`);
}

Deno.test({
  name: "a worker whose ClickHouse is down at its start waits for work, and ends the job when it is back",
  ignore,
  async fn() {
    await using world = await workerWorld(postgres);
    const env = await imported(world, "late_server");
    await using gate = shutGate(clickHouse.server().settings.port);
    await world.submit(request);
    const worker = startWorker(world, { ...env, CH_PORT: String(gate.port) });
    await worker.saw("event=candles_unchecked");
    await worker.saw("event=metrics_started");
    await worker.saw("event=job_retry");
    gate.open();
    await worker.saw("status=succeeded");
    worker.process.kill("SIGTERM");
    const { code, stderr } = await worker.ended();
    assert.equal(code, 0);
    assert.match(stderr, /event=candles_unchecked .*cannot be reached or broke off/);
    assert.match(stderr, /event=job_retry .*cannot be reached or broke off/);
    assert.ok(!stderr.includes(env.CH_PASSWORD!), stderr);
  },
});
