import assert from "node:assert/strict";
import { runInProcess } from "../helpers/cli_in_process.ts";
import { temporaryFolder } from "../helpers/temporary_folder.ts";

const request = `
time_range: { start: "2002-01-01", end: "2006-01-01" }
template:
  instrument_id: { market_id: 100, symbol: SP500 }
  timeframe: 1d
  rules:
    params:
      fast: { mode: range, start: 20, stop_incl: 60, step: 10 }
      price: { mode: explicit, values: [close, hlc3] }
    where: ["fast > 20"]
    long:
      enter: crosses_above(sma(price, fast), 3 * fast * 10) and known(on_timeframe("1w", close))
      exit: "false"
  execution: { fee_pct: 0.02 }
`;

async function explain(text: string, ...args: readonly string[]) {
  await using folder = await temporaryFolder();
  const path = await folder.write("strategy.yaml", text);
  return await runInProcess([
    "rules",
    "explain",
    path,
    "--candles",
    "docs/examples/sp500-daily.csv",
    ...args,
  ]);
}

Deno.test("rules explain shows every value on a bar and on the one before, what is held and why", async () => {
  const { code, stdout, stderr } = await explain(request, "--bar", "2003-05-20");
  assert.equal(code, 0, stderr);
  const lines = stdout.split("\n");
  assert.match(lines[0]!, /^bar {9}2003-05-20T00:00:00Z to 2003-05-21T00:00:00Z, \d+ of \d+$/);
  assert.equal(lines[1], "parameters  fast = 30, price = close");
  assert.match(lines[2]!, /^state {7}long since 2002-09-04T00:00:00Z, to the end; long on the bar before$/);
  assert.equal(lines[3], "why         nothing ends long");
  const row = (text: string) => lines.find((line) => line.endsWith(`  ${text}`))?.trim().split(/ {2,}/);
  assert.deepEqual(row("price"), ["920.77", "919.73", "price"]);
  assert.deepEqual(row("3 * fast * 10"), ["900", "900", "3 * fast * 10"]);
  const weekly = lines.find((line) => line.includes("[bar of"))!;
  assert.match(weekly, /944\.3 {4,}close \[bar of 2003-05-12T00:00:00Z\]$/);
  const json = JSON.parse(
    (await explain(request, "--bar", "2003-05-20", "--json", "--set", "fast=60")).stdout,
  );
  assert.deepEqual([json.params, json.beyond, json.bar.in_range], [{ fast: 60, price: "close" }, [], true]);
  assert.equal(json.members["long.exit"].now, false);
});

Deno.test("rules explain takes values beyond those of the request, and says so", async () => {
  const { stdout } = await explain(request, "--bar", "2003-05-20", "--set", "fast=33", "--set", "price=hlc3");
  assert.match(stdout, /^parameters {2}fast = 33 \(no value of the request\), price = hlc3$/m);
});

Deno.test("rules explain holds nothing before the range", async () => {
  const { stdout } = await explain(request, "--bar", "2001-12-28T12:00:00Z");
  assert.match(stdout, /^state {7}none, the bar is not in the range$/m);
});

Deno.test("rules explain refuses what it cannot explain, with what would help", async () => {
  const at = ["--bar", "2003-05-20"];
  const cases: readonly (readonly [text: string, args: readonly string[], code: number, expected: RegExp])[] =
    [
      [request, ["--bar", "2031-01-01"], 1, /there is none, bars are from .* to .*, warm-up included$/m],
      [
        request,
        ["--bar", "2003-05-18", "--calendar", "sessions"],
        1,
        /the bar before opens 2003-05-16.*, the next one 2003-05-19/,
      ],
      [request, ["--bar", "noon"], 2, /expected a time such as/],
      [
        request,
        [...at, "--set", "fats=30"],
        1,
        /--set fats: the rules have no such parameter; did you mean "fast"\?/,
      ],
      [request, [...at, "--set", "fast"], 2, /expected name=value/],
      [request, [...at, "--set", "fast=20"], 1, /^rules\.where: no combination is left of 2$/m],
      [
        request,
        [...at, "--set", "fast=30.5"],
        1,
        /takes an integer.*found 30\.5 with fast = 30\.5 at 26\n {2}crosses_above\(sma\(price.*\n {27}\^$/m,
      ],
      [
        request.replace("sma(", "smaa("),
        at,
        1,
        /^rules\.long\.enter: unknown name "smaa" at 15: did you mean "sma"\?\n.*\n {16}\^$/m,
      ],
      [
        request.replace("close)\n", 'col("mood"))\n').replace('"1w", close', '"1w", col("mood")'),
        at,
        1,
        /there is no such column/,
      ],
      [
        request.replace(
          / {2}rules:[^]*?(?= {2}execution)/,
          "  indicator_grids: [{ indicator_id: ma.sma }]\n",
        ),
        at,
        1,
        /its template has no rules/,
      ],
    ];
  for (const [text, args, code, expected] of cases) {
    const found = await explain(text, ...args);
    assert.match(found.stderr, expected);
    assert.equal(found.code, code, found.stderr);
  }
});

Deno.test("rules check counts what a job would score, and says which guard would refuse it", async () => {
  await using folder = await temporaryFolder();
  const check = async (text: string, ...args: readonly string[]) => {
    const path = await folder.write("strategy.yaml", text);
    return await runInProcess(["rules", "check", path, ...args]);
  };
  const stops = request.replace("  execution", "  risk_grid: { sl: { values: [1, 2, 3] } }\n  execution");
  const good = await check(stops, "--json");
  assert.equal(good.code, 0, good.stderr);
  const { variants, stage_b_variants, refused, estimated_memory_bytes, bars } = JSON.parse(good.stdout);
  assert.deepEqual([variants, stage_b_variants, refused], [8, 24, null]);
  // of one variant: price, two averages and closes of two timeframes; of all: a crossing in five masks, eight more masks
  assert.ok(estimated_memory_bytes > bars * (28 + 4 * 4) + 64 * 1024 * 1024);
  assert.match((await check(stops)).stdout, /^guards {6}a job is within them$/m);
  const many = stops.replace("stop_incl: 60, step: 10", "stop_incl: 2000, step: 1")
    .replace("    where", "      other: { mode: range, start: 1, stop_incl: 2000, step: 1 }\n    where");
  const bad = await check(many);
  assert.equal(bad.code, 1);
  assert.match(
    bad.stdout,
    /^guards {6}Backtest variants guard exceeded: .*axes: rules\.other 2000, rules\.fast 1981/m,
  );
});
