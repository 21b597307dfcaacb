import { gunzipSync, gzipSync } from "node:zlib";
import { validationError } from "../../core/errors/mod.ts";

/** Largest archive that is read, packed and unpacked, in bytes. */
export const archiveBytesMax = 512 * 1024 * 1024;

/** The bytes of an archive's file: gzip, so that `zcat` shows the text. Equal texts give equal bytes. */
export function packArchive(text: string): Uint8Array {
  return gzipSync(text, { level: 9 });
}

/** The text in an archive's file. Throws a `validation_error` that names `file` when it is damaged or cut off. */
export function unpackArchive(bytes: Uint8Array, file: string): string {
  try {
    const text = gunzipSync(bytes, { maxOutputLength: archiveBytesMax });
    return new TextDecoder("utf-8", { fatal: true }).decode(text);
  } catch {
    const message =
      `Cannot import "${file}": it is no complete gzip file of at most ${archiveBytesMax} bytes`;
    throw validationError(message, [{ path: "file", code: "value_error", message }]);
  }
}
