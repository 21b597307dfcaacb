import assert from "node:assert/strict";
import { columnFromArray, tableFromColumns, tableToIPC } from "@uwdata/flechette";
import { parquetWriteBuffer } from "hyparquet-writer";
import { DirectoryCandleSource } from "../../src/adapters/candles/directory_candle_source.ts";
import { FileCandleSource } from "../../src/adapters/candles/file_candle_source.ts";
import type { CandleReading } from "../../src/core/bars/mod.ts";
import { loadGolden } from "../helpers/golden.ts";
import { goldenRules } from "../helpers/golden_rules.ts";
import { runInProcess } from "../helpers/cli_in_process.ts";
import { temporaryFolder } from "../helpers/temporary_folder.ts";

const minuteMs = 60_000;
const firstMs = Date.UTC(2025, 0, 1);
const instrument = { market_id: 1, symbol: "BTC" };
const everything = { startMs: 0, endMs: Date.UTC(2100, 0) };

/** Time, prices and volume of four rows, and what a model says of them. */
const times = [0, 1, 2, 3].map((minute) => firstMs + minute * minuteMs);
const moods: readonly (number | null)[] = [-0.25, null, 1e-3, 7.1];
const expected = Float32Array.from(moods, (value) => value ?? NaN);
const prices = [1, 9, 0.5, 1];

const csvOf = (header: string, cells: readonly string[], join = ",") =>
  [header, ...times.map((time, row) => [time, ...prices, 2.5, cells[row]].join(join))].join("\n");
const cells = moods.map((value) => value === null ? "" : String(value));
const named = (row: number) => ({
  ts_open: times[row],
  open: 1,
  high: 9,
  low: 0.5,
  close: 1,
  volume: 2.5,
  mood: moods[row],
});
const objects = [0, 1, 2, 3].map(named);
const names = ["ts_open", "open", "high", "low", "close", "volume", "mood"] as const;
const columnOf = (name: typeof names[number]) => objects.map((row) => row[name]);
const header = names.join(",");

/** The same rows in every shape. */
const shapes: readonly (readonly [string, string | Uint8Array, CandleReading?])[] = [
  ["CSV", csvOf(header, cells)],
  ["words for what is not known", csvOf(header, cells.with(1, "NaN"))],
  ["what is not finite", csvOf(header, cells.with(1, "-inf"))],
  ["a text for what is missing", csvOf(header, cells.with(1, "NA")), { missing: ["NA"] }],
  ["quotes", csvOf(header, cells.map((cell) => `"${cell}"`))],
  ["tabs", csvOf(header.replaceAll(",", "\t"), cells, "\t")],
  ["a decimal comma", csvOf(header.replaceAll(",", ";"), cells, ";").replaceAll(".", ",")],
  [
    "a column in front",
    csvOf(header, cells).split("\n").map((line) => line.split(",").reverse().join(",")).join("\n"),
  ],
  ["newest first", [header, ...csvOf(header, cells).split("\n").slice(1).reverse()].join("\n")],
  ["JSON objects", JSON.stringify(objects)],
  ["JSON lines", objects.map((row) => JSON.stringify(row)).join("\n")],
  ["JSON lists by column", JSON.stringify(Object.fromEntries(names.map((name) => [name, columnOf(name)])))],
  [
    "JSON split",
    JSON.stringify({ columns: names, data: objects.map((row) => names.map((name) => row[name])) }),
  ],
  ["Parquet", parquetOf(moods, "DOUBLE")],
  ["Parquet of texts", parquetOf(cells, "STRING")],
  ["Arrow", arrowOf()],
];

function parquetOf(mood: readonly (number | string | null)[], type: "DOUBLE" | "STRING"): Uint8Array {
  return new Uint8Array(parquetWriteBuffer({
    columnData: names.map((name) =>
      name === "ts_open"
        ? { name, data: times.map(BigInt), type: "INT64" }
        : name === "mood"
        ? { name, data: [...mood], type }
        : { name, data: columnOf(name) as number[], type: "DOUBLE" }
    ),
    rowGroupSize: 3,
  }));
}

function arrowOf(): Uint8Array {
  const columns = Object.fromEntries(names.map((name) => [name, columnFromArray(columnOf(name))]));
  return tableToIPC(tableFromColumns(columns), { format: "file" })!;
}

