import type { TopRows } from "../../src/answers/job.ts";
import assert from "node:assert/strict";
import { type Trade, tradeMembers } from "../../src/core/execution/mod.ts";
import type { TopVariant } from "../../src/core/job/mod.ts";
import type { JobResults } from "../../src/ports/job_results.ts";
import type { VariantMetrics } from "../../src/core/report/mod.ts";
import { leaseOf, reportedVariant, topVariant } from "../contract/job_stores.ts";
import { type ApiWorld, apiWorld } from "../helpers/api_world.ts";
import { readCsv, readParquet } from "../helpers/table_files.ts";
import { requestBody, userId } from "../helpers/worker_harness.ts";

const strangerId = "22222222-2222-4222-8222-222222222222";
const path = "/backtests/jobs";
const reads = [
  "/top.csv",
  "/top.parquet",
  "/rows/1/trades.csv",
  "/rows/1/trades.parquet",
  "/rows/1/equity.csv",
  "/heatmap",
];

/** A job whose worker has stored these rows, and has ended it unless told otherwise. */
async function jobOf(
  world: ApiWorld,
  rows: readonly TopVariant[],
  { running = false } = {},
): Promise<string> {
  const { json: { job_id } } = await world.send("POST", path, { body: requestBody() });
  const lease = leaseOf((await world.queue.claimNext({ lockedBy: "worker-1", leaseSeconds: 60 }))!);
  if (running) await world.results.replaceTopVariants(lease, rows);
  else await world.queue.succeed(lease, rows);
  return job_id;
}

async function download(world: ApiWorld, rest: string): Promise<ArrayBuffer> {
  const request = new Request(`http://127.0.0.1:8000${path}/${rest}`, { headers: { "x-test-user": userId } });
  const answer = await world.api.fetch(request);
  assert.equal(answer.status, 200);
  return await answer.arrayBuffer();
}

/** The last one has everything that CSV must quote. */
const sqn = ["0.5", "-1", "N/A", '1, "2"; é'];

/** What the numbers, texts and missing values of a row may look like at their ends. */
const extremes: readonly TopVariant[] = [
  { totalReturnPct: 1.7976931348623157e308, variantIndex: 2_147_483_647 },
  { totalReturnPct: 0.1 + 0.2, variantIndex: 0 },
  { totalReturnPct: 5e-324, variantIndex: 1 },
  { totalReturnPct: -99.999999999999986, variantIndex: 65_537 },
].map((changes, i) => ({
  ...reportedVariant(i + 1),
  ...changes,
  reportTableMd: `| Metric | Value |\n|---|---|\n|Start|2026-01-01|\n|SQN|${sqn[i]}|`,
  payload: {
    ...reportedVariant(1).payload,
    risk_params: { sl_enabled: i > 0, sl_pct: i > 0 ? i / 3 : null, tp_enabled: false, tp_pct: null },
  },
}));

/** Metrics that have a column of their own: return and initial cash have one already. */
function otherMetrics({ total_return_pct: _, init_cash_quote: __, ...metrics }: VariantMetrics) {
  return metrics;
}

Deno.test("GET .../top.parquet read back equals top.csv and /top row by row: types, nulls, largest index", async () => {
  const world = apiWorld();
  const id = await jobOf(world, extremes);
  const csv = readCsv((await world.send("GET", `${path}/${id}/top.csv`)).text);
  const parquet = await readParquet(await download(world, `${id}/top.parquet`));
  const { items }: TopRows = (await world.send("GET", `${path}/${id}/top`)).json;
  assert.deepEqual(parquet.columns, csv.columns);
  assert.deepEqual([parquet.rows.length, csv.rows.length, items.length], [4, 4, 4]);
  const { rank, variant_key, variant_index, total_return_pct, sl_enabled, sl_pct, SQN } = parquet.types;
  const { sharpe_ratio, trades, profit_factor_infinite } = parquet.types;
  assert.deepEqual([sharpe_ratio, trades, profit_factor_infinite], ["DOUBLE", "DOUBLE", "BOOLEAN"]);
  assert.deepEqual(
    { rank, variant_key, variant_index, total_return_pct, sl_enabled, sl_pct, SQN },
    {
      rank: "INT32",
      variant_key: "BYTE_ARRAY",
      variant_index: "INT32",
      total_return_pct: "DOUBLE",
      sl_enabled: "BOOLEAN",
      sl_pct: "DOUBLE",
      SQN: "BYTE_ARRAY",
    },
  );
  for (const [i, item] of items.entries()) {
    const row = parquet.rows[i]!;
    const asText = Object.entries(row).map(([name, value]) => [
      name,
      value === null ? "" : value === Infinity ? "inf" : String(value),
    ]);
    assert.deepEqual(Object.fromEntries(asText), csv.rows[i]);
    const { risk_params, execution_params, direction_mode, sizing_mode, indicator_selections } = item.payload;
    const [{ inputs, params }] = indicator_selections as [NonNullable<typeof indicator_selections>[number]];
    assert.deepEqual(row, {
      rank: item.rank,
      variant_key: item.variant_key,
      indicator_variant_key: item.indicator_variant_key,
      variant_index: item.variant_index,
      total_return_pct: item.total_return_pct,
      "ma.ema.source": inputs.source,
      "ma.ema.window": params.window,
      ...risk_params,
      ...execution_params,
      direction_mode,
      sizing_mode,
      ...otherMetrics(item.metrics!),
      profit_factor: item.metrics!.profit_factor_infinite ? Infinity : item.metrics!.profit_factor,
      Start: "2026-01-01",
      SQN: sqn[i],
    });
  }
});

