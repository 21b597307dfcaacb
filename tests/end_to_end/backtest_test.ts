import assert from "node:assert/strict";
import { runProgram } from "../helpers/program.ts";
import { temporaryFolder } from "../helpers/temporary_folder.ts";

const candles = "docs/examples/sp500-daily.csv";
const example = "docs/examples/sp500-sma-rsi.json";
const args = ["backtest", "--candles", candles, "--calendar", "sessions", "--request"];
const request = JSON.parse(Deno.readTextFileSync(new URL(`../../${example}`, import.meta.url)));

Deno.test("S000-44 backtest --report --json answers the shape of the synchronous path", async () => {
  const { code, stdout, stderr } = await runProgram([...args, example, "--report", "--json"]);
  assert.equal(stderr, "");
  assert.equal(code, 0);
  const answer = JSON.parse(stdout);
  assert.deepEqual(Object.keys(answer), [
    "schema_version",
    "mode",
    "strategy_id",
    "instrument_id",
    "timeframe",
    "warmup_bars",
    "top_k",
    "preselect",
    "top_trades_n",
    "fold_equal",
    "spec_hash",
    "grid_request_hash",
    "engine_params_hash",
    "data",
    "warnings",
    "variants",
  ]);
  const [winner] = answer.variants;
  assert.deepEqual(Object.keys(winner), [
    "variant_index",
    "variant_key",
    "indicator_variant_key",
    "total_return_pct",
    "metrics",
    "same_as",
    "report",
    "payload",
  ]);
  assert.equal(answer.variants.length, 10);
  assert.deepEqual(winner.payload.execution_params, {
    init_cash_quote: 10_000,
    fixed_quote: 100,
    safe_profit_percent: 30,
    fee_pct: 0.02,
    slippage_pct: 0.01,
  });
  for (const { report, total_return_pct } of answer.variants) {
    assert.equal(report.rows.length, 25);
    assert.ok(report.table_md.startsWith("|Metric|Value|\n|---|---|\n|Start|2000-01-03"));
    assert.ok(report.trades.length > 0);
    const last = report.equity.at(-1).equity;
    assert.equal((last / 10_000 - 1) * 100, total_return_pct);
    const net = report.trades.reduce(
      (sum: number, trade: { net_pnl_quote: number }) => sum + trade.net_pnl_quote,
      0,
    );
    assert.ok(Math.abs(10_000 + net - last) < 1e-6, "equity re-sums from trades");
  }
});

Deno.test("backtest warns about an indicator that reads the future, and about costs that are not there", async () => {
  const body = structuredClone(request);
  const windows = { conversion_window: 9, base_window: 26, span_b_window: 52, displacement: 26 };
  const params = Object.fromEntries(
    Object.entries(windows).map(([name, value]) => [name, { mode: "explicit", values: [value] }]),
  );
  body.template.indicator_grids = [{ indicator_id: "trend.ichimoku", params }];
  body.template.signal_grids = {};
  const stdin = JSON.stringify(body);
  const warning =
    "look_ahead: trend.ichimoku reads `displacement` bars of the future, live trading cannot reach these results";
  const costs = "no_funding_or_borrow: short trades pay no borrow cost here";
  const json = await runProgram([...args, "-", "--json"], { stdin });
  assert.deepEqual(JSON.parse(json.stdout).warnings, [warning, costs]);
  const text = await runProgram([...args, "-"], { stdin });
  assert.ok(text.stdout.includes(`Warning: ${warning}\nWarning: ${costs}\n`));
});

Deno.test("S000-40 backtest gives the same bytes for another member order, read from stdin", async () => {
  const first = await runProgram([...args, example, "--json"]);
  const permuted = Object.fromEntries(Object.entries(request).reverse());
  permuted.template = Object.fromEntries(Object.entries(request.template).reverse());
  const second = await runProgram([...args, "-", "--json"], { stdin: JSON.stringify(permuted) });
  assert.equal(second.code, 0);
  assert.equal(second.stdout, first.stdout);
});

type Change = (body: typeof request) => void;

