import { createHash } from "node:crypto";

/** SHA-256 over the little-endian f64 bytes of a result. */
export function resultHash(values: Float64Array): string {
  return createHash("sha256").update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
    .digest("hex");
}
