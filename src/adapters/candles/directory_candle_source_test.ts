import assert from "node:assert/strict";
import { temporaryFolder } from "../../../tests/helpers/temporary_folder.ts";
import { BacktestError } from "../../core/errors/mod.ts";
import { DirectoryCandleSource } from "./directory_candle_source.ts";

const range = { startMs: 0, endMs: 180_000 };

/** A folder with `1/BTC-USDT.csv`, removed when disposed. */
async function candleFolder(): Promise<AsyncDisposable & { readonly source: DirectoryCandleSource }> {
  const directory = await Deno.makeTempDir();
  await Deno.mkdir(`${directory}/1`);
  const rows = [
    "ts_open,open,high,low,close,volume",
    ...["1970-01-01T00:00:00Z", "1970-01-01T00:01:00Z", "x"].map((time, i) =>
      `${time},${i + 1},2,1,${i + 1},1`
    ),
  ];
  await Deno.writeTextFile(`${directory}/1/BTC-USDT.csv`, rows.slice(0, 3).join("\n"));
  await Deno.writeTextFile(`${directory}/1/BROKEN.csv`, rows.join("\n"));
  return {
    source: new DirectoryCandleSource({ directory }),
    [Symbol.asyncDispose]: () => Deno.remove(directory, { recursive: true }),
  };
}

Deno.test("DirectoryCandleSource.load() reads the instrument's file", async () => {
  await using folder = await candleFolder();
  const instrument = { market_id: 1, symbol: "BTC-USDT" };
  const { candles, timeframeMs } = await folder.source.load({ instrument, range });
  assert.deepEqual([...candles.close], [1, 2]);
  assert.equal(timeframeMs, 60_000);
});

Deno.test("DirectoryCandleSource.load() names the instrument it has no file for", async () => {
  await using folder = await candleFolder();
  const instrument = { market_id: 2, symbol: "BTC-USDT" };
  await assert.rejects(folder.source.load({ instrument, range }), (error: BacktestError) => {
    assert.equal(error.code, "no_candles");
    assert.equal(
      error.message,
      'Cannot load candles of market 2 symbol "BTC-USDT": there is no file 2/BTC-USDT.csv or .parquet among the candle files',
    );
    assert.deepEqual(error.details, instrument);
    return true;
  });
});

Deno.test("DirectoryCandleSource.load() names a malformed file without its folder", async () => {
  await using folder = await candleFolder();
  const instrument = { market_id: 1, symbol: "BROKEN" };
  await assert.rejects(folder.source.load({ instrument, range }), {
    code: "validation_error",
    message:
      'Cannot read candles "1/BROKEN.csv" line 4: ts_open is no date or time such as 2024-01-31T09:30:00Z, got "x"',
  });
});

Deno.test("DirectoryCandleSource.load() looks into no other folder, whatever a symbol is", async () => {
  await using folder = await candleFolder();
  for (const symbol of ["../1/BTC-USDT", "./BTC-USDT", "A/B", "A\\B", "btc-usdt", "..", ".", "BTC-USDT\0"]) {
    const load = folder.source.load({ instrument: { market_id: 1, symbol }, range });
    await assert.rejects(load, { code: "no_candles" }, symbol);
  }
  const refused = {
    "": /no text that can name/,
    "\ud800": /no text that/,
    ["A".repeat(201)]: /too long for the name/,
  };
  for (const [symbol, message] of Object.entries(refused)) {
    const load = folder.source.load({ instrument: { market_id: 1, symbol }, range });
    await assert.rejects(load, { code: "validation_error", message }, symbol);
  }
});

Deno.test("DirectoryCandleSource.load() leaves bad rows out, or refuses them when the config says so", async () => {
  const directory = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${directory}/1`);
    const rows = ["00:00:00Z,1,1,1,1,1", "00:01:00Z,1,1,1,0,1"].map((row) => `1970-01-01T${row}`);
    const text = ["ts_open,open,high,low,close,volume", ...rows].join("\n");
    await Deno.writeTextFile(`${directory}/1/X.csv`, text);
    const query = { instrument: { market_id: 1, symbol: "X" }, range };
    const skipped = await new DirectoryCandleSource({ directory }).load(query);
    assert.deepEqual([...skipped.candles.close], [1]);
    assert.match(
      skipped.warnings[0]!,
      /^bad_rows_skipped: 1 of 2 rows .* line 3 1970-01-01T00:01:00Z: close 0 is/,
    );
    await assert.rejects(new DirectoryCandleSource({ directory, badRows: "refuse" }).load(query), {
      code: "validation_error",
      message: /^Cannot use candles "1\/X\.csv" line 3: .* close 0 is not above 0; 1 of 2 rows/,
    });
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("files of an instrument may be of any format, packed, or a folder, and are read as the config says", async () => {
  await using folder = await temporaryFolder();
  const lines = ["2025-01-01 00:00;1,5;2,5;0,5;2,0", "2025-01-01 00:01;2,0;3,5;1,5;3,0"];
  await folder.write("1/A.txt", lines.join("\n"));
  await folder.write("1/B/one.csv", lines[0]!);
  await folder.write("1/B/two.csv", lines[1]!);
  await folder.write(
    "1/C.json",
    JSON.stringify([[1735689600000, 1.5, 2.5, 0.5, 2, 1], [1735689660000, 2, 3.5, 1.5, 3, 1]]),
  );
  await folder.write("1/C.arrow", "not looked at");
  const files = { 1: { timeZone: "Europe/Berlin" } };
  const source = new DirectoryCandleSource({ directory: folder.path, files });
  const range = { startMs: 0, endMs: Date.UTC(2100, 0) };
  for (
    const [symbol, firstMs] of [["A", Date.UTC(2024, 11, 31, 23)], ["B", Date.UTC(2024, 11, 31, 23)], [
      "C",
      Date.UTC(2025, 0),
    ]] as const
  ) {
    const { candles } = await source.load({ instrument: { market_id: 1, symbol }, range });
    assert.deepEqual([...candles.tsOpenMs], [firstMs, firstMs + 60_000], symbol);
    assert.deepEqual([...candles.close], [2, 3]);
  }
  for (const symbol of ["BTC/USDT", "EURUSD=X", "^GSPC", "BRK.B"]) {
    await folder.write(`1/${symbol.replace("/", "%2F")}.csv`, lines.join("\n"));
    const { candles } = await source.load({ instrument: { market_id: 1, symbol }, range });
    assert.deepEqual([...candles.close], [2, 3]);
  }
  await assert.rejects(source.load({ instrument: { market_id: 1, symbol: "ETH/USDT" }, range }), {
    message: /there is no file 1\/ETH%2FUSDT\.csv or \.parquet among/,
  });
});
