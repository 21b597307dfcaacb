import assert from "node:assert/strict";
import { f32, loadGolden, type SeriesCase } from "../helpers/golden.ts";
import { runProgram } from "../helpers/program.ts";
import { overturnedIn } from "../golden/overturned.ts";
import { seriesName } from "../golden/overturned_series.ts";

const candles = "docs/examples/sp500-daily.csv";
const args = ["indicator", "--candles", candles];
const ids = [
  "ma.hma",
  "momentum.stoch",
  "structure.pivots",
  "trend.supertrend",
  "volatility.bbands",
  "volume.vwap",
];
const left = overturnedIn("indicators");

for (const id of ids) {
  Deno.test(`indicator --id ${id} --json prints the golden series`, async () => {
    const family = id.startsWith("ma.") ? "ma" : id.split(".")[0];
    const { cases } = await loadGolden<{ cases: readonly SeriesCase[] }>(`indicators/${family}.json`);
    // the golden series is the first 1,500 rows of the file
    const golden = cases.find((each) => each.id === id && each.candles === "sp500-1500" && isFollowed(each));
    assert.ok(golden);
    const { code, stdout, stderr } = await runProgram([
      ...args,
      "--id",
      id,
      "--json",
      ...Object.entries(golden.params).flatMap(([name, value]) => ["--param", `${name}=${value}`]),
      ...(golden.source === null ? [] : ["--input", `source=${golden.source}`]),
    ]);
    assert.equal(stderr, "");
    assert.equal(code, 0);
    const answer: { id: string; values: (number | null)[] } = JSON.parse(stdout);
    assert.deepEqual(Object.keys(answer), ["id", "values"]);
    assert.equal(answer.id, id);
    assert.equal(answer.values.length, 5105);
    assert.deepEqual(f32(answer.values.slice(0, 1500)), f32(golden.values));
  });
}

function isFollowed({ id, params, source, candles }: SeriesCase): boolean {
  return !left.has(seriesName(id, { values: source === null ? params : { ...params, source }, candles }));
}

Deno.test("indicator without --json prints open time and value of every row", async () => {
  const { stdout } = await runProgram([...args, "--id", "ma.sma", "--param", "window=2"]);
  const lines = stdout.trimEnd().split("\n");
  assert.equal(lines.length, 5105);
  assert.deepEqual(lines.slice(0, 2), [
    "2000-01-03T00:00:00Z  -",
    "2000-01-04T00:00:00Z  1427.320068359375",
  ]);
});

Deno.test("indicator warns about an indicator that reads the future", async () => {
  const { code, stderr } = await runProgram([...args, "--id", "trend.ichimoku", "--json"]);
  assert.equal(code, 0);
  assert.match(stderr, /^Warning: look_ahead: trend\.ichimoku reads `displacement` bars of the future/);
});

const refusals: readonly [string, readonly string[], number, RegExp][] = [
  ["an unknown id", ["--id", "ma.magic"], 1, /Unknown indicator "ma\.magic"/],
  [
    "an unknown parameter",
    ["--id", "ma.sma", "--param", "depth=3"],
    1,
    /ma\.sma: unknown parameter 'depth' = 3/,
  ],
  ["a value out of bounds", ["--id", "ma.sma", "--param", "window=1"], 1, /ma\.sma.*'window'.*got 1/],
  [
    "a value of the wrong type",
    ["--id", "ma.sma", "--param", "window=2.5"],
    1,
    /ma\.sma.*'window'.*got 2\.5/,
  ],
  ["a source it does not take", ["--id", "momentum.rsi", "--input", "source=hl2"], 1, /momentum\.rsi.*"hl2"/],
  [
    "a parameter without value",
    ["--id", "ma.sma", "--param", "window"],
    2,
    /expected name=value, got "window"/,
  ],
];

for (const [name, line, expectedCode, expected] of refusals) {
  Deno.test(`indicator refuses ${name} with one line`, async () => {
    const { code, stdout, stderr } = await runProgram([...args, ...line]);
    assert.equal(code, expectedCode);
    assert.equal(stdout, "");
    assert.match(stderr, expected);
    assert.equal(stderr.trimEnd().split("\n").length, 1, stderr);
  });
}