Deno.test("an infinite profit factor is null in /top, inf in top.csv and infinite in top.parquet; a ruined row says so", async () => {
  const world = apiWorld();
  const row = reportedVariant(1);
  const metrics = { ...row.metrics!, profit_factor: null, profit_factor_infinite: true, ruined: true };
  const id = await jobOf(world, [{ ...row, totalReturnPct: -1071.5, metrics }]);
  const { items: [item] }: TopRows = (await world.send("GET", `${path}/${id}/top`)).json;
  assert.equal(item!.ruined, true);
  assert.equal(item!.metrics!.profit_factor, null);
  assert.equal(item!.metrics!.profit_factor_infinite, true);
  const csv = readCsv((await world.send("GET", `${path}/${id}/top.csv`)).text);
  assert.equal(csv.rows[0]!.profit_factor, "inf");
  const parquet = await readParquet(await download(world, `${id}/top.parquet`));
  assert.equal(parquet.rows[0]!.profit_factor, Infinity);
});

Deno.test("GET .../top.csv and top.parquet of a job without rows have the fixed columns and no row", async () => {
  const world = apiWorld();
  const { json: { job_id } } = await world.send("POST", path, { body: requestBody() });
  const columns = ["rank", "variant_key", "indicator_variant_key", "variant_index", "total_return_pct"];
  const csv = readCsv((await world.send("GET", `${path}/${job_id}/top.csv`)).text);
  const { types: _, ...parquet } = await readParquet(await download(world, `${job_id}/top.parquet`));
  assert.deepEqual(csv, { columns, rows: [] });
  assert.deepEqual(parquet, { columns, rows: [] });
});

Deno.test("GET .../top.csv of a running job, or of rows without a report, has no column of the report", async () => {
  const world = apiWorld();
  const running = await jobOf(world, [topVariant(1)], { running: true });
  const unreported = await jobOf(world, [topVariant(1)]);
  for (const id of [running, unreported]) {
    const { columns, rows } = readCsv((await world.send("GET", `${path}/${id}/top.csv`)).text);
    assert.equal(columns.at(-1), "sizing_mode");
    assert.equal(rows.length, 1);
  }
  const refused = await world.send("GET", `${path}/${unreported}/rows/1/trades.csv`);
  assert.deepEqual([refused.status, refused.json.error.message], [
    404,
    "No trades of rank 1: they are kept for rank <= top_trades_n only; POST /backtests/variant-report computes those of any row",
  ]);
});

Deno.test("GET .../trades.csv and trades.parquet have the bar closes of every trade, and nothing where a release before them stored none", async () => {
  const world = apiWorld();
  const row = reportedVariant(1);
  const [{ entry_ts, exit_ts, ...untimed }] = row.trades as [Trade];
  const id = await jobOf(world, [{ ...row, trades: [...row.trades!, untimed] }]);
  const csv = readCsv((await world.send("GET", `${path}/${id}/rows/1/trades.csv`)).text);
  const parquet = await readParquet(await download(world, `${id}/rows/1/trades.parquet`));
  assert.deepEqual([csv.columns, parquet.columns], [tradeMembers, tradeMembers]);
  assert.deepEqual(csv.rows.map((trade) => [trade.entry_ts, trade.exit_ts]), [[entry_ts, exit_ts], ["", ""]]);
  assert.deepEqual(parquet.rows, [row.trades![0], { ...untimed, entry_ts: null, exit_ts: null }]);
});

Deno.test("S004-21 exports and heatmap are 401 without a session, 403 for a stranger, 404 for a missing job", async () => {
  const world = apiWorld();
  const id = await jobOf(world, [reportedVariant(1)]);
  const missing = "99999999-9999-4999-8999-999999999999";
  for (const rest of reads) {
    const nobody = await world.send("GET", `${path}/${id}${rest}`, { user: null });
    assert.deepEqual([nobody.status, nobody.json.error.code], [401, "unauthorized"], rest);
    const stranger = await world.send("GET", `${path}/${id}${rest}`, { user: strangerId });
    assert.deepEqual([stranger.status, stranger.json.error.code], [403, "forbidden"], rest);
    const nothing = await world.send("GET", `${path}/${missing}${rest}`);
    assert.deepEqual([nothing.status, nothing.json.error.code], [404, "not_found"], rest);
  }
});

