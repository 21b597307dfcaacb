import { configure, type Entry, type FileEntry, Reader, ZipReader } from "@zip.js/zip.js";
import { BacktestError } from "../../../core/errors/mod.ts";
import { shown } from "../../../core/text/mod.ts";
import { refusal } from "../rows/candle_refusal.ts";
import { allBytes, type Content, filled, streamContent } from "./content.ts";
import { bounded, tooMany, type UnpackLimits } from "./unpack_limits.ts";

configure({ useWebWorkers: false });

/** Packed files inside of others are read from memory up to this size. */
const packedBytesMax = 1 << 30;

/**
 * The files in a zip file, in the order of its directory, without folders and what systems put beside files. Rejects with
 * a `validation_error` when it is damaged, encrypted, holds no file or is a spreadsheet.
 */
export async function zipMembers(packed: Content, limits: UnpackLimits): Promise<readonly Content[]> {
  try {
    const reader = new ZipReader(await readerOf(packed));
    const entries = await reader.getEntries();
    if (entries.some(({ filename }) => filename.startsWith("xl/"))) {
      throw refusal(packed, "it is an Excel workbook; save its sheet as CSV");
    }
    const files = entries.filter(isFile);
    if (files.length === 0) throw refusal(packed, "it is a zip file without a file in it");
    if (files.length > limits.membersMax) {
      throw refusal(packed, `it holds ${files.length} files, at most ${limits.membersMax} are read`);
    }
    const declared = files.reduce((sum, { uncompressedSize }) => sum + uncompressedSize, 0);
    if (declared > limits.bytesMax) throw tooMany(packed.label, limits);
    return files.map((entry) => member(entry, { packed, limits }));
  } catch (cause) {
    if (cause instanceof BacktestError) throw cause;
    throw damaged(packed, cause);
  }
}

function isFile(entry: Entry): entry is FileEntry {
  return !entry.directory && !/(^|\/)(__MACOSX\/|\.[^/]*$|[^/]*\.CHECKSUM$)/.test(entry.filename);
}

function member(
  entry: FileEntry,
  { packed, limits }: { readonly packed: Content; readonly limits: UnpackLimits },
): Content {
  const label = `${packed.label}/${entry.filename}`;
  if (entry.encrypted) throw refusal(packed, `${shown(entry.filename)} in it is encrypted`);
  const bytes = entry.compressedSize;
  // a member is no larger than the directory says, which has been looked at for all of them together
  const declared = { ...limits, bytesMax: Math.min(limits.bytesMax, entry.uncompressedSize) };
  return streamContent(
    label,
    () => bounded(inflated(entry, label), { label, packed: { bytes }, limits: declared }),
  );
}

async function* inflated(entry: FileEntry, label: string): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const { readable, writable } = new TransformStream<
    Uint8Array<ArrayBuffer>,
    Uint8Array<ArrayBuffer>
  >();
  const reader = readable.getReader();
  const stop = new AbortController();
  let failure: unknown = null;
  const done = entry.getData(writable, { checkSignature: true, signal: stop.signal }).catch((error) => {
    failure = error;
    return writable.abort(error).catch(() => {});
  });
  try {
    while (true) {
      const { value, done: isDone } = await reader.read();
      if (isDone) break;
      yield value;
    }
    await done;
  } catch (error) {
    failure ??= error;
  } finally {
    stop.abort();
    await reader.cancel().catch(() => {});
    await done;
  }
  if (failure !== null) throw damaged({ label }, failure);
}

async function readerOf(packed: Content): Promise<Reader<unknown>> {
  if (packed.path !== null) return new FileReader(packed.path);
  const bytes = await allBytes(packed, { bytesMax: packedBytesMax });
  if (bytes === null) throw refusal(packed, "it is too large to be packed twice");
  return new BytesReader(bytes);
}

/** Reads parts of a file on disk. */
class FileReader extends Reader<string> {
  readonly #path: string;

  constructor(path: string) {
    super(path);
    this.#path = path;
  }

  override async init(): Promise<void> {
    this.size = (await Deno.stat(this.#path)).size;
    await super.init?.();
  }

  override async readUint8Array(index: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
    using file = await Deno.open(this.#path);
    await file.seek(index, Deno.SeekMode.Start);
    return await filled(file, new Uint8Array(Math.max(Math.min(length, this.size - index), 0)));
  }
}

class BytesReader extends Reader<Uint8Array<ArrayBuffer>> {
  readonly #bytes: Uint8Array<ArrayBuffer>;

  constructor(bytes: Uint8Array<ArrayBuffer>) {
    super(bytes);
    this.#bytes = bytes;
    this.size = bytes.length;
  }

  override readUint8Array(index: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
    return Promise.resolve(this.#bytes.subarray(index, index + length));
  }
}

function damaged(place: { readonly label: string }, cause: unknown): BacktestError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return refusal(place, `its zip data are damaged or cut off (${reason.split("\n")[0]})`);
}
