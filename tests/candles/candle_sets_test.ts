import assert from "node:assert/strict";
import zlib from "node:zlib";
import { Uint8ArrayReader, Uint8ArrayWriter, ZipWriter } from "@zip.js/zip.js";
import { StoredCandleFile } from "../../src/adapters/candles/candle_file.ts";
import { openCandleSet } from "../../src/adapters/candles/candle_set.ts";
import { readCandleFile } from "../../src/adapters/candles/read_candle_file.ts";
import type { CandleReading } from "../../src/core/bars/mod.ts";
import { type TemporaryFolder, temporaryFolder } from "../helpers/temporary_folder.ts";
import { type Row, rows } from "./kinds.ts";

const encoder = new TextEncoder();
const header = "ts_open,open,high,low,close,volume";
const line = ({ ms, o, h, l, c, v }: Row) => [ms, o, h, l, c, v].join();
const csv = (of: readonly Row[]) => `${[header, ...of.map(line)].join("\n")}\n`;
const months = [rows.slice(0, 20), rows.slice(20, 45), rows.slice(45)];

/** A zip file of texts, in the order they are given. */
async function zip(
  members: Readonly<Record<string, string | Uint8Array<ArrayBuffer>>>,
): Promise<Uint8Array<ArrayBuffer>> {
  const writer = new ZipWriter(new Uint8ArrayWriter(), { useWebWorkers: false });
  for (const [name, content] of Object.entries(members)) {
    await writer.add(
      name,
      new Uint8ArrayReader(typeof content === "string" ? encoder.encode(content) : content),
    );
  }
  return await writer.close() as Uint8Array<ArrayBuffer>;
}

async function put(folder: TemporaryFolder, name: string, content: string | Uint8Array): Promise<string> {
  const path = await folder.write(name, typeof content === "string" ? content : "");
  if (typeof content !== "string") await Deno.writeFile(path, content);
  return path;
}

/** Both ways of reading give all rows, in order. */
async function assertAllRows(
  path: string | readonly string[],
  { reading = {}, expected = rows }: { reading?: CandleReading; expected?: readonly Row[] } = {},
) {
  const { series: { candles } } = await readCandleFile(path, { label: "x", reading, timeframeMs: 60_000 });
  assert.deepEqual([...candles.tsOpenMs], expected.map(({ ms }) => ms));
  assert.deepEqual([...candles.close], expected.map(({ c }) => c));
  const exact: number[][] = [];
  const rules = { everyMs: 60_000, startMs: 0, endMs: 2 ** 43, required: [] };
  for await (const piece of new StoredCandleFile({ path, label: "x", reading }).rows(rules)) {
    piece.tsOpenMs.forEach((ms, row) => exact.push([ms, piece.close[row]!]));
  }
  assert.deepEqual(exact, expected.map(({ ms, c }) => [ms, c]));
}

Deno.test("months in a zip, a folder, a pattern and a list are one series, in whatever order they come", async () => {
  await using folder = await temporaryFolder();
  const [one, two, three] = months.map(csv) as [string, string, string];
  const packed = await put(
    folder,
    "packed.zip",
    await zip({ "b.csv": three, "c/a.csv": one, "__MACOSX/b.csv": "no", "x.csv": two }),
  );
  await assertAllRows(packed);
  await put(folder, "months/3.csv.gz", zlib.gzipSync(encoder.encode(one)));
  await put(folder, "months/1.csv.zst", zlib.zstdCompressSync(encoder.encode(three)));
  await put(folder, "months/2.zip", await zip({ "two.csv": two }));
  await put(folder, "months/2.zip.CHECKSUM", "0123");
  await assertAllRows(`${folder.path}/months`);
  await assertAllRows(`${folder.path}/months/*`);
  await assertAllRows([
    `${folder.path}/months/2.zip`,
    `${folder.path}/months/3.csv.gz`,
    `${folder.path}/months/1.csv.zst`,
  ]);
  const nested = await put(
    folder,
    "nested.zip",
    await zip({ "a.csv.gz": new Uint8Array(zlib.gzipSync(encoder.encode(csv(rows)))) }),
  );
  await assertAllRows(nested);
  // two gzip files behind each other are one
  const halves = [one, two.replace(`${header}\n`, "")].map((half) => new Uint8Array(zlib.gzipSync(half)));
  const joined = await put(folder, "joined.csv.gz", new Uint8Array(await new Blob(halves).arrayBuffer()));
  await assertAllRows(joined, { expected: rows.slice(0, 45) });
});

