import type { BacktestAnswer } from "../../src/answers/backtest.ts";
import { parseRequest } from "../../src/request/parse.ts";
import assert from "node:assert/strict";
import { ruleProbe } from "../helpers/rule_probe.ts";
import fc from "fast-check";
import { FileCandleSource } from "../../src/adapters/candles/file_candle_source.ts";
import { createInProcessCompute } from "../../src/adapters/wasm/in_process_compute.ts";
import { createPool } from "../../src/adapters/wasm/pool.ts";
import { type Market, parseDayStart } from "../../src/core/bars/mod.ts";
import type { EmbeddedSweep } from "../../src/embed/embedded_sweep.ts";
import type { CandleSource } from "../../src/ports/candle_source.ts";
import type { Compute } from "../../src/ports/compute.ts";
import { fixedBatchSize } from "../../src/sweep/batch_size.ts";
import { runBacktest } from "../../src/usecases/run_backtest.ts";
import { topRows } from "../../src/usecases/top_rows.ts";
import { runJob } from "../../src/worker/run_job.ts";
import { AnyRule } from "../helpers/any_rule.ts";
import { anySweepRequest } from "../helpers/any_sweep_request.ts";
import { apiWorld } from "../helpers/api_world.ts";
import { testConfig } from "../helpers/config.ts";
import { continuousMarket } from "../helpers/markets.ts";
import { generator } from "../helpers/series.ts";
import { temporaryFolder } from "../helpers/temporary_folder.ts";
import { harness, userId } from "../helpers/worker_harness.ts";
import { run } from "./tools.ts";

const days = 60;
const hourMs = 3_600_000;
const root = new URL("../../", import.meta.url);
const grids = "version: 1\ndefaults: {}\n";
const config = await Deno.readTextFile(new URL("configs/backtest.yaml", root));
const names = ["open", "high", "low", "close", "volume"] as const;
const candles = hourlyCandles();

/** Of a request each, in turn: what an empty bucket, a day and a bar that the data end inside of mean. */
const markets: readonly (Pick<Market, "calendar" | "partialLastBar"> & { readonly start?: string })[] = [
  { calendar: "continuous", partialLastBar: "skip" },
  { calendar: "sessions", partialLastBar: "skip" },
  { calendar: "continuous", partialLastBar: "trade", start: "00:00 Europe/Berlin" },
  { calendar: "sessions", partialLastBar: "trade", start: "17:00 America/New_York" },
];

/** A row as every way gives it; what a way leaves out is null. */
interface Row {
  readonly variant_key: string;
  readonly indicator_variant_key: string;
  readonly variant_index: number;
  readonly total_return_pct: number;
  readonly payload: unknown;
  readonly metrics: unknown;
  readonly same_as: unknown;
  readonly trades: unknown;
  readonly table: string | null | undefined;
}

Deno.test("a random request, of indicators or in rules, has one answer by backtest, route, job, embedded bundle and Node, on candles with holes and faults in every market", async () => {
  const seed = Number(Deno.env.get("FUZZ_SEED") ?? crypto.getRandomValues(new Uint16Array(1))[0]);
  const bodies = fc.sample(anySweepRequest({ symbol: "WALK", days }), { seed, numRuns: 24 })
    .map((body, i) => i % 3 === 2 ? inRules(body, generator(seed + i)) : body);
  await using folder = await temporaryFolder();
  const source = new FileCandleSource({ path: await folder.write("walk.csv", csv()), label: "walk.csv" });
  await using pool = createPool({ threads: 2 });
  await using alone = createInProcessCompute();
  await run(Deno.execPath(), ["run", "--node-modules-dir=auto", "-A", "scripts/bundle.ts"]);
  const inNode = await nodeAnswers(bodies, folder);
  const { embeddedSweep } = await import(new URL("build/backtest.mjs", root).href);
  let folded = 0;
  let traded = 0;
  for (const [i, body] of bodies.entries()) {
    const what = `seed ${seed}, request ${i}: ${JSON.stringify(body)}`;
    const engine = { candles: source, compute: pool, marketOf: () => marketOf(i) };
    const answer = await byUseCase(body, engine);
    const bytes = withoutLines(JSON.stringify(answer));
    assert.equal(JSON.stringify(await embeddedSweep(sweepOf(body, i))), bytes, `embedded, ${what}`);
    assert.equal(inNode[i], bytes, `Node, ${what}`);
    const found = foundBy(answer);
    const { rows } = found;
    assert.deepEqual(await byRoute(body, { ...engine, compute: alone }), found, `route, ${what}`);
    for (const compute of [pool, alone]) {
      assert.deepEqual(
        await byJob(body, { ...engine, compute, batchUnits: 1 + i }),
        found,
        `job, ${what}`,
      );
    }
    folded += rows.filter(({ same_as }) => same_as !== null).length;
    traded += rows.filter(({ trades }) => (trades as unknown[]).length > 0).length;
  }
  assert.ok(traded > 20 && folded > 0, `${traded} rows traded, ${folded} folded of seed ${seed}`);
});

