import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import zlib from "node:zlib";
import { Uint8ArrayReader, Uint8ArrayWriter, ZipWriter } from "@zip.js/zip.js";
import { memoryContent } from "../../src/adapters/candles/bytes/content.ts";
import { unpacked } from "../../src/adapters/candles/bytes/unpack.ts";
import { unpackLimits } from "../../src/adapters/candles/bytes/unpack_limits.ts";
import { readCandleFile } from "../../src/adapters/candles/read_candle_file.ts";
import { temporaryFolder } from "../helpers/temporary_folder.ts";

const text = (value: string) => new TextEncoder().encode(value);
const bytes = (value: Uint8Array) => new Uint8Array(value);

async function refusedAs(content: string | Uint8Array, message: RegExp): Promise<void> {
  await using folder = await temporaryFolder();
  const path = await folder.write("candles", "");
  await Deno.writeFile(path, typeof content === "string" ? text(content) : content);
  await assert.rejects(readCandleFile(path, { label: "x" }), (error: Error & { code: string }) => {
    assert.match(error.message, message);
    assert.doesNotMatch(error.message, /\n/);
    assert.equal(error.code, "validation_error");
    return true;
  });
}

Deno.test("a file that holds no candles is named as what it is", async () => {
  const cases: readonly [string | Uint8Array, RegExp][] = [
    ["%PDF-1.7\n%\xe2", /it is a PDF document/],
    [Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10), /it is an image \(PNG\)/],
    [Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 0, 16), /it is an image \(JPEG\)/],
    ["GIF89a", /it is an image \(GIF\)/],
    [
      "<!DOCTYPE html><html><body>404</body></html>",
      /line 1: it is a web page, perhaps an error in place of the download/,
    ],
    ["\ufeff\n <html lang=en>", /it is a web page/],
    ['<?xml version="1.0"?><a/>', /it is XML/],
    [Uint8Array.of(0xd0, 0xcf, 0x11, 0xe0, 0xa1), /it is an old Excel workbook/],
    ["SQLite format 3\0", /it is an SQLite database/],
    ["BZh91AY", /it is packed with bzip2/],
    ["Rar!\x1a", /it is a RAR archive/],
    ["FEA1", /it is a Feather file of version 1/],
    ["version https://git-lfs.github.com/spec/v1\noid sha256:1\n", /it is a pointer of Git LFS/],
    ["\x93NUMPY\x01\0", /it is no table of candles/],
    [Uint8Array.of(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0), /it is an array of NumPy/],
    ["DBN\x01\0", /it is a DBN file/],
    ["", /it is empty/],
    ["\n\n", /it is empty/],
    ["PAR1PAR1", /it cannot be read as Parquet/],
    ["ARROW1\0\0no", /it cannot be read as Arrow/],
    ['{"message": "Not Found"}', /its JSON has no candles in it, it says "Not Found"/],
    ["[[1735689600000, 1, 2, 0.5, 1.5, 10], [17356", /it is damaged or cut off JSON/],
    [Uint8Array.from({ length: 4000 }, (_, index) => (index * 7919) % 251), /it is no table of candles/],
  ];
  for (const [content, message] of cases) await refusedAs(content, message);
});

Deno.test("packed bytes that are damaged, cut off, encrypted or hold a workbook are refused", async () => {
  const rows = text(
    `ts_open,open,high,low,close\n${
      Array.from({ length: 3000 }, (_, row) => `${1735689600000 + row * 60_000},1,1,1,1`).join("\n")
    }`,
  );
  const gzip = bytes(zlib.gzipSync(rows));
  await refusedAs(gzip.subarray(0, gzip.length - 200), /its gzip data are damaged or cut off/);
  const zstd = bytes(zlib.zstdCompressSync(rows));
  zstd[30] = zstd[30]! ^ 0xff;
  await refusedAs(zstd, /its zstd data are damaged or cut off/);
  const zip = await zipped({ "a.csv": rows });
  await refusedAs(zip.subarray(0, zip.length - 30), /its zip data are damaged or cut off/);
  const flipped = zip.slice();
  flipped[100] = flipped[100]! ^ 0xff;
  await refusedAs(flipped, /its zip data are damaged or cut off/);
  await refusedAs(
    await zipped({ "xl/workbook.xml": text("<a/>"), "[Content_Types].xml": text("<a/>") }),
    /it is an Excel workbook; save its sheet as CSV/,
  );
  await refusedAs(await zipped({ "a/": new Uint8Array(0) }), /it is a zip file without a file in it/);
  await refusedAs(await zipped({ "a.csv": rows }, { password: "p" }), /"a\.csv" in it is encrypted/);
  await refusedAs(
    [1, 2, 3, 4].reduce((packed) => bytes(zlib.gzipSync(packed)), rows),
    /it is packed more than 3 times/,
  );
});

