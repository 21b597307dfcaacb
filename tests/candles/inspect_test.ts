import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { runInProcess } from "../helpers/cli_in_process.ts";
import { temporaryFolder } from "../helpers/temporary_folder.ts";

const data = (path: string) => fileURLToPath(new URL(`../data/${path}`, import.meta.url));

async function inspect(path: string, ...flags: readonly string[]) {
  const { code, stdout, stderr } = await runInProcess(["candles", "inspect", path, "--json", ...flags]);
  assert.equal(stderr, "");
  return { code, found: JSON.parse(stdout) };
}

Deno.test("candles inspect says what a file holds, and how to read it without a guess", async () => {
  const path = data("candle-files/37_excel_german.csv");
  const { code, found } = await inspect(path);
  assert.equal(code, 0);
  const { close: { sparkline, ...close }, repeat, warnings, ...facts } = found;
  assert.deepEqual(facts, {
    file: path,
    format: 'read as CSV; fields between ";"; decimal comma; dates as dmy',
    rows: 600,
    first_bar: "2025-01-01T00:00:00Z",
    last_bar: "2025-01-25T23:00:00Z",
    spacing: "1h",
    gaps: { count: 0, longest: null, largest: [] },
    missing_bars: { calendar: "sessions", count: 0 },
    impossible: { count: 0, first: [] },
    jumps: { count: 0, largest: [] },
    partial_last_bar: [],
    missing_values: { open: 0, high: 0, low: 0, close: 0 },
    volume: { missing: 0, zero: 0, equal: false },
    duplicates: 0,
    further_columns: [],
    refused: null,
  });
  assert.match(sparkline, /^[▁▂▃▄▅▆▇█]{60}$/);
  assert.deepEqual(close, { lowest: 92.23, highest: 105.44 });
  assert.match(warnings[0], /^naive_times: /);
  assert.equal(
    repeat,
    `candles inspect ${path} --delimiter ';' --decimal , --date-order dmy --time-zone UTC`,
  );
});

for (
  const name of [
    "01_binance_spot_ms_noheader.csv",
    "07_cryptodatadownload.csv",
    "12_mt5.csv",
    "06_coinbase_candles.json",
    "19_freqtrade.feather",
    "08_yahoo.csv",
  ]
) {
  Deno.test(`the flags that candles inspect prints read ${name} to the same rows, and print themselves`, async () => {
    const first = await inspect(data(`candle-files/${name}`));
    // a name with a blank is two words
    const flags = first.found.repeat.match(/'[^']*'|\S+/g).slice(3).map((word: string) =>
      word.replace(/^'(.*)'$/, "$1")
    );
    assert.ok(flags.length > 4);
    const again = await inspect(data(`candle-files/${name}`), ...flags);
    assert.deepEqual({ ...again.found, warnings: [] }, { ...first.found, warnings: [] });
  });
}

Deno.test("candles inspect finds gaps, impossible rows, jumps, partial bars, and what is missing", async () => {
  const gap = await inspect(data("candle-quality/gap.csv"), "--calendar", "continuous");
  assert.deepEqual(gap.found.gaps, {
    count: 1,
    longest: "30h",
    largest: [{ from: "2025-01-03T02:00:00Z", to: "2025-01-04T08:00:00Z", length: "30h" }],
  });
  assert.deepEqual(gap.found.missing_bars, { calendar: "continuous", count: 30 });
  assert.equal((await inspect(data("candle-quality/gap.csv"))).found.missing_bars.count, 0);

  const spike = await inspect(data("candle-quality/spike.csv"));
  assert.equal(spike.code, 1);
  assert.match(
    spike.found.refused,
    /^Cannot use candles .*spike\.csv" line 102: at .* close 999999 lies above high/,
  );
  assert.deepEqual(spike.found.impossible, {
    count: 1,
    first: [{
      place: "line 102",
      ts_open: "2025-01-05T04:00:00Z",
      what: "close 999999 lies above high 101.08",
    }],
  });
  assert.equal(spike.found.jumps.count, 2);
  const skipped = await inspect(data("candle-quality/spike.csv"), "--bad-rows", "skip");
  assert.deepEqual([skipped.code, skipped.found.refused], [0, null]);
  assert.match(skipped.found.warnings[0], /^bad_rows_skipped: 1 of 200 rows/);

  const partial = await inspect(data("candle-quality/min_partial.csv"));
  assert.deepEqual(partial.found.partial_last_bar, ["1h", "1d"]);
  const blank = await inspect(data("candle-quality/val_close_empty.csv"));
  assert.deepEqual([blank.found.missing_values.close, blank.code], [1, 0]);
  assert.equal((await inspect(data("candle-quality/vol_missing.csv"))).found.volume, null);
  assert.equal((await inspect(data("candle-quality/vol0.csv"))).found.volume.zero, 200);
});