Deno.test("a key holds the same five numbers by every way, whichever of them are sent", async () => {
  const [body] = fc.sample(anySweepRequest({ symbol: "WALK", days }), { seed: 1, numRuns: 1 });
  await using compute = createInProcessCompute();
  const source: CandleSource = await csvSource();
  const sent = { ...body, template: { ...body!.template as object, execution: { slippage_pct: 0.01 } } };
  const numbers = { init_cash_quote: 10_000, fixed_quote: 100, safe_profit_percent: 30, fee_pct: 0.075 };
  const full = { ...sent, template: { ...sent.template, execution: { ...numbers, slippage_pct: 0.01 } } };
  const engine = { candles: source, compute, marketOf: () => marketOf(0) };
  const expected = foundBy(await byUseCase(full, engine));
  assert.ok(expected.rows.length > 0);
  assert.deepEqual(foundBy(await byUseCase(sent, engine)), expected);
  assert.deepEqual(await byJob(sent, { ...engine, batchUnits: 3 }), expected);
});

/** Timeframes above that of a template. */
const higher: Readonly<Record<string, readonly string[]>> = {
  "1h": ["4h", "1d", "1w"],
  "2h": ["4h", "1d", "1M"],
  "4h": ["1d", "1w"],
  "1d": ["2d", "1w", "1M"],
  "3d": ["1w", "1M"],
  "1w": ["14d", "1M"],
};

/** The same request with a random strategy in rules in place of its indicators. */
function inRules(
  { template, ...body }: Readonly<Record<string, unknown>>,
  random: () => number,
): Record<string, unknown> {
  const { indicator_grids: _, signal_grids: __, ...rest } = template as Record<string, unknown>;
  const makings = {
    random,
    numbers: ["n"],
    prices: ["p"],
    timeframes: higher[String(rest.timeframe)] ?? [],
  };
  const text = () => new AnyRule(makings).condition(2);
  const params = {
    n: { mode: "explicit", values: [2, 5, 9] },
    p: { mode: "explicit", values: ["close", "hl2"] },
  };
  const short = random() < 0.5 ? {} : { short: { enter: text() } };
  return {
    ...body,
    template: { ...rest, rules: { params, long: { enter: text(), exit: text() }, ...short } },
  };
}

interface Engine {
  readonly candles: CandleSource;
  readonly compute: Compute;
  readonly marketOf: () => Market;
}

/** What every way answers beside its rows. */
interface Found extends Pick<BacktestAnswer, "data" | "warnings"> {
  readonly rows: readonly Row[];
}

function marketOf(i: number): Market {
  const { start, ...market } = markets[i % markets.length]!;
  return { ...continuousMarket, ...market, ...(start ? { dayStart: parseDayStart(start, "start") } : {}) };
}

/** Only a file has lines: what is given as columns is told of by its time alone. */
function withoutLines(text: string): string {
  return text.replace(/ line \d+ /g, " ");
}

/** What the command prints with `--report --json`. */
async function byUseCase(body: unknown, engine: Engine): Promise<BacktestAnswer> {
  return await runBacktest({ parsed: parseRequest(body), reports: "full" }, {
    ...engine,
    rules: ruleProbe,
    defaults: {},
    config: testConfig(),
  });
}

async function byRoute(body: unknown, engine: Engine): Promise<Found> {
  const eager = { ...testConfig().reporting, eager_top_reports_enabled: true };
  const { send } = apiWorld({ ...engine, config: { ...testConfig(), reporting: eager } });
  const { status, json, text } = await send("POST", "/backtests", { body });
  assert.equal(status, 200, text);
  return foundBy(json);
}

async function byJob(
  body: Record<string, unknown>,
  { candles, compute, marketOf, batchUnits }: Engine & { readonly batchUnits: number },
): Promise<Found> {
  const { jobs, queue, results, submit, deps, clock } = harness({ candles });
  // what the harness adds to a request is not part of this one
  const silent = { warmup_bars: undefined, preselect: undefined };
  const { jobId } = await submit({ ...silent, ...body });
  const job = await queue.claimNext({ lockedBy: "w", leaseSeconds: 60 });
  const { outcome } = await runJob({ job: job!, lockedBy: "w", sentMs: clock.monotonicMs() }, {
    deps: { ...deps, compute, marketOf, batchSize: () => fixedBatchSize(batchUnits) },
    stop: new AbortController().signal,
  });
  assert.equal(outcome, "succeeded", (await jobs.get(jobId))?.lastError ?? "");
  const top = await topRows({ jobId, userId }, { jobs, results, topKPersisted: 300, markets: {} });
  const rows = top.items.map(({ same_as = null, trades = null, report_table_md: table, rank: _, ...row }) =>
    asJson({ ...row, same_as, trades, table })
  );
  return { rows, data: top.data!, warnings: top.warnings };
}

