import { join } from "node:path";
import { validationError } from "../../../core/errors/mod.ts";
import { uploadFilesMax, uploadInstrumentsMax } from "../../../core/limits/mod.ts";
import type { CandleStore } from "../../../ports/candle_store.ts";
import type { OwnCandles, ReceivedFiles, UploadedFile } from "../../../ports/own_candles.ts";
import { uploadLimits } from "../bytes/unpack_limits.ts";
import { StoredCandleFile } from "../candle_file.ts";
import { filesOfStore, FolderCandleStore } from "../store/folder_candle_store.ts";
import { ownFolder } from "./own_folder.ts";

/** What lies here is no user's, as no user's id begins with a point. */
const incomingFolder = ".incoming";

/** Of an upload that a process did not live to remove; none takes as long. */
const leftoverMs = 3_600_000;

/** A folder with one for each user, and one for what is just coming in. */
export class FolderOwnCandles implements OwnCandles {
  readonly #directory: string;
  readonly bytesMax: number;

  constructor({ directory, bytesMax }: { readonly directory: string; readonly bytesMax: number }) {
    this.#directory = directory;
    this.bytesMax = bytesMax;
  }

  /** Makes the folder and removes what ended processes have left. Rejects with the errors of the file system. */
  async prepare({ nowMs }: { readonly nowMs: number }): Promise<void> {
    const incoming = join(this.#directory, incomingFolder);
    await Deno.mkdir(incoming, { recursive: true });
    for await (const { name } of Deno.readDir(incoming)) {
      const { mtime } = await Deno.stat(join(incoming, name));
      if ((mtime?.getTime() ?? 0) < nowMs - leftoverMs) {
        await Deno.remove(join(incoming, name), { recursive: true });
      }
    }
  }

  storeOf(userId: string): CandleStore {
    return new FolderCandleStore(ownFolder(this.#directory, userId), {
      bytesMax: this.bytesMax,
      filesMax: uploadInstrumentsMax,
    });
  }

  async keptBytes(userId: string): Promise<number> {
    const files = await filesOfStore(ownFolder(this.#directory, userId));
    return files.reduce((sum, { size }) => sum + size, 0);
  }

  async receive(
    files: AsyncIterable<UploadedFile>,
    { signal }: { readonly signal: AbortSignal },
  ): Promise<ReceivedFiles> {
    const folder = join(this.#directory, incomingFolder, crypto.randomUUID());
    const remove = () => Deno.remove(folder, { recursive: true });
    await Deno.mkdir(folder, { recursive: true });
    try {
      // files go by their numbers: a name of the sender's is never part of a path
      const names = new Map<string, string>();
      for await (const file of files) {
        if (names.size === uploadFilesMax) throw refused(`it has more than ${uploadFilesMax} files`);
        const path = join(folder, String(names.size));
        names.set(path, file.name);
        await write(path, { pieces: file.pieces, signal });
      }
      if (names.size === 0) throw refused("it has no file");
      signal.throwIfAborted();
      return received(names, remove);
    } catch (error) {
      await remove();
      throw error;
    }
  }
}

function received(names: ReadonlyMap<string, string>, remove: () => Promise<void>): ReceivedFiles {
  const [first] = names.values();
  const label = names.size === 1 ? first! : `${first} and ${names.size - 1} more`;
  return {
    label,
    read: (reading) =>
      new StoredCandleFile({
        path: [...names.keys()],
        label,
        reading,
        nameOf: (path) => names.get(path) ?? label,
        limits: uploadLimits,
      }),
    [Symbol.asyncDispose]: remove,
  };
}

async function write(
  path: string,
  { pieces, signal }: { readonly pieces: AsyncIterable<Uint8Array>; readonly signal: AbortSignal },
): Promise<void> {
  using file = await Deno.open(path, { write: true, createNew: true });
  for await (const piece of pieces) {
    signal.throwIfAborted();
    for (let at = 0; at < piece.length;) at += await file.write(piece.subarray(at));
  }
}

function refused(why: string): Error {
  const message = `Cannot take the upload: ${why}`;
  return validationError(message, [{ path: "body", code: "value_error", message }]);
}
