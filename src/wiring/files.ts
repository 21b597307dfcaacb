import { dirname } from "node:path";
import { BacktestError } from "../core/errors/mod.ts";
import { reason } from "./input.ts";

/** Reads a file of at most `bytesMax` bytes. Rejects with one line that names the path as it was given. */
export async function readBytes(
  path: string,
  { bytesMax }: { readonly bytesMax: number },
): Promise<Uint8Array<ArrayBuffer>> {
  try {
    const { size } = await Deno.stat(path);
    if (size > bytesMax) throw new Error(`it has ${size} bytes, more than ${bytesMax}`);
    return await Deno.readFile(path);
  } catch (cause) {
    throw new BacktestError("validation_error", `Cannot read "${path}": ${reason(cause)}`, { cause });
  }
}

/** Writes a file that must not exist yet; what cannot be written whole is removed again. Rejects as `readBytes` does. */
export async function writeNewFile(
  path: string,
  { bytes, makeFolder = false }: { readonly bytes: Uint8Array; readonly makeFolder?: boolean },
): Promise<void> {
  let created = false;
  try {
    if (makeFolder) await Deno.mkdir(dirname(path), { recursive: true });
    using file = await Deno.open(path, { write: true, createNew: true });
    created = true;
    for (let written = 0; written < bytes.length;) written += await file.write(bytes.subarray(written));
    await file.sync();
  } catch (cause) {
    if (created) await Deno.remove(path).catch(() => {});
    const fact = cause instanceof Deno.errors.AlreadyExists
      ? "the file exists already"
      : cause instanceof Deno.errors.NotFound
      ? "no such folder"
      : reason(cause);
    throw new BacktestError("validation_error", `Cannot write "${path}": ${fact}`, { cause });
  }
}
