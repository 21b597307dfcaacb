import assert from "node:assert/strict";
import { shownF32 } from "../../src/core/bad_candle.ts";
import { memoryCandleTable } from "../helpers/memory_candle_table.ts";
import { runInProcess } from "../helpers/cli_in_process.ts";

const folder = new URL("../data/candle-quality/", import.meta.url).pathname;

type Change = (request: Record<string, unknown>) => unknown;

/** What a sweep over a file must say and give. */
interface Expected {
  /** Request of the folder; `r1h` unless given. */
  readonly request?: string;
  /** Made of it before it is sent. */
  readonly change?: Change;
  readonly flags?: readonly string[];
  /** Of the reader, in order; none unless given. */
  readonly warnings?: readonly RegExp[];
  /** File with the same candles, plainly written: the ranked variants must be the same. */
  readonly like?: string;
  /** The one line on stderr of a sweep that is refused. */
  readonly refused?: RegExp;
}

/** Warnings that come from reading rows, before any bar is built. */
const readerCodes =
  /^(naive_times|descending_rows|empty_column|stamps_look_like_closes|bad_rows_skipped|look_ahead):/;

async function sweep(file: string, { request = "r1h", change, flags = [] }: Expected) {
  const text = await Deno.readTextFile(`${folder}${request}.json`);
  const stdin = JSON.stringify(change?.(JSON.parse(text)) ?? JSON.parse(text));
  const args = ["backtest", "--candles", `${folder}${file}.csv`, "--calendar", "sessions", "--request", "-"];
  return await runInProcess([...args, "--json", ...flags], { stdin });
}

function range(start: string, end: string): Change {
  return (request) => ({ ...request, time_range: { start, end } });
}

function badRow(line: number, fault: string): RegExp {
  return new RegExp(
    `^bad_rows_skipped: 1 of 200 rows cannot be candles and are left out, the first line ${line} ` +
      `2025-01-05T04:00:00Z: ${fault}$`,
  );
}

function refusedValue(text: string, help = ""): RegExp {
  const escaped = text.replace(/[$.*+?^()|[\]{}\\/]/g, "\\$&");
  return new RegExp(`" line 102: close must be a number, got "${escaped}"${help}(;|\\n)`);
}

const missing = (text: string) => `; --missing ${text} reads it as a missing value`;

