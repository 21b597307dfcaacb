import assert from "node:assert/strict";
import { postgresJobs } from "../../src/adapters/postgres/jobs.ts";
import { type Trade, tradeMembers } from "../../src/core/execution/mod.ts";
import { figureNames, flagNames } from "../../src/core/report/variant_metrics.ts";
import type { TopRows } from "../../src/answers/job.ts";
import { apiProcess } from "../helpers/api_process.ts";
import { embeddedPostgres } from "../helpers/postgres.ts";
import { readCsv, readParquet } from "../helpers/table_files.ts";
import { walkRequest, workerWorld } from "../helpers/worker_world.ts";

const postgres = embeddedPostgres();
const userId = "00000000-0000-4000-8000-000000000077";

Deno.test("the exports and the heatmap of a job that a worker ran agree with its rows, its report and its plane", async () => {
  await using world = await workerWorld(postgres);
  await using api = await apiProcess(world);
  const client = await api.client(userId);
  const worker = world.startWorker();
  try {
    const { job_id } = await client.submitJob(walkRequest({ windows: 12, topK: 7 }));
    for await (const { state } of client.watchJobs([job_id])) assert.ok(state !== "failed");
    const { items, state } = await client.topRows(job_id);
    assert.deepEqual([state, items.length], ["succeeded", 7]);
    const file = (name: string) => client.file(job_id, name);
    const summary = await requireTopFiles(file, items);
    for (const rank of [1, 2]) {
      const lastEquity = await requireRowFiles(file, { rank, stored: items[rank - 1]!.trades! });
      const totalReturn = (lastEquity / 10_000 - 1) * 100;
      assert.equal(totalReturn.toFixed(4), summary.rows[rank - 1]!["Total Return [%]"]);
    }
    await assert.rejects(file("rows/3/trades.csv"), { status: 404 });

    const planes = (await world.sql((sql) => postgresJobs(sql).results.getPlanes(job_id)))!;
    const heatmap = await client.heatmap(job_id);
    assert.equal(heatmap.variant_key, items[0]!.variant_key);
    assert.deepEqual([heatmap.x.name, heatmap.y.name], ["sl_pct", "tp_pct"]);
    const position = (name: string) => planes.axes.findIndex((axis) => axis.name === name);
    const plane = planes.planes.find(({ x, y }) => x === position("sl_pct") && y === position("tp_pct"))!;
    assert.deepEqual(heatmap.total_return_pct, plane.returns);
    assert.equal(heatmap.total_return_pct[heatmap.y.winner]![heatmap.x.winner], items[0]!.total_return_pct);
    const { total_return_pct: turned } = await client.heatmap(job_id, { x: "tp_pct", y: "sl_pct" });
    assert.deepEqual(turned, plane.returns[0]!.map((_, i) => plane.returns.map((row) => row[i])));
  } finally {
    worker.process.kill("SIGTERM");
    await worker.ended();
  }
});

type File = (name: string) => Promise<Uint8Array<ArrayBuffer>>;

const textOf = async (file: File, name: string) => new TextDecoder().decode(await file(name));

/** The table of a job's rows says the same in both formats, and what the rows say. */
async function requireTopFiles(file: File, items: TopRows["items"]) {
  const parquet = await readParquet((await file("top.parquet")).buffer);
  const csv = readCsv(await textOf(file, "top.csv"));
  assert.deepEqual(parquet.columns, csv.columns);
  // return and initial cash have columns already
  const metrics = figureNames.length + flagNames.length - 2;
  assert.equal(parquet.columns.length, 5 + 2 + 4 + 5 + 2 + metrics + 25);
  for (const [i, item] of items.entries()) {
    const { rank, variant_key, variant_index, total_return_pct, sl_pct, tp_pct } = parquet.rows[i]!;
    const { risk_params } = item.payload;
    assert.deepEqual(
      { rank, variant_key, variant_index, total_return_pct, sl_pct, tp_pct },
      {
        rank: item.rank,
        variant_key: item.variant_key,
        variant_index: item.variant_index,
        total_return_pct: item.total_return_pct,
        sl_pct: risk_params.sl_pct,
        tp_pct: risk_params.tp_pct,
      },
    );
    const asText = Object.entries(parquet.rows[i]!).map((
      [name, cell],
    ) => [name, cell === null ? "" : `${cell}`]);
    assert.deepEqual(Object.fromEntries(asText), csv.rows[i]);
  }
  return csv;
}

/** The trades of a row in both formats, and its equity curve; returns the curve's last value. */
async function requireRowFiles(
  file: File,
  { rank, stored }: { readonly rank: number; readonly stored: readonly Trade[] },
): Promise<number> {
  const trades = readCsv(await textOf(file, `rows/${rank}/trades.csv`));
  assert.ok(stored.length > 0);
  assert.deepEqual(trades.columns, tradeMembers);
  const columns = await readParquet((await file(`rows/${rank}/trades.parquet`)).buffer);
  assert.deepEqual(columns.rows, stored);
  assert.deepEqual(columns.types.entry_ts, "BYTE_ARRAY");
  assert.deepEqual(columns.types.exit_bar_index, "INT32");
  assert.deepEqual(
    trades.rows,
    stored.map((trade) => Object.fromEntries(tradeMembers.map((name) => [name, String(trade[name])]))),
  );
  const equity = readCsv(await textOf(file, `rows/${rank}/equity.csv`));
  // closes from 2025-01-01T06:00 to before 2025-01-28, one a minute
  assert.equal(equity.rows.length, 27 * 1440 - 360);
  assert.equal(equity.rows[0]!.close_ts, "2025-01-01T06:00:00.000Z");
  return Number(equity.rows.at(-1)!.equity);
}
