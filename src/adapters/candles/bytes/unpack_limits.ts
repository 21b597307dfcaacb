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

/** Candles in text shrink to a tenth or so; a file of zeros to a thousandth. */
export const unpackLimits: UnpackLimits = {
  bytesMax: 64 * 2 ** 30,
  ratioMax: 200,
  ratioFromBytes: 64 * 2 ** 20,
  membersMax: 10_000,
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
    if (bytes > bytesMax || (bytes > ratioFromBytes && bytes > ratioMax * packedBytes)) {
      throw refusal(
        { label },
        `it unpacks to more than ${bytes > bytesMax ? bytesMax : ratioMax * packedBytes} bytes, ` +
          `${ratioMax} times what candles shrink to at most`,
      );
    }
    yield piece;
  }
}

async function sizeOf(content: Content): Promise<number> {
  if (content.path !== null) return (await Deno.stat(content.path)).size;
  let bytes = 0;
  for await (const piece of content.pieces()) bytes += piece.length;
  return bytes;
}
