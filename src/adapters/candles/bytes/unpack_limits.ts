import { refusal } from "../rows/candle_refusal.ts";
import type { Content } from "./content.ts";

/** How much packed bytes may become. */
export interface UnpackLimits {
  /** Of one file, all members together. */
  readonly bytesMax: number;
  /** Times the packed size; only looked at above `ratioFromBytes`. */
  readonly ratioMax: number;
  readonly ratioFromBytes: number;
  /** Members of a zip file. */
  readonly membersMax: number;
}

/** How much a reader may take in. */
export interface ReadLimits extends UnpackLimits {
  /** Of a format that is held whole: JSON and Arrow; of Parquet what one row group unpacks to. */
  readonly wholeBytesMax: number;
  /** Of all files together. */
  readonly rowsMax: number;
}

/** Candles in text shrink to a tenth or so; a file of zeros to a thousandth. */
export const unpackLimits: UnpackLimits = {
  bytesMax: 64 * 2 ** 30,
  ratioMax: 200,
  ratioFromBytes: 64 * 2 ** 20,
  membersMax: 10_000,
};

/** Of files that a person names on his own machine: as much as the formats and the engine take. */
export const ownLimits: ReadLimits = { ...unpackLimits, wholeBytesMax: 2 ** 31 - 1, rowsMax: Infinity };

/** Of what comes from others: what a process can hold that has other things to do. */
export const uploadLimits: ReadLimits = {
  ...unpackLimits,
  bytesMax: 2 ** 30,
  membersMax: 1000,
  wholeBytesMax: 96 * 2 ** 20,
  rowsMax: 10_000_000,
};

/** The same pieces; throws a `validation_error` as soon as they are more than the limits allow. */
export async function* bounded(
  pieces: AsyncIterable<Uint8Array<ArrayBuffer>>,
  { label, packed, limits }: {
    readonly label: string;
    /** Its size is looked at where it is a file. */
    readonly packed: Content | { readonly bytes: number };
    readonly limits: UnpackLimits;
  },
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const { bytesMax, ratioMax, ratioFromBytes } = limits;
  const packedBytes = "bytes" in packed ? packed.bytes : await sizeOf(packed);
  let bytes = 0;
  for await (const piece of pieces) {
    bytes += piece.length;
    if (bytes > bytesMax) throw tooMany(label, limits);
    if (bytes > ratioFromBytes && bytes > ratioMax * packedBytes) {
      throw refusal(
        { label },
        `it unpacks to more than ${
          ratioMax * packedBytes
        } bytes, ${ratioMax} times what candles shrink to at most`,
      );
    }
    yield piece;
  }
}

/** The refusal of what unpacks to more bytes than are read. */
export function tooMany(label: string, { bytesMax }: UnpackLimits) {
  return refusal({ label }, `it unpacks to more than ${bytesMax} bytes; bring it in pieces`);
}

async function sizeOf(content: Content): Promise<number> {
  if (content.path !== null) return (await Deno.stat(content.path)).size;
  let bytes = 0;
  for await (const piece of content.pieces()) bytes += piece.length;
  return bytes;
}
