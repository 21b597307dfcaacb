import type { Config } from "../config.ts";
import { validationError } from "../core/errors/mod.ts";

/**
 * Refuses a start whose permissions keep the API from fetching the keys of `api.auth.jwks_url`; it would be the first token
 * that finds out. Throws a `validation_error` that names what the process must be allowed.
 */
export async function requireKeysHost({ api: { auth } }: Pick<Config, "api">): Promise<void> {
  if (auth.mode !== "jwt" || auth.jwks_url === null) return;
  const { hostname, port } = new URL(auth.jwks_url);
  const host = `${hostname}:${port || "443"}`;
  const { state } = await Deno.permissions.query({ name: "net", host });
  if (state === "granted") return;
  const message = `api.auth.jwks_url is at ${host}, which --allow-net of this process must name`;
  throw validationError(`Cannot start the API: ${message}`, [{
    path: "api.auth.jwks_url",
    code: "unsupported",
    message,
  }]);
}