const sweeps: readonly (readonly [string, Expected])[] = [
  ["daily", { request: "r1d" }],
  ["tiny", {}],
  ["tinier", {}],
  ["big1e6", {}],
  ["h8", { request: "r1d" }],
  ["vol0", {}],
  ["offset_plus0530", { like: "trailing_junk" }],
  ["ny_dst", { request: "r1d" }],
  ["zone_name", { like: "trailing_junk" }],
  ["val_close_spaces", {}],
  ["val_close_plus", { like: "val_close_spaces" }],
  ["trailing_junk", {}],
  ["pre1970", { request: "r1d", change: range("1960-01-01T00:00:00Z", "1960-01-10T00:00:00Z") }],
  ["trailing_junk", { request: "date_only" }],
  ["naive", { warnings: [/^naive_times: .* read as UTC; --time-zone says/], like: "trailing_junk" }],
  ["naive", { flags: ["--time-zone", "UTC"], like: "trailing_junk" }],
  [
    "naive",
    { flags: ["--time-zone", "Asia/Kolkata"], change: range("2024-12-31T00:00:00Z", "2025-02-01T00:00:00Z") },
  ],
  ["descending", { warnings: [/^descending_rows: .* in order of time$/], like: "trailing_junk" }],
  ["trailing_comma", { warnings: [/^empty_column: /], like: "trailing_junk" }],
  ["close_stamped_59s", { flags: ["--stamp", "close"] }],
  ["vol_missing", { like: "trailing_junk" }],
  [
    "vol_missing",
    {
      change: withIndicator("volume.obv"),
      refused: /^Cannot compute volume\.obv: the candles of market 1 symbol "X" have no volume/,
    },
  ],
  ["vol0", { change: withIndicator("volume.obv") }],
  ["high_lt_close", { warnings: [badRow(102, "high 1 lies below low 100.37")] }],
  ["all_zero_row", { warnings: [badRow(102, "open 0 is not above 0")] }],
  ["val_close_neg", { warnings: [badRow(102, "close -5 is not above 0")] }],
  ["val_close_huge_f32", { warnings: [badRow(102, "close 3e\\+38 lies above high 101.08")] }],
  ["spike", { warnings: [badRow(102, "close 999999 lies above high 101.08")] }],
  ["val_close_long", { warnings: [badRow(102, "close 100.12346 lies below low 100.37")] }],
  ["val_close_lead_dot", { warnings: [badRow(102, "close 0.5 lies below low 100.37")] }],
  ["val_close_trail_zero", { warnings: [badRow(102, "close 100 lies below low 100.37")] }],
  ["val_close_sci_small", { warnings: [badRow(102, "close 1e-9 lies below low 100.37")] }],
  [
    "negative_run",
    {
      warnings: [/^bad_rows_skipped: 10 of 200 rows .* first line 102 2025-01-05T04:00:00Z: low -40 is not/],
    },
  ],
  [
    "spike",
    {
      flags: ["--bad-rows", "refuse"],
      refused:
        /^Cannot use candles "spike\.csv" line 102: at 2025-01-05T04:00:00Z close 999999 .*--bad-rows skip/,
    },
  ],
  [
    "mixed_ms_us",
    {
      refused:
        /^Cannot read candles "mixed_ms_us\.csv" line 106: ts_open 1735689600000000 is in microseconds, .*: mixed units\n$/,
    },
  ],
  [
    "pre1970_ms",
    {
      request: "r1d",
      refused: /" line 2: the unit of ts_open -432000000 cannot be told: .*"-86400000".*--time-unit/,
    },
  ],
  [
    "pre1970_ms",
    {
      request: "r1d",
      flags: ["--time-unit", "ms"],
      change: range("1969-12-27T00:00:00Z", "1970-01-10T00:00:00Z"),
    },
  ],
  ["leap_bad", {
    refused: /" line 3: ts_open names the day 2023-02-29, which does not exist, got "2023-02-29T/,
  }],
  ["val_close_NA", { refused: refusedValue("N/A", missing("N/A")) }],
  ["val_close_None", { refused: refusedValue("None", missing("None")) }],
  ["val_close_dash", { refused: refusedValue("-", missing("-")) }],
  ["val_close_nan_text", { refused: refusedValue("NaN", missing("NaN")) }],
  ["val_close_currency", { refused: refusedValue("$100", "; write it without the currency") }],
  ["val_close_underscore", {
    refused: refusedValue("1_000", "; write it without separators between digits"),
  }],
  ["val_close_percent", { refused: refusedValue("1%", "; write it without the percent sign") }],
  ["val_close_NA", { flags: ["--missing", "N/A"], like: "val_close_empty" }],
  ["val_close_None", { flags: ["--missing", "None,null"], like: "val_close_empty" }],
  ["val_close_dash", { flags: ["--missing", "-"], like: "val_close_empty" }],
  ["val_close_nan_text", { flags: ["--missing", "NA", "--missing", "NaN"], like: "val_close_empty" }],
  ["html", { refused: /"html\.csv" line 1: it is a web page, / }],
  ["empty", { refused: /^Cannot read candles "empty\.csv": it is empty\n$/ }],
  ["header_only", { refused: /^Cannot read candles "header_only\.csv": it has a header and no rows\n$/ }],
  ["one_row", { refused: /spacing of its candles cannot be told .*--candle-timeframe/ }],
  [
    "one_row",
    {
      flags: ["--candle-timeframe", "1h"],
      change: range("2025-01-01T00:00:00Z", "2025-01-01T02:00:00Z"),
    },
  ],
  [
    "trailing_junk",
    {
      request: "outside_before",
      refused:
        /no market data for requested range .*; its candles cover 2025-01-01T00:00:00Z to 2025-01-09T08:00:00Z/,
    },
  ],
  [
    "trailing_junk",
    {
      request: "just_after",
      refused:
        /no market data for requested range .*; its candles cover 2025-01-01T00:00:00Z to 2025-01-09T08:00:00Z/,
    },
  ],
];

function withIndicator(id: string): Change {
  return (request) => {
    const template = request.template as Record<string, unknown>;
    return { ...request, template: { ...template, indicator_grids: [{ indicator_id: id, params: {} }] } };
  };
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
    const { warnings, variants } = JSON.parse(stdout);
    assert.equal(variants.length, change === undefined ? 2 : variants.length);
    assert.ok(variants.length > 0);
    const found = warnings.filter((text: string) => readerCodes.test(text));
    const { warnings: wanted = [], like } = expected;
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
