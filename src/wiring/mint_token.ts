import { SignJWT } from "jose";
import { secretVariable } from "../api/auth/authenticator.ts";
import { secretKey } from "../api/auth/token_key.ts";
import { validationError } from "../core/errors/mod.ts";
import type { Environment } from "./environment.ts";
import { requireIssuer } from "./require_issuer.ts";
import { loadSettings } from "./settings.ts";

/** Whose token, for how long and for what. */
export interface TokenOptions {
  /** UUID, lower case. */
  readonly userId: string;
  readonly days: number;
  readonly roles: readonly string[];
  readonly configPath?: string;
}

/**
 * A token of a user as the API wants it: signed with the secret of the environment, with the issuer, the audience and the
 * claim of the config. Rejects with one line where there is no secret, or tokens are signed by somebody else.
 */
export async function mintToken(
  { userId, days, roles, configPath }: TokenOptions,
  { env, nowMs }: { readonly env: Environment; readonly nowMs: number },
): Promise<string> {
  const settings = await loadSettings(configPath ? { configPath } : {}, env);
  requireIssuer(settings, env);
  const { auth } = settings.config.api;
  const secret = env[secretVariable]?.trim();
  if (auth.jwks_file !== null || auth.jwks_url !== null) {
    throw refused(
      "the config has api.auth.jwks_file or jwks_url: whoever holds the private key signs tokens",
    );
  }
  if (!secret) throw refused(`${secretVariable} must be set to the secret the API is started with`);
  const issuedS = Math.floor(nowMs / 1000);
  const token = new SignJWT(roles.length === 0 ? {} : { [auth.roles_claim]: [...roles] })
    .setProtectedHeader({ alg: "HS256" })
    .setSubject(userId)
    .setIssuedAt(issuedS)
    .setExpirationTime(issuedS + days * 86_400);
  if (auth.issuer !== null) token.setIssuer(auth.issuer);
  if (auth.audience !== null) token.setAudience(auth.audience);
  return await token.sign(secretKey(secret, secretVariable).key as Uint8Array);
}

function refused(message: string): Error {
  return validationError(`Cannot make a token: ${message}`, [
    { path: `env.${secretVariable}`, code: "required", message },
  ]);
}
