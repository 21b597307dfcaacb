import assert from "node:assert/strict";
import { runInProcess } from "../helpers/cli_in_process.ts";
import { temporaryFolder } from "../helpers/temporary_folder.ts";

const closes = [200, 198, 190.5, 182, 176.25, 168.5, 172, 165.75, 160.5, 171.25];
const days = [5, 6, 7, 8, 9, 12, 13, 14, 15, 16].map((day) => `2026-01-${String(day).padStart(2, "0")}`);
const csv = ["ts_open,open,high,low,close,volume"]
  .concat(closes.map((close, i) => `${days[i]}T00:00:00Z,${close},${close},${close},${close},1`)).join("\n") +
  "\n";

/** A folder with the candles of the known answer, as market 100 has them. */
async function candleFolder() {
  const folder = await temporaryFolder();
  await Deno.mkdir(`${folder.path}/100`);
  await Deno.writeTextFile(`${folder.path}/100/GLD.csv`, csv);
  return folder;
}

const usual = {
  symbol: "gld",
  start: "2026-01-05",
  end: "2026-01-16",
  units: "1050",
  loan: "126000",
  call: "0.7",
  template: "protective-put-95pct-12m",
};

function flags(change: Readonly<Record<string, string | null>>): readonly string[] {
  const all: Readonly<Record<string, string | null>> = { ...usual, ...change };
  return Object.entries(all).flatMap(([name, value]) => value === null ? [] : [`--${name}`, value]);
}

async function run(
  args: readonly string[],
  change: Readonly<Record<string, string | null>> = {},
  path = "--candles",
) {
  await using folder = await candleFolder();
  const source = path === "--candles" ? [path, `${folder.path}/100/GLD.csv`] : ["--market", "100"];
  return await runInProcess(["scenario", "run", ...source, ...flags(change), ...args], {
    store: folder.path,
  });
}

Deno.test("S002-28 scenario run gives the known answer, from a file and from the config's candles", async () => {
  for (const source of ["--candles", "--market"]) {
    const { code, stdout, stderr } = await run(["--json"], {}, source);
    assert.equal(code, 0, stderr);
    const result = JSON.parse(stdout);
    assert.equal(result.symbol, "GLD");
    assert.ok(Math.abs(result.total_hedge_cost - 8064.911228970288) < 1e-8, result.total_hedge_cost);
    assert.ok(Math.abs(result.end_value_hedged_net - 192143.1722063141) < 1e-7, result.end_value_hedged_net);
    assert.deepEqual([result.margin_call_days_hedged, result.margin_call_days_unhedged], [0, 4]);
    assert.deepEqual(result.warnings, []);
  }
});

Deno.test("S002-22 scenario run hands every option on", async () => {
  const { stdout } = await run([
    ...["--json", "--contract-size", "50", "--volatility", "0.3", "--rate", "0.01", "--dividend", "0.02"],
    ...["--loan-rate", "8", "--check", "low", "--compare", "unhedged", "protective-put-atm-3m"],
  ]);
  const { template_results: results } = JSON.parse(stdout);
  assert.deepEqual(results.map((result: { template_slug: string }) => result.template_slug), [
    "protective-put-95pct-12m",
    "unhedged",
    "protective-put-atm-3m",
  ]);
  const [first] = results[0].daily_path;
  assert.equal(first.option_contracts, 21);
  assert.equal(first.ltv_unhedged_low, 0.6);
  // independent Python: put(200, 190, 1; 0.01, 0.02, 0.3) = 19.1519071364
  assert.ok(
    Math.abs(first.option_market_value / (21 * 50) - 19.1519071364) < 1e-9,
    first.option_market_value,
  );
  const last = results[1].daily_path.at(-1);
  assert.ok(Math.abs(last.ltv_unhedged - 126_000 * (1 + 0.08 * 11 / 365) / 179_812.5) < 1e-12);
});

Deno.test("S002-26 scenario run --csv has every day of every template with its members", async () => {
  const { stdout } = await run(["--csv", "--compare", "unhedged"]);
  const lines = stdout.trim().split("\n");
  assert.equal(lines.length, 21);
  assert.equal(
    lines[0],
    "template_slug,date,spot_close,spot_open,spot_low,spot_high,underlying_value,option_market_value," +
      "net_portfolio_value,option_contracts,ltv_hedged,ltv_unhedged,margin_call_hedged,margin_call_unhedged",
  );
  assert.equal(
    lines[20],
    `unhedged,2026-01-16,171.25,171.25,171.25,171.25,179812.5,0,179812.5,0,${126_000 / 179_812.5},${
      126_000 / 179_812.5
    },true,true`,
  );
});

