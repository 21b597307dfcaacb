import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { DirectoryCandleSource } from "../../src/adapters/candles/directory_candle_source.ts";
import { barGrid } from "../../src/core/bars/mod.ts";
import { runInProcess } from "../helpers/cli_in_process.ts";
import { temporaryFolder } from "../helpers/temporary_folder.ts";

const header = "ts_open,open,high,low,close,volume";
const everySecond = (count: number, stepMs = 1000) =>
  [
    header,
    ...Array.from({ length: count }, (_, i) =>
      `${Date.UTC(2025, 0, 1) + i * stepMs},1,9,0.5,${1 + i % 7 / 10},2`),
  ].join("\n");

/** A sweep over a file whose text is given. */
async function sweep(
  text: string,
  { timeframe, start, end, flags = [], template = {} }: {
    readonly timeframe: string;
    readonly start: string;
    readonly end: string;
    readonly flags?: readonly string[];
    readonly template?: Record<string, unknown>;
  },
) {
  await using folder = await temporaryFolder();
  const path = await folder.write("a.csv", text);
  const request = {
    time_range: { start, end },
    template: {
      instrument_id: { market_id: 1, symbol: "btc/usdt" },
      timeframe,
      indicator_grids: [{
        indicator_id: "ma.sma",
        params: { window: { mode: "explicit", values: [2] } },
        source: { mode: "explicit", values: ["close"] },
      }],
      direction_mode: "long-short",
      sizing_mode: "all_in",
      execution: { fee_pct: 0, slippage_pct: 0 },
      ...template,
    },
    top_k: 1,
  };
  const args = ["backtest", "--request", "-", "--candles", path, "--report", "--json", ...flags];
  const { code, stdout, stderr } = await runInProcess(args, { stdin: JSON.stringify(request) });
  return { code, answer: code === 0 ? JSON.parse(stdout) : null, stderr };
}

Deno.test("15 bars of seconds are made of a file of seconds, to the second at both ends of the range", async () => {
  const range = { start: "2025-01-01T00:01:00Z", end: "2025-01-01T00:02:35Z" };
  const { answer, stderr } = await sweep(everySecond(600), { timeframe: "10s", ...range });
  assert.equal(answer?.timeframe, "10s", stderr);
  assert.deepEqual(answer.data, {
    first_bar: "2025-01-01T00:00:50Z",
    last_bar: "2025-01-01T00:02:20Z",
    bars: 10,
    missing_bars: 0,
    gaps: { count: 0, longest: 0 },
    partial_last_bar: true,
  });
  const traded = await sweep(everySecond(600), {
    timeframe: "10s",
    ...range,
    flags: ["--partial-last-bar", "trade"],
  });
  assert.equal(traded.answer.data.last_bar, "2025-01-01T00:02:30Z");
  const { stderr: refused } = await sweep(everySecond(600, 10_000), { timeframe: "25s", ...range });
  assert.match(refused, /^Cannot build 25s bars from 10s candles: .*; nearest are 20s and 30s/);
});

Deno.test("15 candles of ten seconds that are shifted by five would bring the future into a bar, and are refused", async () => {
  const range = { start: "2025-01-01T00:01:00Z", end: "2025-01-01T00:02:00Z" };
  const shifted = everySecond(60, 10_000).replaceAll(/^\d+/gm, (text) => String(Number(text) + 5000));
  const { stderr } = await sweep(shifted, { timeframe: "30s", ...range });
  assert.match(stderr, /^Cannot build 30s bars from 10s candles: .*the bar would hold the future/);
  assert.equal((await sweep(shifted, { timeframe: "10s", ...range })).code, 1);
});

Deno.test("15 months of a file of months are its rows, and ratios know that a year has twelve", async () => {
  const rows = Array.from(
    { length: 60 },
    (_, i) => `${new Date(Date.UTC(2019, i)).toISOString()},1,9,0.5,${1 + i % 7 / 10},2`,
  );
  const range = { start: "2019-03-01T00:00:00Z", end: "2024-01-01T00:00:01Z" };
  const { answer, stderr } = await sweep([header, ...rows].join("\n"), { timeframe: "1M", ...range });
  assert.equal(answer?.data.bars, 59, stderr);
  assert.equal(answer.data.partial_last_bar, false);
  assert.equal(answer.data.last_bar, "2023-12-01T00:00:00Z");
  assert.equal(answer.variants[0].metrics.days_per_year, 12);
  const { stderr: finer } = await sweep([header, ...rows].join("\n"), { timeframe: "1w", ...range });
  assert.match(finer, /^Cannot build 1w bars from 1M candles; 1M is the shortest/);
});

