import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { readCandleFile } from "../../src/adapters/candles/read_candle_file.ts";
import type { CandleColumns } from "../../src/core/bars/mod.ts";

const folder = fileURLToPath(new URL("../data/candle-files/", import.meta.url));
const hourMs = 3_600_000;

const read = (name: string) => readCandleFile(`${folder}${name}`, { label: name });
const own = (await read("00_own.csv")).series.candles;

/** Files that are not hourly from 2025 on: where they begin, and their spacing. */
const others: Readonly<Record<string, readonly [first: string, spacingMs: number]>> = {
  "01_binance_spot_ms_noheader.csv": ["2024-06-01T00:00:00Z", hourMs],
  ...Object.fromEntries(
    ["08_yahoo.csv", "09_stooq_d.csv", "36_daily_date32.parquet", "43_own_date_only.csv"]
      .map((name) => [name, ["2023-01-02T00:00:00Z", 24 * hourMs] as const]),
  ),
  ...Object.fromEntries(
    [
      "11_mt4.csv",
      "12_mt5.csv",
      "13_polygon_minute.csv",
      "14_alpaca.csv",
      "15_databento_ns.csv",
      "16_histdata.csv",
    ]
      .map((name) => [name, ["2025-01-06T14:30:00Z", 60_000] as const]),
  ),
};

/** What volumes are of the own file's, where they are not the same. */
const volumes: Readonly<Record<string, (own: number, row: number) => number>> = {
  "08_yahoo.csv": (own) => Math.trunc(own * 1e5 + 0.01),
  "09_stooq_d.csv": (own) => Math.trunc(own * 1e5 + 0.01),
  "11_mt4.csv": (own) => Math.trunc(own * 10),
  "12_mt5.csv": (own) => Math.trunc(own * 10),
  "13_polygon_minute.csv": (own) => Math.trunc(own * 100),
  "15_databento_ns.csv": (own) => Math.trunc(own * 100),
  "16_histdata.csv": () => 0,
  "51_own_no_volume.csv": () => 0,
  // two decimals
  "31g_decimal38.parquet": (own) => Number(own.toFixed(2)),
};

const names = [...Deno.readDirSync(folder)].map(({ name }) => name).sort();

for (const name of names) {
  Deno.test(`${name} has the candles of 00_own.csv, without a flag`, async () => {
    const { series: { candles, timeframeMs } } = await read(name);
    const [first, spacingMs] = others[name] ?? ["2025-01-01T00:00:00Z", hourMs];
    assert.equal(timeframeMs, spacingMs);
    const count = spacingMs === 24 * hourMs ? 400 : 600;
    const times = Array.from({ length: count }, (_, row) => Date.parse(first) + row * spacingMs);
    assert.deepEqual([...candles.tsOpenMs], times);
    for (const value of ["open", "high", "low", "close"] as const) {
      assert.deepEqual(candles[value], own[value].slice(0, count), value);
    }
    assertVolumes(name, candles);
  });
}

function assertVolumes(name: string, { volume }: CandleColumns): void {
  const expected = volumes[name];
  for (const [row, value] of volume.entries()) {
    const text = own.volume[row]!;
    const digits = Number(text.toPrecision(7));
    const wanted = expected === undefined ? text : Math.fround(expected(Number(digits.toFixed(4)), row));
    assert.ok(
      Math.abs(value - wanted) <= Math.abs(wanted) * 1e-6 + (expected === undefined ? 0 : 1),
      `${name} ${row}: ${value} ${wanted}`,
    );
  }
}

Deno.test("what was told from a file rather than known is said in one line, and nothing of the own form", async () => {
  assert.equal((await read("00_own.csv")).guess, null);
  assert.equal((await read("32b_polars_zstd_ns_utc.parquet")).guess, null);
  assert.equal(
    (await read("37_excel_german.csv")).guess,
    'read as CSV; fields between ";"; decimal comma; dates as dmy',
  );
  assert.equal(
    (await read("04_binance_spot.zip")).guess,
    "read as zip of CSV; no header; time #1, open #2, high #3, low #4, close #5, volume #6",
  );
  assert.equal(
    (await read("08_yahoo.csv")).guess,
    "read as CSV; time Date, open Open, high High, low Low, close Close, volume Volume",
  );
});
