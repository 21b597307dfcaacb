import {
  createLocalJWKSet,
  createRemoteJWKSet,
  customFetch,
  errors,
  type JSONWebKeySet,
  type JWTVerifyGetKey,
} from "jose";
import { validationError } from "../../core/errors/mod.ts";

/** What tokens are verified with, and the algorithms it is for; a token's own `alg` is never taken at its word. */
export interface TokenKey {
  readonly key: Uint8Array | JWTVerifyGetKey;
  readonly algorithms: readonly string[];
}

/** As long as the hash, RFC 7518 section 3.2. */
const secretBytesMin = 32;

/** A shared secret, HS256 only. Throws a `validation_error` naming `variable` when it is too short. */
export function secretKey(secret: string, variable: string): TokenKey {
  const key = new TextEncoder().encode(secret);
  if (key.length >= secretBytesMin) return { key, algorithms: ["HS256"] };
  throw refused(variable, `${variable} must have at least ${secretBytesMin} bytes, got ${key.length}`);
}

/**
 * Public keys from the text of a JWKS file (RFC 7517). Throws a `validation_error` naming the file unless it holds at
 * least one key and nothing but public keys: a private or shared one has no place in it.
 */
export function jwksKey(text: string, path: string): TokenKey {
  const set = readSet(text);
  if (set === null) throw refused("api.auth.jwks_file", `"${path}" must be {"keys": [...]} with public keys`);
  const secret = set.keys.findIndex((key) => key.kty === "oct" || "d" in key || "k" in key);
  if (secret >= 0) {
    throw refused("api.auth.jwks_file", `"${path}" must hold public keys only, but key ${secret} is secret`);
  }
  return { key: createLocalJWKSet(set), algorithms: publicAlgorithms };
}

/**
 * Public keys that are fetched when the first token comes, and kept for ten minutes. A token of a key that is not among
 * them has them fetched anew, at most every 30 s, so that an issuer may change its keys at any time.
 */
export function remoteKey(url: string, { cooldownMs = 30_000 } = {}): TokenKey {
  const key = createRemoteJWKSet(new URL(url), {
    timeoutDuration: 5000,
    cooldownDuration: cooldownMs,
    cacheMaxAge: 600_000,
    [customFetch]: fetchKeys,
  });
  return { key, algorithms: publicAlgorithms };
}

/** Far more than the keys of any issuer take; what is longer is something else, perhaps without end. */
const keysBytesMax = 1_000_000;

/** Rejects for keys that are too long. A refusal's body is not looked at, and would keep its connection. */
async function fetchKeys(url: string, options: RequestInit): Promise<Response> {
  const response = await fetch(url, options);
  if (!response.ok || response.body === null) {
    await response.body?.cancel();
    return response;
  }
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let bytes = 0;
  for await (const chunk of response.body) {
    bytes += chunk.length;
    // leaving the loop cancels the body
    if (bytes > keysBytesMax) throw new errors.JWKSInvalid(`"${url}" has more than ${keysBytesMax} bytes`);
    chunks.push(chunk);
  }
  return new Response(new Blob(chunks), { status: response.status });
}

const publicAlgorithms: readonly string[] = ["RS256", "PS256", "ES256", "EdDSA"];

function readSet(text: string): JSONWebKeySet | null {
  const isObject = (value: unknown): value is Record<string, unknown> =>
    typeof value === "object" && value !== null && !Array.isArray(value);
  try {
    const set: unknown = JSON.parse(text);
    if (!isObject(set) || !Array.isArray(set.keys) || set.keys.length === 0) return null;
    return set.keys.every((key) => isObject(key) && typeof key.kty === "string")
      ? set as unknown as JSONWebKeySet
      : null;
  } catch {
    return null;
  }
}

function refused(path: string, message: string): Error {
  return validationError(`Cannot start the API: ${message}`, [{ path, code: "value_error", message }]);
}