Deno.test("what people read beside the candles of a zip file is left out, and said", async () => {
  await using folder = await temporaryFolder();
  const members = {
    "README.txt": "Prices of an exchange\n",
    "2024.csv": csv(rows),
    "licence.pdf": "%PDF-1.7",
  };
  const path = await put(folder, "year.zip", await zip(members));
  await assertAllRows(path);
  const { guess } = await openCandleSet({ paths: [path], label: "x", reading: {} });
  assert.match(guess ?? "", /"README\.txt" left out; "licence\.pdf" left out/);
  const alone = await put(folder, "alone.zip", await zip({ "README.txt": "Prices of an exchange\n" }));
  await assert.rejects(assertAllRows(alone), /README\.txt" line 1: it is no table of candles/);
});

Deno.test("a header in the letters of an older spreadsheet is read", async () => {
  await using folder = await temporaryFolder();
  const number = (value: number | string) => String(value).replace(".", ",");
  const lines = rows.map(({ ms, o, h, l, c, v }) =>
    [new Date(Number(ms)).toISOString(), ...[o, h, l, c, v].map(number)].join(";")
  );
  const western = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
  for (
    const names of [
      "Zeit;Er\u00f6ffnung;H\u00f6chst;Tief;Schluss;St\u00fccke",
      "date;ouv;haut;bas;cl\u00f4t;vol",
    ]
  ) {
    await assertAllRows(await put(folder, "old.csv", western(`${[names, ...lines].join("\n")}\n`)));
  }
});

Deno.test("of two columns of volume that are a price apart, the smaller is the volume, whatever they are called", async () => {
  await using folder = await temporaryFolder();
  const moneyOf = ({ l, h, v }: Row) => Number(v) * (Number(l) + Number(h)) / 2;
  const data = rows.map((row) => {
    const { ms, o, h, l, c, v } = row;
    return {
      id: Number(ms) / 1000,
      open: o,
      close: c,
      low: l,
      high: h,
      amount: v,
      vol: moneyOf(row),
      count: 3,
    };
  });
  const path = await put(folder, "kline.json", JSON.stringify({ status: "ok", data }));
  const { series: { candles } } = await readCandleFile(path, { label: "x", timeframeMs: 60_000 });
  assert.deepEqual([...candles.volume], [...Float32Array.from(rows, ({ v }) => Number(v))]);
  // lots and thousands of a currency are no price apart
  const lots = rows.map((row) => ({ ...row, vol: row.v, amount: moneyOf(row) / 10 }));
  const text = lots.map(({ ms, o, h, l, c, vol, amount }) => [ms, o, h, l, c, vol, amount].join());
  const other = await put(folder, "lots.csv", `time,open,high,low,close,vol,amount\n${text.join("\n")}\n`);
  const read = await readCandleFile(other, { label: "x", timeframeMs: 60_000 });
  assert.deepEqual([...read.series.candles.volume], [...Float32Array.from(rows, ({ v }) => Number(v))]);
});

Deno.test("files that overlap are one series where they agree, and refused with both places where they do not", async () => {
  await using folder = await temporaryFolder();
  const first = await put(folder, "a.csv", csv(rows.slice(0, 40)));
  const second = await put(folder, "b.csv", csv(rows.slice(30)));
  await assertAllRows([second, first]);
  const [changed, ...rest] = rows.slice(30);
  const other = await put(folder, "c.csv", csv([{ ...changed!, c: changed!.c + 0.25 }, ...rest]));
  const message =
    /^Cannot read candles "x": two rows are of 2025-01-06T15:00:00Z, in ".*a\.csv" line 32 and in ".*c\.csv" line 2, with other values; --duplicates first or last takes one of them$/;
  await assert.rejects(readCandleFile([first, other], { label: "x" }), { message });
  const last = rows.map((row, index) => index === 30 ? { ...row, c: changed!.c + 0.25 } : row);
  await assertAllRows([first, other], { reading: { duplicates: "last" }, expected: last });
  await assertAllRows([first, other], { reading: { duplicates: "first" } });
});

Deno.test("rows in no order are read with sort, rows of one time with duplicates, and refused without", async () => {
  await using folder = await temporaryFolder();
  const shuffled = await put(folder, "a.csv", csv([...rows.slice(30), ...rows.slice(0, 30)]));
  await assert.rejects(readCandleFile(shuffled, { label: "x" }), {
    message: /line \d+: ts_open must be .*; --sort reads rows in any order$/,
  });
  await assertAllRows(shuffled, { reading: { sort: true } });
  const twice = [...rows.slice(0, 3), { ...rows[2]!, c: 99 }, ...rows.slice(3)];
  const doubled = await put(folder, "b.csv", csv(twice));
  await assert.rejects(readCandleFile(doubled, { label: "x" }), {
    message: /line 5: ts_open must be later than the row before, .*; --duplicates first or last/,
  });
  await assertAllRows(doubled, { reading: { duplicates: "first" } });
  const last = rows.map((row, index) => index === 2 ? { ...row, c: 99 } : row);
  await assertAllRows(doubled, { reading: { duplicates: "last" }, expected: last });
  await assertAllRows(await put(folder, "c.csv", csv(twice.toReversed())), {
    reading: { duplicates: "first" },
    expected: last,
  });
  await assert.rejects(readCandleFile(doubled, { label: "x", reading: { sort: true } }), {
    message: /two rows are of 2025-01-06T14:32:00Z, line 4 and line 5, with other values/,
  });
});

Deno.test("of a file with several instruments one must be picked, whatever the format", async () => {
  await using folder = await temporaryFolder();
  const other = rows.map((row) => ({ ...row, c: row.l }));
  const names = "symbol,timestamp,open,high,low,close,volume";
  const mixed = rows.flatMap((row, index) => [`AAPL,${line(row)}`, `MSFT,${line(other[index]!)}`]);
  const behind = [...rows.map((row) => `AAPL,${line(row)}`), ...other.map((row) => `MSFT,${line(row)}`)];
  const objects = behind.map((text) => {
    const fields = text.split(",");
    return Object.fromEntries(
      names.split(",").map((name, index) => [name, index === 0 ? fields[0] : Number(fields[index])]),
    );
  });
  const lists = (of: readonly Row[]) => of.map(({ ms, o, h, l, c, v }) => ({ t: ms, o, h, l, c, v }));
  const files = {
    "mixed.csv": [names, ...mixed].join("\n"),
    "behind.csv": [names, ...behind].join("\n"),
    "no_header.csv": behind.join("\n"),
    "objects.json": JSON.stringify(objects),
    "by_name.json": JSON.stringify({ bars: { AAPL: lists(rows), MSFT: lists(other) } }),
  };
  for (const [name, text] of Object.entries(files)) {
    const path = await put(folder, name, text);
    await assert.rejects(readCandleFile(path, { label: "x" }), {
      message:
        /^Cannot read candles "x": it holds 2 (instruments|series): (bars\.)?AAPL, (bars\.)?MSFT; --pick NAME takes one$/,
    }, name);
    await assertAllRows(path, { reading: { pick: "AAPL" } });
    await assertAllRows(path, { reading: { pick: "msft" }, expected: other });
    await assert.rejects(readCandleFile(path, { label: "x", reading: { pick: "IBM" } }), /IBM|--pick NAME/);
  }
});

Deno.test("adjusted scales all four prices by the adjusted close, and is refused without such a column", async () => {
  await using folder = await temporaryFolder();
  const text = [
    "Date,Open,High,Low,Close,Adj Close,Volume",
    ...rows.map((row) => `${line(row).replace(/,[^,]*$/, "")},${row.c / 4},${row.v}`),
  ];
  const path = await put(folder, "a.csv", text.join("\n"));
  const { series: { candles } } = await readCandleFile(path, { label: "x", reading: { adjusted: true } });
  assert.deepEqual([...candles.high], rows.map(({ h }) => h / 4));
  assert.deepEqual([...candles.close], rows.map(({ c }) => c / 4));
  assert.deepEqual([...candles.volume], rows.map(({ v }) => v));
  const without = await put(folder, "b.csv", csv(rows));
  await assert.rejects(readCandleFile(without, { label: "x", reading: { adjusted: true } }), {
    message: /--adjusted needs a column such as Adj Close/,
  });
});

Deno.test("columns that names do not tell are said, by name or by number", async () => {
  await using folder = await temporaryFolder();
  const odd = [
    ["a", "b", "c", "d", "e", "f"].join(),
    ...rows.map(({ ms, o, h, l, c, v }) => [v, c, l, h, o, ms].join()),
  ];
  const path = await put(folder, "a.csv", odd.join("\n"));
  const column = { time: "f", open: "e", high: "4", low: "c", close: "B", volume: "1" };
  await assertAllRows(path, { reading: { column } });
  await assert.rejects(readCandleFile(path, { label: "x", reading: { column: { open: "g" } } }), {
    message: /--column open=g: there is no such column/,
  });
});

Deno.test("dates that may begin with the day or the month are refused until it is said", async () => {
  await using folder = await temporaryFolder();
  const text = (day: (row: number) => string) =>
    [
      "Date,Open,High,Low,Close",
      ...rows.slice(0, 10).map(({ o, h, l, c }, row) => [day(row), o, h, l, c].join()),
    ].join("\n");
  const open = await put(folder, "open.csv", text((row) => `${String(row + 1).padStart(2, "0")}/02/2025`));
  await assert.rejects(readCandleFile(open, { label: "x" }), {
    message:
      'Cannot read candles "x" line 2: the date "01/02/2025" may begin with the day or with the month, and no row tells which; --date-order dmy or mdy says it',
  });
  const timesOf = async (path: string, reading: CandleReading = {}) =>
    [...(await readCandleFile(path, { label: "x", reading })).series.candles.tsOpenMs].slice(0, 2);
  assert.deepEqual(await timesOf(open, { dateOrder: "dmy" }), [Date.UTC(2025, 1, 1), Date.UTC(2025, 1, 2)]);
  assert.deepEqual(await timesOf(open, { dateOrder: "mdy" }), [Date.UTC(2025, 0, 2), Date.UTC(2025, 1, 2)]);
  // one row far behind the first ones decides for all
  const lines = Array.from({ length: 12_000 }, (_, row) => {
    const date = new Date(Date.UTC(2025, 2, 1) + row * 60_000);
    return `0${date.getUTCDate()}/03/2025 ${date.toISOString().slice(11, 16)},1,1,1,1`;
  });
  const decided = [...lines.slice(0, 6000), "13/03/2025 00:00,1,1,1,1", "01/04/2025 00:00,1,1,1,1"];
  const late = await put(folder, "late.csv", ["Date,Open,High,Low,Close", ...decided].join("\n"));
  assert.deepEqual(await timesOf(late), [Date.UTC(2025, 2, 1), Date.UTC(2025, 2, 1, 0, 1)]);
});
