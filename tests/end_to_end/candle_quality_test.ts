import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { shownF32 } from "../../src/core/bars/bad_candle.ts";
import { runInProcess } from "../helpers/cli_in_process.ts";
import { memoryCandleTable } from "../helpers/memory_candle_table.ts";
import { type Expected, sweeps } from "./candle_quality_sweeps.ts";

const folder = fileURLToPath(new URL("../data/candle-quality/", import.meta.url));

const aboutTheRequest = /^(range_not_covered|short_history|no_funding_or_borrow):/;

async function sweep(file: string, { request = "r1h", change, flags = [] }: Expected) {
  const text = await Deno.readTextFile(`${folder}${request}.json`);
  const stdin = JSON.stringify(change?.(JSON.parse(text)) ?? JSON.parse(text));
  const args = ["backtest", "--candles", `${folder}${file}.csv`, "--request", "-"];
  return await runInProcess([...args, "--json", ...flags], { stdin });
}

for (const [file, expected] of sweeps) {
  const { request = "r1h", flags = [], change, refused } = expected;
  const name = [`${request}${change ? " (changed)" : ""}`, ...flags].join(" ");
  Deno.test(`backtest over ${file}.csv with ${name} is ${refused ? "refused" : "read"}`, async () => {
    const { code, stdout, stderr } = await sweep(file, expected);
    if (refused) {
      assert.match(stderr, refused);
      assert.deepEqual([code, stdout, stderr.split("\n").length], [1, "", 2]);
      return;
    }
    assert.deepEqual([code, stderr], [0, ""]);
    const { warnings, variants, data } = JSON.parse(stdout);
    assert.equal(variants.length, change === undefined ? 2 : variants.length);
    assert.ok(variants.length > 0);
    const found = warnings.filter((text: string) => !aboutTheRequest.test(text));
    const { warnings: wanted = [], like, data: facts = {} } = expected;
    assert.deepEqual({ ...data, ...facts }, data);
    assert.equal(found.length, wanted.length, String(found));
    wanted.forEach((pattern, index) => assert.match(found[index], pattern));
    if (like === undefined) return;
    const plain = await sweep(like, { request });
    assert.deepEqual(variants, JSON.parse(plain.stdout).variants);
  });
}

Deno.test("backtest --stamp close gives the candles that end where the stamps are", async () => {
  const args = [
    "indicator",
    "--candles",
    `${folder}close_stamped_59s.csv`,
    "--id",
    "ma.sma",
    "--param",
    "window=2",
  ];
  const shifted = await runInProcess([...args, "--stamp", "close"]);
  assert.match(shifted.stdout, /^2025-01-01T00:00:00Z /);
  assert.equal(shifted.stderr, "");
  const asOpens = await runInProcess(args);
  assert.match(asOpens.stdout, /^2025-01-01T00:00:59\.999Z /);
  assert.match(asOpens.stderr, /^Warning: stamps_look_like_closes: .*--stamp close shifts them\n$/);
});

Deno.test("indicator refuses a volume indicator over a file without volume, and computes one of prices", async () => {
  const args = ["indicator", "--candles", `${folder}vol_missing.csv`, "--id"];
  const refused = await runInProcess([...args, "volume.vwap"]);
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /^Cannot compute volume\.vwap: the candles have no volume/);
  assert.equal((await runInProcess([...args, "ma.sma"])).code, 0);
});

const imports: readonly (readonly [string, RegExp])[] = [
  ["high_lt_close", /line 102: at 2025-01-05T04:00:00Z high 1 lies below low 100\.37; 1 of 200 rows/],
  ["all_zero_row", /line 102: .* open 0 is not above 0/],
  ["val_close_neg", /line 102: .* close -5 is not above 0/],
  ["val_close_huge_f32", /line 102: .* close 3e\+38 lies above high/],
  ["spike", /line 102: .* close 999999 lies above high/],
  ["val_close_long", /line 102: .* close 100\.12346 lies below low/],
  ["val_close_lead_dot", /line 102: .* close 0\.5 lies below low/],
  ["val_close_trail_zero", /line 102: .* close 100 lies below low/],
  ["val_close_sci_small", /line 102: .* close 1e-9 lies below low/],
  ["negative_run", /line 102: .* low -40 is not above 0; 10 of 200 rows cannot be candles, --bad-rows skip/],
];

for (const [file, refused] of imports) {
  Deno.test(`candles import of ${file}.csv is refused, and leaves the bad rows out when told to`, async () => {
    const table = memoryCandleTable();
    const args = ["candles", "import", "--file", `${folder}${file}.csv`, "--market", "1", "--symbol", "X"];
    const minutes = [...args, "--candle-timeframe", "1m", "--json"];
    const { code, stdout, stderr } = await runInProcess(minutes, { table });
    assert.deepEqual([code, stdout, table.rows()], [1, "", 0]);
    assert.match(stderr, refused);
    const skipped = await runInProcess([...minutes, "--bad-rows", "skip"], { table });
    assert.equal(skipped.code, 0, skipped.stderr);
    const result = JSON.parse(skipped.stdout);
    assert.equal(result.skipped, file === "negative_run" ? 10 : 1);
    assert.deepEqual([result.rows, table.rows()], [200 - result.skipped, 200 - result.skipped]);
    assert.match(result.warnings[0], /^bad_rows_skipped: /);
    assert.match(skipped.stderr, /^Warning: bad_rows_skipped: /);
  });
}

Deno.test("candles import reads a file from new to old, one without offsets and one of closes, and says so", async () => {
  const args = [
    "candles",
    "import",
    "--market",
    "1",
    "--symbol",
    "X",
    "--candle-timeframe",
    "1m",
    "--json",
    "--file",
  ];
  const plain = memoryCandleTable();
  await runInProcess([...args, `${folder}trailing_junk.csv`], { table: plain });
  for (const [file, code] of [["descending", "descending_rows"], ["naive", "naive_times"]] as const) {
    const table = memoryCandleTable();
    const { stdout } = await runInProcess([...args, `${folder}${file}.csv`], { table });
    assert.ok(JSON.parse(stdout).warnings[0].startsWith(`${code}: `));
    assert.deepEqual(table.columns(), plain.columns());
  }
  const table = memoryCandleTable();
  const refused = await runInProcess([...args, `${folder}close_stamped_59s.csv`], { table });
  assert.match(refused.stderr, /line 2: ts_open must be a multiple of 60 s, .*; --stamp close reads it/);
  await runInProcess([...args, `${folder}close_stamped_59s.csv`, "--stamp", "close"], { table });
  assert.equal(table.columns().tsOpenMs[0], Date.UTC(2025, 0, 1));
});

Deno.test("shown values of bad rows are those of the file", () => {
  for (const value of [100.37, 999_999, 1e-9, 3e38, 0.5, 101.08]) {
    assert.equal(shownF32(Math.fround(value)), String(value));
  }
});