Deno.test("scenario run prints figures, stretches of calls and both lines on one scale", async () => {
  const { stdout, stderr } = await run([]);
  assert.equal(stderr, "");
  assert.match(
    stdout,
    /^GLD 2026-01-05 to 2026-01-16, 10 days: 1050 units at 200\nLoan 126000, LTV 0\.6000 at entry, call at 0\.7\n/,
  );
  assert.match(
    stdout,
    /│ protective-put-95pct-12m │ +8064\.91 │ +192143\.17 │ +0\.6431 │ +0\.7477 │ +0 │ +4 │/,
  );
  assert.match(stdout, /│ unhedged +│ 2026-01-12 │ 2026-01-12 │ 1 /);
  assert.match(stdout, /│ unhedged +│ 2026-01-14 │ 2026-01-16 │ 3 +│ 0\.7477 +│ 2026-01-15 │ 160\.50/);
  assert.match(stdout, /LTV unhedged +▂▂▃▄▅▇▆▇█▆ {2}0\.6000 to 0\.7477\n/);
  assert.match(stdout, /LTV protective-put-95pct-12m {2}[▁-█]{10} {2}0\.5778 to 0\.6431\n$/);
});

Deno.test("scenario run says that nobody called", async () => {
  const { stdout } = await run([], { call: "0.9" });
  assert.match(stdout, /\nThe lender never called\.\n/);
});

const refusals:
  readonly (readonly [string, Readonly<Record<string, string | null>>, readonly string[], string])[] = [
    [
      "a number that is none",
      { loan: "much" },
      [],
      'Cannot run the scenario: --loan: Input should be a finite number, got "much"',
    ],
    [
      "a date that is none",
      { start: "2026-02-30" },
      [],
      "Cannot run the scenario: --start: Input should be a date like 2026-01-05",
    ],
    [
      "an unknown template",
      { template: "collar" },
      [],
      "Cannot run the scenario: --template: Input should be one of unhedged, protective-put-atm-12m",
    ],
    [
      "a template that is compared with itself",
      {},
      ["--compare", "protective-put-95pct-12m"],
      "Cannot run the scenario: --compare: Input should be a template that is not asked for already",
    ],
    [
      "a volatility that is none",
      {},
      ["--volatility", "implied"],
      'Cannot run the scenario: --volatility: Input should be a number 0..5 or "realized", got "implied"',
    ],
    [
      "several at once",
      { loan: "-1", units: "0" },
      [],
      "Cannot run the scenario: --loan: Input should be greater than 0, got -1 (and 1 more); --units: ",
    ],
    [
      "a loan that is called at entry",
      { call: "0.6" },
      [],
      "Cannot start: LTV at entry is 0.6, the margin call is at 0.6",
    ],
    [
      "less than one contract",
      { units: "99", loan: "100" },
      [],
      "Cannot hedge 99 units with contracts of 100",
    ],
    [
      "a start long before the candles",
      { start: "2025-12-01" },
      [],
      "Data not available before 2026-01-05. Please set start date to 2026-01-05 or later.",
    ],
    [
      "days after the candles",
      { start: "2026-03-01", end: "2026-03-31" },
      [],
      "Data source error: no daily candle of GLD from 2026-03-01 to 2026-03-31",
    ],
  ];

for (const [what, change, args, message] of refusals) {
  Deno.test(`scenario run refuses ${what} in one line`, async () => {
    const { code, stdout, stderr } = await run(args, change);
    assert.deepEqual([code, stdout], [1, ""]);
    assert.ok(stderr.startsWith(message), stderr);
    assert.equal(stderr.trimEnd().split("\n").length, 1);
  });
}

Deno.test("scenario run needs a file or a market, and takes no flag that says how a file is read without one", async () => {
  const none = await runInProcess(["scenario", "run", ...flags({})]);
  assert.deepEqual([none.code, none.stdout], [1, ""]);
  assert.match(
    none.stderr,
    /^Cannot run the scenario: --candles names a file, or --market one of the config's markets/,
  );
  const misused = await run(["--time-zone", "UTC"], {}, "--market");
  assert.equal(misused.code, 1);
  assert.match(misused.stderr, /^Cannot run the scenario: --time-zone is for the file of --candles/);
  const both = await run(["--candle-timeframe", "1d"], {}, "--market");
  assert.match(both.stderr, /^Cannot run the scenario: --candle-timeframe is for the file of --candles/);
});

Deno.test("scenario run without an option that it needs, or with both formats, is a bad command line", async () => {
  assert.equal((await run([], { symbol: null })).code, 2);
  assert.equal((await run(["--json", "--csv"])).code, 2);
});

Deno.test("scenario run on realised volatility warns where there are too few days before", async () => {
  const { stderr } = await run(["--volatility", "realized"]);
  assert.match(stderr, /default_volatility: 10 of 10 days have fewer than 20 of the 60 daily returns/);
});

Deno.test("scenario run takes days of a year and calendar of a market that it is named beside a file", async () => {
  const { stdout } = await run(["--json", "--calendar", "continuous"]);
  assert.equal(JSON.parse(stdout).template_results[0].daily_path.length, 12);
});

Deno.test("scenario templates lists the hedges, as a table and as JSON", async () => {
  const { stdout } = await runInProcess(["scenario", "templates", "--json"]);
  assert.equal(JSON.parse(stdout).items.length, 8);
  const table = await runInProcess(["scenario", "templates"]);
  assert.match(table.stdout, /│ ladder-50-50-atm-95pct-12m +│ .+ │ 100 % \(50 %\), 95 % \(50 %\) +│/);
});