Deno.test("candles inspect says of rows in no order or there twice what it can, and exits 1", async () => {
  await using folder = await temporaryFolder();
  const rows = [
    "ts_open,open,high,low,close",
    "1735689600000,1,2,1,1",
    "1735689660000,1,2,1,1",
    "1735689660000,1,2,1,1",
  ];
  const path = await folder.write("twice.csv", rows.join("\n"));
  const { code, found } = await inspect(path);
  assert.match(found.refused, /line 4: ts_open must be later than the row before/);
  assert.deepEqual([code, found.rows, found.duplicates], [1, 2, 1]);
  assert.equal((await inspect(path, "--duplicates", "first")).code, 0);
});

Deno.test("candles inspect prints lines for people, one block a file, and exits 1 when any is refused", async () => {
  const files = [data("candle-quality/gap.csv"), data("candle-quality/html.csv")];
  const { code, stdout } = await runInProcess(["candles", "inspect", ...files]);
  assert.equal(code, 1);
  assert.match(
    stdout,
    /^.*gap\.csv\n {2}rows +170, every 1h\n {2}from +2025-01-01T00:00:00Z to 2025-01-09T07:00:00Z, in UTC\n {2}gaps +1, the longest 30h\n/,
  );
  assert.match(stdout, /html\.csv\n {2}refused +Cannot read candles "html\.csv" line 1: it is a web page/);
  const missing = await runInProcess(["candles", "inspect", "/nowhere.csv"]);
  assert.deepEqual([missing.code, missing.stdout], [
    1,
    '/nowhere.csv\n  refused  Cannot read candles "nowhere.csv": no such file\n  repeat   candles inspect /nowhere.csv\n',
  ]);
});

Deno.test("candles inspect counts bars that the hours of a market expect, a pause of less than a week among them", async () => {
  await using folder = await temporaryFolder();
  const opens = [6, 7, 8, 10, 13].flatMap((day) =>
    Array.from({ length: 13 }, (_, bar) => Date.UTC(2025, 0, day, 14, 30 + 30 * bar))
  );
  const rows = opens.filter((_, index) => index !== 20 && index !== 21).map((ms) => `${ms},1,1,1,1,1`);
  const path = await folder.write("stock.csv", ["ts_open,open,high,low,close,volume", ...rows].join("\n"));
  const [shipped] = [await Deno.readTextFile(new URL("../../configs/backtest.yaml", import.meta.url))];
  const hours = "{ zone: America/New_York, open: [Mon-Fri 09:30-16:00], closed: [2025-01-09] }";
  const config = await folder.write(
    "config.yaml",
    shipped.replace("\nmarkets:\n", `\nmarkets:\n  7: { calendar: sessions, hours: ${hours} }\n`),
  );
  const { found } = await inspect(path, "--config", config, "--market", "7");
  assert.deepEqual(found.missing_bars, { calendar: "sessions", by_hours: true, count: 2 });
  assert.deepEqual((await inspect(path)).found.missing_bars, { calendar: "sessions", count: 0 });
  const lines = await runInProcess(["candles", "inspect", path, "--config", config, "--market", "7"]);
  assert.match(lines.stdout, /missing bars +2 of a market that is open in the hours of the config/);
});