async function source(content: string | Uint8Array, reading: CandleReading = {}) {
  const folder = await temporaryFolder();
  const path = `${folder.path}/candles`;
  await Deno.writeFile(path, typeof content === "string" ? new TextEncoder().encode(content) : content);
  return {
    load: (...columns: readonly string[]) =>
      new FileCandleSource({ path, label: "candles", reading }).load({
        instrument,
        range: everything,
        columns,
      }),
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

for (const [name, content, reading] of shapes) {
  Deno.test(`a further column is read from ${name}`, async () => {
    await using file = await source(content, { timeUnit: "ms", ...reading });
    const { candles, further } = await file.load("mood");
    assert.deepEqual([...candles.tsOpenMs], times);
    assert.deepEqual([...candles.close], [1, 1, 1, 1]);
    assert.deepEqual([...further!], [["mood", expected]]);
    assert.equal((await file.load()).further, undefined);
  });
}

Deno.test("a further column is found by its exact name, and may be one that candles are made of", async () => {
  await using file = await source(csvOf(header.replace("mood", "Mood of $BTC"), cells));
  const { further } = await file.load("volume", "Mood of $BTC");
  assert.deepEqual([...further!], [["volume", Float32Array.of(2.5, 2.5, 2.5, 2.5)], [
    "Mood of $BTC",
    expected,
  ]]);
});

Deno.test("a column that is not there is refused with those that are, and so is one of times or of two columns", async () => {
  const opening = "Cannot read col";
  const two = csvOf(`${header},regime,note,same,same`, cells.map((cell) => `${cell},1,up,1,2`));
  await using file = await source(two);
  const there = 'there are "mood", "regime"';
  const cases = [
    ["mod", `; did you mean "mood"?; ${there}`],
    ["Mood", `; did you mean "mood"?; ${there}`],
    ["ts_open", `; ${there}`],
    ["same", `; ${there}`],
    ["", `; ${there}`],
    ["__proto__", `; ${there}`],
  ] as const;
  for (const [name, rest] of cases) {
    await assert.rejects(file.load("mood", name), {
      code: "validation_error",
      message: `${opening}(${JSON.stringify(name)}) from candles "candles": there is no such column${rest}`,
    });
  }
  await using plain = await source(csvOf(header, cells).replaceAll(/,[^,]*$/gm, ""));
  await assert.rejects(plain.load("mood"), /there are no numeric columns beyond those of candles$/);
});

Deno.test("a further value that is no number is refused with its line, column and what would help", async () => {
  await using file = await source(csvOf(header, cells.with(2, "up")));
  await assert.rejects(file.load("mood"), {
    message:
      'Cannot read candles "candles" line 4: mood must be a number, got "up"; --missing up reads it as a missing value',
  });
  await using json = await source(JSON.stringify([...objects.slice(0, 2), { ...objects[2], mood: true }]));
  await assert.rejects(json.load("mood"), {
    message: 'Cannot read candles "candles" row 3: mood must be a number, got true',
  });
  assert.equal((await file.load()).candles.close.length, 4);
});

Deno.test("a row that cannot be a candle takes its further values with it", async () => {
  const text = csvOf(header, cells).split("\n");
  await using file = await source(text.with(2, `${times[1]},1,9,0.5,-1,2.5,5`).join("\n"));
  const { further, warnings } = await file.load("mood");
  assert.match(warnings.join("\n"), /bad_rows_skipped/);
  assert.deepEqual([...further!.get("mood")!], [-0.25, 1e-3, 7.1].map(Math.fround));
});

Deno.test("files of a series are one further column, and each must have it", async () => {
  await using folder = await temporaryFolder();
  const lines = csvOf(header, cells).split("\n");
  await folder.write("a.csv", lines.slice(0, 3).join("\n"));
  await folder.write(
    "b.csv",
    [lines[0]!.split(",").with(6, "other").join(","), ...lines.slice(3)].join("\n"),
  );
  const load = (name: string) =>
    new FileCandleSource({
      path: folder.path,
      label: "all",
      reading: { timeUnit: "ms" },
      timeframeMs: minuteMs,
    })
      .load({ instrument, range: everything, columns: [name] });
  await assert.rejects(load("mood"), /b\.csv": there is no such column; there are "other"$/);
  await folder.write("b.csv", [lines[0], ...lines.slice(3)].join("\n"));
  assert.deepEqual([...(await load("mood")).further!], [["mood", expected]]);
});

async function imported(store: string, text: string, ...flags: readonly string[]) {
  await using folder = await temporaryFolder();
  const path = await folder.write("a.csv", text);
  const args = ["candles", "import", "--file", path, "--market", "1", "--symbol", "btc", "--json"];
  const { code, stdout, stderr } = await runInProcess([...args, "--candle-timeframe", "1m", ...flags], {
    store,
  });
  assert.equal(code, 0, stderr);
  return { ...JSON.parse(stdout), stderr };
}

Deno.test("an import keeps further columns, whatever order files come in, and a file without them leaves them", async () => {
  const withMood = csvOf(header, cells);
  const later = csvOf(header.replace("mood", "regime"), ["1", "2", "3", "4"]);
  const plain = csvOf(header, cells).replaceAll(/,[^,]*$/gm, "");
  const bytes: Uint8Array[] = [];
  for (const order of [[withMood, later, plain], [plain, later, withMood], [later, plain, withMood, later]]) {
    await using store = await temporaryFolder();
    for (const text of order) await imported(store.path, text);
    const directory = store.path;
    const { further } = await new DirectoryCandleSource({ directory })
      .load({ instrument, range: everything, columns: ["regime", "mood"] });
    assert.deepEqual([...further!], [["regime", Float32Array.of(1, 2, 3, 4)], ["mood", expected]]);
    bytes.push(await Deno.readFile(`${directory}/1/BTC.1m.parquet`));
    const listed = await runInProcess(["candles", "list", "--json"], { store: directory });
    assert.deepEqual(JSON.parse(listed.stdout).further_columns, ["mood", "regime"]);
  }
  assert.deepEqual(bytes[1], bytes[0]);
  assert.deepEqual(bytes[2], bytes[0]);
});

Deno.test("an import says which further values it cannot read, which columns it leaves out, and what is new", async () => {
  await using store = await temporaryFolder();
  // the first 200 rows tell which columns hold numbers
  const rows = Array.from(
    { length: 260 },
    (_, row) => [firstMs + row * minuteMs, 1, 9, 0.5, 1, 2.5, row < 250 ? row : "up", 3],
  );
  const text = ["ts_open,open,high,low,close,volume,mood,Open", ...rows.map((row) => row.join(","))].join(
    "\n",
  );
  const { stderr, further_columns } = await imported(
    store.path,
    text.replace("Open", "note").replaceAll(/,3$/gm, ",x"),
  );
  assert.deepEqual(further_columns, ["mood"]);
  assert.match(stderr, /further_values_unknown: .*: 10 of "mood", the first "up"/);
  const again = await imported(store.path, text.replaceAll("up", "").replace("Open", "mood2"));
  assert.deepEqual([again.replaced, again.further_columns], [260, ["mood", "mood2"]]);
  const odd = text.replace("open,high", "first,high").replace("Open", "open");
  const { stderr: left, further_columns: kept } = await imported(store.path, odd, "--column", "open=first");
  assert.match(left, /further_columns_left_out: .*: "open"$/m);
  assert.deepEqual(kept, ["mood"]);
});

Deno.test("candles inspect says which columns rules can read", async () => {
  await using folder = await temporaryFolder();
  const path = await folder.write("a.csv", csvOf(`${header},note,_2`, cells.map((cell) => `${cell},up,1`)));
  const { stdout } = await runInProcess(["candles", "inspect", path]);
  assert.match(stdout, /^ {2}columns +col\("mood"\), col\("_2"\)$/m);
  const json = JSON.parse((await runInProcess(["candles", "inspect", path, "--json"])).stdout);
  assert.deepEqual(json.further_columns, ["mood", "_2"]);
});

Deno.test("column-a runs from a candle file and from the store, to the golden trades and keys", async () => {
  const golden = (await goldenRules()).find(({ name }) => name === "column-a")!;
  const file = await loadGolden<
    Record<string, readonly number[]> & { columns: Record<string, readonly number[]> }
  >(
    `candles/${golden.candles}.json`,
  );
  const { mood } = file.columns;
  const row = (i: number) =>
    [
      file.ts_open_ms![i],
      file.open![i],
      file.high![i],
      file.low![i],
      file.close![i],
      file.volume![i],
      mood![i],
    ].join(",");
  await using folder = await temporaryFolder();
  const text = [header, ...mood!.map((_, i) => row(i))].join("\n");
  const candles = await folder.write("candles.csv", text);
  const request = await folder.write("request.json", JSON.stringify(golden.request));
  const run = async (path: string) => {
    const { code, stdout, stderr } = await runInProcess([
      "backtest",
      "--request",
      request,
      "--candles",
      path,
      "--json",
    ]);
    assert.equal(code, 0, stderr);
    const { variants: [best] } = JSON.parse(stdout);
    assert.deepEqual([best.variant_key, best.total_return_pct], [
      golden.variant_key,
      golden.total_return_pct,
    ]);
  };
  await run(candles);
  const args = ["candles", "import", "--file", candles, "--market", "1", "--symbol", "testusdt"];
  assert.equal((await runInProcess(args, { store: folder.path })).code, 0);
  await run(`${folder.path}/1/TESTUSDT.15m.parquet`);
  const renamed = await folder.write("renamed.csv", text.replace("mood", "moods"));
  const { code, stderr } = await runInProcess(["backtest", "--request", request, "--candles", renamed]);
  assert.equal(code, 1);
  assert.match(
    stderr,
    /col\("mood"\) from candles "renamed\.csv": there is no such column; did you mean "moods"\?/,
  );
});