function foundBy({ variants, data, warnings }: BacktestAnswer): Found {
  const rows = variants.map(({ report, same_as = null, ...row }) =>
    asJson({ ...row, same_as, trades: report!.trades, table: report!.table_md })
  );
  return { rows, data, warnings };
}

function asJson(row: Row): Row {
  return JSON.parse(JSON.stringify(row));
}

/** All answers by one process of Node, which reads the sweeps from a file. */
async function nodeAnswers(
  bodies: readonly unknown[],
  folder: { write(name: string, text: string): Promise<string> },
): Promise<readonly string[]> {
  const sweeps = await folder.write(
    "sweeps.json",
    JSON.stringify({ sweeps: bodies.map((body, i) => [body, given(i)]), candles, config, grids }),
  );
  const script = await folder.write(
    "sweeps.mjs",
    `import { readFileSync } from "node:fs";
     const [bundle, wasmFile, file] = process.argv.slice(2);
     const { embeddedSweep } = await import(bundle);
     const { sweeps, candles: columns, ...rest } = JSON.parse(readFileSync(file, "utf8"));
     const wasm = readFileSync(wasmFile);
     const filled = ([name, column]) => [name, column.map((value) => value ?? NaN)];
     const candles = Object.fromEntries(Object.entries(columns).map(filled));
     for (const [body, given] of sweeps) {
       const sweep = { wasm, request: JSON.stringify(body), candles, ...given, ...rest };
       console.log(JSON.stringify(await embeddedSweep(sweep)));
     }`,
  );
  const file = (path: string) => new URL(path, root);
  const printed = await run("node", [
    script,
    file("build/backtest.mjs").href,
    file("build/backtest.wasm").pathname,
    sweeps,
  ]);
  return printed.trimEnd().split("\n");
}

function sweepOf(body: unknown, i: number): EmbeddedSweep {
  const wasm = Deno.readFileSync(new URL("build/backtest.wasm", root));
  return { wasm, request: JSON.stringify(body), candles, ...given(i), config, grids };
}

function given(i: number) {
  const { start, ...market } = markets[i % markets.length]!;
  return { timeframeMs: hourMs, ...market, ...(start ? { dayStart: start } : {}) };
}

async function csvSource(): Promise<CandleSource> {
  await using folder = await temporaryFolder();
  const source = new FileCandleSource({ path: await folder.write("walk.csv", csv()), label: "walk.csv" });
  // read while the file is there
  await source.load({ instrument: { market_id: 1, symbol: "WALK" }, range: { startMs: 0, endMs: 8e15 } });
  return source;
}

/**
 * A walk of `days` days of hours, in numbers that f32 holds, as files are: without weekends and some other hours, with rows
 * that cannot be, others that lack a value, and an end inside a day.
 */
function hourlyCandles() {
  const random = generator(7);
  const rows = days * 24;
  const column = () => new Array<number>(rows);
  const [open, high, low, close, volume, tsOpenMs] = [
    column(),
    column(),
    column(),
    column(),
    column(),
    column(),
  ];
  let price = 100;
  for (let row = 0; row < rows; row++) {
    tsOpenMs[row] = Date.UTC(2026, 0, 1) + row * hourMs;
    open[row] = Math.fround(price);
    price *= 1 + (random() - 0.5) * 0.03;
    close[row] = Math.fround(price);
    high[row] = Math.fround(Math.max(open[row]!, close[row]!) * 1.004);
    low[row] = Math.fround(Math.min(open[row]!, close[row]!) * 0.996);
    volume[row] = Math.fround(10 + random() * 90);
  }
  for (const row of [50, 411, 700]) low[row] = high[row]! * 2;
  for (const row of [90, 500]) close[row] = NaN;
  for (const row of [95, 505]) volume[row] = NaN;
  const isThere = (row: number) =>
    row % 168 < 120 && (row < 300 || row > 330) && row % 97 !== 5 && row < rows - 7;
  const kept = (column: readonly number[]) => column.filter((_, row) => isThere(row));
  return {
    tsOpenMs: kept(tsOpenMs),
    open: kept(open),
    high: kept(high),
    low: kept(low),
    close: kept(close),
    volume: kept(volume),
  };
}

function csv(): string {
  const lines = candles.tsOpenMs.map((time, row) =>
    [new Date(time).toISOString(), ...names.map((name) => valueText(candles[name][row]!))].join()
  );
  return `ts_open,${names.join()}\n${lines.join("\n")}\n`;
}

function valueText(value: number): string {
  return Number.isNaN(value) ? "" : String(value);
}