const refusals: Readonly<Record<string, readonly [Change, RegExp]>> = {
  "an unknown member": [(body) => body.template.colour = "red", /body\.template\.colour/],
  "a missing member": [(body) => delete body.time_range, /body\.time_range.*required/i],
  "a wrong type": [(body) => body.top_k = "ten", /body\.top_k.*ten/],
  "start after end": [
    (body) => body.time_range = { start: "2020-01-01T00:00:00Z", end: "2010-01-01T00:00:00Z" },
    /time_range.*start/,
  ],
  "a time without offset": [
    (body) => body.time_range.start = "2000-01-03T00:00:00",
    /body\.time_range\.start.*2000-01-03T00:00:00/,
  ],
  "an unknown indicator": [
    (body) => body.template.indicator_grids[0].indicator_id = "ma.magic",
    /Unknown indicator "ma\.magic".*at body\.template\.indicator_grids\.0\.indicator_id/,
  ],
  "an unknown parameter": [
    (body) => body.template.indicator_grids[0].params.depth = { mode: "explicit", values: [3] },
    /ma\.sma.*depth/,
  ],
  "a value outside its bounds": [
    (body) => body.template.indicator_grids[0].params.window = { mode: "explicit", values: [1] },
    /ma\.sma.*window.*1/,
  ],
  "an empty axis": [
    (body) => body.template.indicator_grids[0].params.window = { mode: "explicit", values: [] },
    /window/,
  ],
  "a grid over the guard": [
    (body) => {
      const range = (stop: number) => ({ mode: "range", start: 2, stop_incl: stop, step: 1 });
      body.template.indicator_grids[0].params.window = range(2000);
      body.template.indicator_grids[1].params.window = range(2000);
    },
    /variants guard exceeded.*max_variants_per_compute_exceeded.*300000/,
  ],
  "a range without candles": [
    (body) => body.time_range = { start: "1990-01-01T00:00:00Z", end: "1991-01-01T00:00:00Z" },
    /no market data for requested range/,
  ],
  "a market without a default fee": [
    (body) => delete body.template.execution.fee_pct,
    /market_id 100/,
  ],
};

for (const [name, [change, expected]] of Object.entries(refusals)) {
  Deno.test(`backtest refuses ${name} with one line and exit code 1`, async () => {
    const body = structuredClone(request);
    change(body);
    const { code, stdout, stderr } = await runProgram([...args, "-", "--json"], {
      stdin: JSON.stringify(body),
    });
    assert.equal(code, 1);
    assert.equal(stdout, "");
    assert.match(stderr, expected);
    assert.equal(stderr.trimEnd().split("\n").length, 1, stderr);
  });
}

Deno.test("backtest refuses NaN in a request as invalid JSON, naming where", async () => {
  const { code, stderr } = await runProgram([...args, "-"], { stdin: '{"top_k": NaN}' });
  assert.equal(code, 1);
  assert.match(stderr, /JSON/);
});

Deno.test("S003-29 backtest names the line of a malformed candle file and the path of a missing one", async () => {
  await using folder = await temporaryFolder();
  const header = "ts_open,open,high,low,close,volume";
  const file = await folder.write("bad.csv", `${header}\n2020-01-01T00:00:00Z,1,1,1,abc,1\n`);
  const bad = await runProgram(["backtest", "--request", example, "--candles", file]);
  assert.equal(bad.code, 1);
  assert.match(bad.stderr, /bad\.csv" line 2: close must be a number, got "abc"/);
  const missing = await runProgram([
    "backtest",
    "--request",
    example,
    "--candles",
    `${folder.path}/none.csv`,
  ]);
  assert.equal(missing.code, 1);
  assert.match(missing.stderr, /none\.csv/);
});

Deno.test("S001-07 a bad command line ends with exit code 2", async () => {
  for (const line of [["backtest"], ["sweep"], ["backtest", "--colour"], ["worker", "--metrics-port", "0"]]) {
    const { code, stderr } = await runProgram(line);
    assert.equal(code, 2, line.join(" "));
    assert.notEqual(stderr, "");
  }
});

Deno.test("every command has --help", async () => {
  const jobs = ["submit", "list", "show", "top", "cancel", "watch"].map((name) => ["jobs", name]);
  for (const command of [["demo"], ["backtest"], ["indicator"], ["migrate"], ["worker"], ["jobs"], ...jobs]) {
    const { code, stdout } = await runProgram([...command, "--help"]);
    assert.equal(code, 0);
    assert.match(stdout, new RegExp(`^Usage: backtest-job-runner ${command.join(" ")}`));
  }
});