const planes = {
  variantKey: "1".padStart(64, "0"),
  axes: [
    { name: "ma.ema.window", values: [10, 20, 50], winner: 1 },
    { name: "ma.ema.source", values: ["close", "hl2"], winner: 0 },
    { name: "tp_pct", values: [1, 2], winner: 0 },
  ],
  planes: [
    { x: 0, y: 1, returns: [[1, 2, null], [4, 5e-324, 6]] },
    { x: 0, y: 2, returns: [[7, 8, 9], [10, 11, 12]] },
    { x: 1, y: 2, returns: [[13, 14], [15, 16]] },
  ],
};

Deno.test("GET .../heatmap gives the stored plane of two axes, turned when they are asked for the other way", async () => {
  const world = apiWorld();
  const { json: { job_id } } = await world.send("POST", path, { body: requestBody() });
  const lease = leaseOf((await world.queue.claimNext({ lockedBy: "worker-1", leaseSeconds: 60 }))!);
  assert.equal((await world.send("GET", `${path}/${job_id}/heatmap`)).status, 409);
  await world.results.savePlanes(lease, planes);
  await world.queue.succeed(lease, [reportedVariant(1)]);
  const heatmap = async (query: string) =>
    (await world.send("GET", `${path}/${job_id}/heatmap${query}`)).json;
  const [window, source, target] = planes.axes;
  assert.deepEqual(await heatmap(""), {
    job_id,
    variant_key: planes.variantKey,
    axes: ["ma.ema.window", "ma.ema.source", "tp_pct"],
    x: window,
    y: source,
    total_return_pct: [[1, 2, null], [4, 5e-324, 6]],
  });
  const turned = await heatmap("?x=tp_pct&y=ma.ema.source");
  assert.deepEqual([turned.x, turned.y, turned.total_return_pct], [target, source, [[13, 15], [14, 16]]]);
  const cases = [
    ["?x=moon&y=tp_pct", "query.x", 'The heatmap has no axis "moon"; its axes are ma.ema.window, '],
    ["?x=tp_pct", "query.y", "The heatmap needs y too; "],
    ["?x=tp_pct&y=tp_pct", "query.y", 'The heatmap needs two different axes, got "tp_pct" twice'],
  ] as const;
  for (const [query, name, message] of cases) {
    const { code, details: { errors: [item] } } = (await heatmap(query)).error;
    assert.deepEqual([code, item.path], ["validation_error", name]);
    assert.ok(item.message.startsWith(message), item.message);
  }
});

Deno.test("13 a row whose trades were too many to be kept says so, in the warnings and where they are asked for", async () => {
  const world = apiWorld();
  const row = reportedVariant(1);
  const metrics = { ...row.metrics!, trades: 474_234 };
  const id = await jobOf(world, [{ ...row, metrics, trades: null }, { ...reportedVariant(2), trades: [] }]);
  const { json: top } = await world.send("GET", `${path}/${id}/top`);
  const [left] = top.warnings.filter((one: string) => one.startsWith("trades_left_out: "));
  assert.match(left, /the trades of rank 1 \(474234\) are not kept: 50000 are of a row, 150000 of all; /);
  for (const table of ["trades.csv", "trades.parquet", "equity.csv"]) {
    const { status, json } = await world.send("GET", `${path}/${id}/rows/1/${table}`);
    assert.equal(status, 404);
    assert.match(
      json.error.message,
      /^No trades of rank 1: its 474234 trades are too many to be kept; a shorter /,
    );
  }
});

Deno.test("13 an answer has 20,000 trades at most and says which are not in it, and rows are read one job at a time", async () => {
  const world = apiWorld();
  const trades = Array.from({ length: 15_000 }, () => reportedVariant(1).trades![0]!);
  const id = await jobOf(
    world,
    [1, 2, 3].map((rank) => ({ ...reportedVariant(rank), trades: rank === 3 ? [] : trades })),
  );
  let [reading, most] = [0, 0];
  const results: JobResults = {
    ...world.results,
    async listTopVariants(jobId, limit) {
      most = Math.max(most, ++reading);
      await new Promise((resolve) => setTimeout(resolve, 0));
      reading--;
      return await world.results.listTopVariants(jobId, limit);
    },
  };
  const { send } = apiWorld({ jobs: { ...world.deps.jobs!, results } });
  const answers = await Promise.all(Array.from({ length: 8 }, () => send("GET", `${path}/${id}/top`)));
  for (const { json } of answers) {
    assert.deepEqual(json.items.map((row: TopRows["items"][number]) => row.trades?.length ?? null), [
      15_000,
      null,
      0,
    ]);
    const [left] = json.warnings.filter((one: string) => one.startsWith("trades_left_out: "));
    assert.match(
      left,
      /the trades of rank 2 are not in this answer, which has 20000 at most; rows\/2\/trades.csv has /,
    );
  }
  assert.equal(most, 1);
  const many = await Promise.all(Array.from({ length: 80 }, () => send("GET", `${path}/${id}/top?limit=1`)));
  assert.deepEqual([...new Set(many.map(({ status }) => status))].sort(), [200, 503]);
});
