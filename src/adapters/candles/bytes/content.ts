import { basename } from "node:path";

/** Bytes of a file, or of what is packed in one, that can be read more than once. */
export interface Content {
  /** What it is called in error texts. */
  readonly label: string;
  /** Where it lies as a plain file; null for what is packed. */
  readonly path: string | null;
  /** Its first bytes, fewer where there are no more. */
  head(bytes: number): Promise<Uint8Array<ArrayBuffer>>;
  /** Its last bytes, fewer where there are no more. */
  tail(bytes: number): Promise<Uint8Array<ArrayBuffer>>;
  /** All of it, piece by piece; a piece may be overwritten when the next one is taken. */
  pieces(signal?: AbortSignal): AsyncIterable<Uint8Array<ArrayBuffer>>;
}

const pieceBytes = 256 * 1024;

/** A file on disk. All methods reject with the errors of the file system. */
export function fileContent(path: string, label: string): Content {
  return {
    label,
    path,
    async head(bytes) {
      using file = await Deno.open(path);
      return await filled(file, new Uint8Array(bytes));
    },
    async tail(bytes) {
      using file = await Deno.open(path);
      const size = await file.seek(0, Deno.SeekMode.End);
      await file.seek(Math.max(size - bytes, 0), Deno.SeekMode.Start);
      return await filled(file, new Uint8Array(Math.min(bytes, size)));
    },
    async *pieces(signal) {
      signal?.throwIfAborted();
      using file = await Deno.open(path);
      const buffer = new Uint8Array(pieceBytes);
      while (true) {
        const count = await file.read(buffer);
        signal?.throwIfAborted();
        if (count === null) return;
        yield buffer.subarray(0, count);
      }
    },
  };
}

/** Bytes that are in memory. */
export function memoryContent(bytes: Uint8Array<ArrayBuffer>, label: string): Content {
  return {
    label,
    path: null,
    head: (count) => Promise.resolve(bytes.subarray(0, count)),
    tail: (count) => Promise.resolve(bytes.subarray(Math.max(bytes.length - count, 0))),
    async *pieces(signal) {
      for (let from = 0; from < bytes.length; from += pieceBytes) {
        signal?.throwIfAborted();
        yield bytes.subarray(from, from + pieceBytes);
      }
    },
  };
}

/** What comes from a stream that can be begun anew; only its ends are held. */
export function streamContent(
  label: string,
  open: (signal?: AbortSignal) => AsyncIterable<Uint8Array<ArrayBuffer>>,
): Content {
  return {
    label,
    path: null,
    async head(bytes) {
      const parts: Uint8Array<ArrayBuffer>[] = [];
      let count = 0;
      for await (const piece of open()) {
        parts.push(piece.slice());
        count += piece.length;
        if (count >= bytes) break;
      }
      return joined(parts).subarray(0, bytes);
    },
    async tail(bytes) {
      let parts: Uint8Array<ArrayBuffer>[] = [];
      let count = 0;
      for await (const piece of open()) {
        parts.push(piece.slice());
        count += piece.length;
        if (count > 4 * bytes + pieceBytes) {
          parts = [joined(parts).slice(-bytes)];
          count = bytes;
        }
      }
      return joined(parts).slice(-bytes);
    },
    pieces: open,
  };
}

/** All bytes of a content, or null where there are more than `bytesMax`. */
export async function allBytes(
  content: Content,
  { bytesMax, signal }: { readonly bytesMax: number; readonly signal?: AbortSignal | undefined },
): Promise<Uint8Array<ArrayBuffer> | null> {
  if (content.path !== null) {
    if ((await Deno.stat(content.path)).size > bytesMax) return null;
    return await Deno.readFile(content.path, signal ? { signal } : {});
  }
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let count = 0;
  for await (const piece of content.pieces(signal)) {
    count += piece.length;
    if (count > bytesMax) return null;
    parts.push(piece.slice());
  }
  return joined(parts);
}

/** The same bytes in one array. */
export function joined(parts: readonly Uint8Array<ArrayBuffer>[]): Uint8Array<ArrayBuffer> {
  if (parts.length === 1) return parts[0]!;
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** Name of a file without its folder. */
export function nameOf(path: string): string {
  return basename(path);
}

/** As many of the bytes as the file has from where it stands. */
export async function filled(
  file: Deno.FsFile,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  let count = 0;
  while (count < bytes.length) {
    const read = await file.read(bytes.subarray(count));
    if (read === null) break;
    count += read;
  }
  return bytes.subarray(0, count);
}
