import type { Content } from "./content.ts";
import { refusal } from "../rows/candle_refusal.ts";

/** Files that hold no candles, or none that are read, by their first bytes. */
const marks: readonly (readonly [mark: string, what: string])[] = [
  ["%PDF", "it is a PDF document; candles are in the table behind it"],
  ["\x89PNG", "it is an image (PNG)"],
  ["\xff\xd8\xff", "it is an image (JPEG)"],
  ["GIF8", "it is an image (GIF)"],
  ["BM6", "it is an image (BMP)"],
  ["II*\0", "it is an image (TIFF)"],
  ["MM\0*", "it is an image (TIFF)"],
  ["\xd0\xcf\x11\xe0", "it is an old Excel workbook; save its sheet as CSV"],
  ["\x89HDF", "it is an HDF5 file; pandas writes it as Parquet with to_parquet()"],
  ["SQLite format 3", "it is an SQLite database; select its candles into CSV"],
  ["FEA1", "it is a Feather file of version 1; write it as version 2"],
  ["Obj\x01", "it is an Avro file; write it as Parquet"],
  ["ORC", "it is an ORC file; write it as Parquet"],
  ["BZh", "it is packed with bzip2; unpack it first, gzip, zip and zstd are read"],
  ["\xfd7zXZ\0", "it is packed with xz; unpack it first, gzip, zip and zstd are read"],
  ["7z\xbc\xaf", "it is a 7z archive; unpack it first, gzip, zip and zstd are read"],
  ["Rar!", "it is a RAR archive; unpack it first, gzip, zip and zstd are read"],
  ["PK\x05\x06", "it is a zip file without a file in it"],
  ["\x93NUMPY", "it is an array of NumPy; write it as Parquet or CSV"],
  ["DBN\x01", "it is a DBN file; Databento's tools write it as CSV or Parquet"],
  ["DBN\x02", "it is a DBN file; Databento's tools write it as CSV or Parquet"],
  ["DBN\x03", "it is a DBN file; Databento's tools write it as CSV or Parquet"],
  ["version https://git-lfs", "it is a pointer of Git LFS; git lfs pull brings the file itself"],
  ["\x80\x02", "it is a pickle of Python; write it as Parquet"],
  ["\x80\x04", "it is a pickle of Python; write it as Parquet"],
  ["\x80\x05", "it is a pickle of Python; write it as Parquet"],
];

/** Throws a `validation_error` that names what a file is when it is a kind that holds no candles. */
export function refuseAliens(content: Content, head: Uint8Array): void {
  const text = String.fromCharCode(...head.subarray(0, 512));
  const found = marks.find(([mark]) => text.startsWith(mark));
  if (found !== undefined) throw refusal(content, found[1]);
  const shape = text.replace(/^\xef\xbb\xbf/, "").trimStart().slice(0, 200).toLowerCase();
  if (/^<(!doctype html|html|head|body|script|div|table|center|h1)\b/.test(shape)) {
    throw refusal({ ...content, line: 1 }, "it is a web page, perhaps an error in place of the download");
  }
  if (/^<\?xml|^<[a-z]+[ >][^,;\t]*$/.test(shape)) throw refusal({ ...content, line: 1 }, "it is XML");
}