Deno.test("15 a symbol is the same in an answer, in the folder store and its list, and read from there", async () => {
  await using store = await temporaryFolder();
  await using folder = await temporaryFolder();
  const path = await folder.write("a.csv", everySecond(3, 3_600_000));
  const symbols = ["btc/usdt", "EURUSD=X", "^GSPC", "BRK.B", "../../X", "con"];
  for (const symbol of symbols) {
    const args = ["candles", "import", "--to", "folder", "--file", path, "--market", "1", "--symbol", symbol];
    const { code, stderr } = await runInProcess(args, { store: store.path });
    assert.equal(code, 0, stderr);
  }
  const { stdout } = await runInProcess(["candles", "list", "--json"], { store: store.path });
  const listed = stdout.trim().split("\n").map((line) => JSON.parse(line).instrument.symbol);
  assert.deepEqual(listed.sort(), symbols.map((symbol) => symbol.toUpperCase()).sort());
  const source = new DirectoryCandleSource({ directory: store.path });
  for (const symbol of symbols) {
    const instrument = { market_id: 1, symbol: symbol.toUpperCase() };
    const { candles } = await source.load({
      instrument,
      range: { startMs: 0, endMs: 2 ** 42 },
      grid: barGrid("1h", null),
    });
    assert.equal(candles.close.length, 3, symbol);
  }
  assert.deepEqual([...Deno.readDirSync(store.path)].map(({ name }) => name), ["1"]);
  const { code, stderr } = await runInProcess(
    ["candles", "import", "--to", "folder", "--file", path, "--market", "1", "--symbol", "A B"],
    { store: store.path },
  );
  assert.equal(code, 2, stderr);
});

Deno.test("15 candles inspect counts months, and fills days from where those of the market start", async () => {
  await using folder = await temporaryFolder();
  const months = [0, 1, 2, 3, 5, 6].map((month) => `2024-0${month + 1}-01,1,9,0.5,1,2`);
  const path = await folder.write("months.csv", ["Date,Open,High,Low,Close,Volume", ...months].join("\n"));
  const inspect = async (path: string, ...flags: readonly string[]) => {
    const { stdout, stderr } = await runInProcess(["candles", "inspect", path, "--json", ...flags]);
    assert.equal(stderr, "");
    return JSON.parse(stdout);
  };
  for (const calendar of ["continuous", "sessions"]) {
    const found = await inspect(path, "--calendar", calendar);
    assert.equal(found.spacing, "1M");
    assert.deepEqual(found.missing_bars, { calendar, count: 1 });
    assert.equal(found.gaps.count, 1);
  }
  const fx = fileURLToPath(new URL("../data/candle-quality/fx_hourly.csv", import.meta.url));
  assert.deepEqual((await inspect(fx)).partial_last_bar, ["1d"]);
  assert.deepEqual((await inspect(fx, "--day-start", "17:00 America/New_York")).partial_last_bar, []);
});

Deno.test("15 months that are stamped at their end are refused as opens, and read as closes", async () => {
  const rows = Array.from(
    { length: 40 },
    (_, i) => `${new Date(Date.UTC(2020, i + 1, 0)).toISOString().slice(0, 10)},1,9,0.5,${1 + i % 7 / 10},2`,
  );
  const text = [header, ...rows].join("\n");
  const range = { timeframe: "1M", start: "2020-02-01T00:00:00Z", end: "2023-05-01T00:00:01Z" };
  assert.match(
    (await sweep(text, range)).stderr,
    /^Cannot build 1M bars from 1M candles: .*--stamp close reads them so/,
  );
  const { answer, stderr } = await sweep(text, { ...range, flags: ["--stamp", "close"] });
  assert.equal(answer?.data.bars, 40, stderr);
  assert.equal(answer.data.first_bar, "2020-01-01T00:00:00Z");
  assert.equal(answer.data.missing_bars, 0);
});
