import type { ApiConfig } from "../../schema/api_config.ts";
import { validationError } from "../../core/errors/mod.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Authenticate } from "../deps.ts";
import { devAuthenticator, requirePrivateListen } from "./dev_authenticator.ts";
import { jwtAuthenticator } from "./jwt_authenticator.ts";
import { jwksKey, remoteKey, secretKey, type TokenKey } from "./token_key.ts";

/** The environment variable with the secret that tokens are signed with. */
export const secretVariable = "BACKTEST_JWT_SECRET";

/** What the config does not say about authentication. */
export interface AuthenticatorOptions {
  readonly config: Pick<ApiConfig, "auth">;
  /** Where the API will listen. */
  readonly host: string;
  /** The user of mode `dev`. */
  readonly devUserId: string;
  /** Value of {@link secretVariable}. */
  readonly secret: string | undefined;
  readonly clock: Pick<Clock, "nowMs">;
  /** Reads `api.auth.jwks_file`. */
  readText(path: string): Promise<string>;
}

/**
 * Makes the one function that tells who sent a request, as the config wants it. Rejects
 * with a `validation_error` saying what to set when nobody could sign in, or everybody could.
 */
export async function createAuthenticator(options: AuthenticatorOptions): Promise<Authenticate> {
  const { auth } = options.config;
  requirePrivateListen({ mode: auth.mode, host: options.host });
  const authenticate = auth.mode === "dev"
    ? devAuthenticator({ userId: options.devUserId })
    : jwtAuthenticator({ ...auth, key: await tokenKey(options), clock: options.clock });
  return authenticate;
}

async function tokenKey({ config: { auth }, secret, readText }: AuthenticatorOptions): Promise<TokenKey> {
  if (auth.jwks_file !== null) return jwksKey(await readText(auth.jwks_file), auth.jwks_file);
  if (auth.jwks_url !== null) return remoteKey(auth.jwks_url);
  if (secret) return secretKey(secret, secretVariable);
  const message =
    `api.auth.mode jwt needs ${secretVariable} in the environment, or api.auth.jwks_file or jwks_url`;
  throw validationError(`Cannot start the API: ${message}`, [
    { path: `env.${secretVariable}`, code: "required", message },
  ]);
}
