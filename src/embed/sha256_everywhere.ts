import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";

// Stands in for `node:crypto` in bundles for hosts that lack it: just what core/text/sha256.ts asks for.

/** A SHA-256 that takes UTF-8 text and bytes and returns lower-case hex, shaped as the host's own. */
export function createHash(_algorithm: "sha256") {
  const hash = sha256.create();
  const shaped = {
    update(data: string | Uint8Array, _encoding?: "utf8") {
      hash.update(typeof data === "string" ? new TextEncoder().encode(data) : data);
      return shaped;
    },
    digest: (_encoding: "hex") => bytesToHex(hash.digest()),
  };
  return shaped;
}