Deno.test("what would become too many bytes is given up, in memory that is bounded", async () => {
  const zeros = new Uint8Array(1 << 20);
  const bomb = bytes(zlib.gzipSync(zeros));
  const limits = { bytesMax: 1 << 16, ratioMax: 200, ratioFromBytes: 1 << 30, membersMax: 2 };
  await assert.rejects(unpacked(memoryContent(bomb, "x"), limits), {
    message: 'Cannot read candles "x": it unpacks to more than 65536 bytes; bring it in pieces',
  });
  const byRatio = { ...limits, bytesMax: 1 << 30, ratioFromBytes: 1000 };
  await assert.rejects(unpacked(memoryContent(bomb, "x"), byRatio), {
    message: /it unpacks to more than \d+ bytes, 200 times what candles shrink to at most/,
  });
  const inZip = await zipped({ "a.csv": zeros });
  await assert.rejects(unpacked(memoryContent(inZip, "x"), byRatio), {
    message: /"x\/a\.csv": it unpacks to more than/,
  });
  const many = await zipped({ "a.csv": zeros, "b.csv": zeros, "c.csv": zeros });
  await assert.rejects(unpacked(memoryContent(many, "x"), limits), {
    message: /it holds 3 files, at most 2 are read/,
  });
});

Deno.test("a line without an end is given up after a megabyte", async () => {
  await refusedAs(
    `ts_open,open,high,low,close\n1735689600000,1,1,1,1\n${"1".repeat(3 << 20)}`,
    /line 3: the line is longer than 1048576 bytes/,
  );
  await refusedAs("1".repeat(3 << 20), /line/);
  await refusedAs(
    `ts_open,open,high,low,close\n1735689600000,1,1,1,1\n"${"1\n".repeat(2 << 20)}`,
    /line 3: a quote in it does not end/,
  );
});

Deno.test("files of a tar archive are read, packed again or not, and a damaged one is refused", async () => {
  const archive = tarred({
    "README.md": text("# candles"),
    "a/b.csv": rowsText(30, 60),
    "a/a.csv": rowsText(0, 30),
    "._a": text("x"),
  });
  for (const packed of [archive, bytes(zlib.gzipSync(archive)), await zipped({ "all.tar": archive })]) {
    await using folder = await temporaryFolder();
    const path = await folder.write("candles", "");
    await Deno.writeFile(path, packed);
    const { series: { candles }, guess } = await readCandleFile(path, { label: "x" });
    assert.equal(candles.close.length, 60);
    assert.match(guess!, /^read as 2 files of .*tar of CSV; .*README\.md" left out/);
  }
  await refusedAs(archive.subarray(0, 3000), /its tar data are cut off/);
  const flipped = archive.slice();
  flipped[1024 + 5] = 1;
  await refusedAs(flipped, /its tar data are damaged at byte 1024/);
  const limits = { bytesMax: 1 << 20, ratioMax: 200, ratioFromBytes: 1 << 20, membersMax: 2 };
  await assert.rejects(unpacked(memoryContent(archive, "x"), limits), {
    message: /it holds more than 2 files/,
  });
});

function rowsText(from: number, to: number): Uint8Array<ArrayBuffer> {
  const lines = Array.from(
    { length: to - from },
    (_, row) => `${1735689600000 + (from + row) * 60_000},1,1,1,1,1`,
  );
  return text(["ts_open,open,high,low,close,volume", ...lines].join("\n"));
}

function tarred(files: Readonly<Record<string, Uint8Array<ArrayBuffer>>>): Uint8Array<ArrayBuffer> {
  const blocks = Object.entries(files).flatMap(([name, content]) => {
    const head = new Uint8Array(512);
    const put = (value: string, at: number) => head.set(text(value), at);
    put(name, 0);
    put("0000644\0", 100);
    put(`${content.length.toString(8).padStart(11, "0")}\0`, 124);
    put("        ", 148);
    put("0", 156);
    put("ustar\u000000", 257);
    put(`${head.reduce((sum, byte) => sum + byte, 0).toString(8).padStart(6, "0")}\0 `, 148);
    return [head, content, new Uint8Array((512 - content.length % 512) % 512)];
  });
  return new Uint8Array(Buffer.concat([...blocks, new Uint8Array(1024)]));
}

async function zipped(
  members: Readonly<Record<string, Uint8Array<ArrayBuffer>>>,
  options: { readonly password?: string } = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const writer = new ZipWriter(new Uint8ArrayWriter(), { useWebWorkers: false, ...options });
  for (const [name, content] of Object.entries(members)) {
    await writer.add(name, new Uint8ArrayReader(content), { directory: name.endsWith("/") });
  }
  return await writer.close() as Uint8Array<ArrayBuffer>;
}

Deno.test("members of a zip file are bounded together, and each by what the directory says of it", async () => {
  const zeros = new Uint8Array(40_000);
  const zip = new ZipWriter(new Uint8ArrayWriter());
  for (let member = 0; member < 30; member++) await zip.add(`${member}.csv`, new Uint8ArrayReader(zeros));
  const packed = bytes(await zip.close());
  const limits = { ...unpackLimits, bytesMax: 1_000_000 };
  await assert.rejects(unpacked(memoryContent(packed, "x"), limits), {
    code: "validation_error",
    message: /it unpacks to more than 1000000 bytes; bring it in pieces/,
  });
  assert.equal((await unpacked(memoryContent(packed, "x"))).contents.length, 30);
  // the directory lies: 1 byte each, little endian, at 24 of an entry
  const view = new DataView(packed.buffer, packed.byteOffset, packed.length);
  for (let at = 0; at + 46 < packed.length; at++) {
    if (view.getUint32(at, true) === 0x02014b50) view.setUint32(at + 24, 1, true);
  }
  await assert.rejects(unpacked(memoryContent(packed, "x"), limits), { code: "validation_error" });
});
