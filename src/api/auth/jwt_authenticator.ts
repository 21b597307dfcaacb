import type { ApiConfig } from "../../schema/api_config.ts";
import { errors, type JWTPayload, jwtVerify } from "jose";
import { BacktestError } from "../../core/errors/mod.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Authenticate } from "../deps.ts";
import { readCredential } from "./credential.ts";
import { requireSameOrigin } from "./same_origin.ts";
import type { TokenKey } from "./token_key.ts";
import { isUuid } from "../../core/text/mod.ts";

/** How tokens are checked. */
export interface JwtOptions
  extends Pick<ApiConfig["auth"], "cookie_name" | "issuer" | "audience" | "roles_claim" | "operator_role"> {
  readonly key: TokenKey;
  readonly clock: Pick<Clock, "nowMs">;
}

/**
 * Callers prove who they are with a JWT, in the session cookie or as a bearer token; its subject is the user id. The
 * token needs `exp` and `sub`. Rejects with `unauthorized` saying why, and with `forbidden` for a change asked for with
 * a cookie from another site.
 */
export function jwtAuthenticator(options: JwtOptions): Authenticate {
  return async (request) => {
    const credential = readCredential(request, options.cookie_name);
    if (credential === null) {
      throw unauthorized("Authentication is required: send a session cookie or a bearer token", "missing");
    }
    const payload = await verified(credential.token, options);
    const { sub } = payload;
    if (typeof sub !== "string" || !isUuid(sub.toLowerCase())) throw invalid("its subject is no user id");
    if (credential.kind === "cookie") requireSameOrigin(request);
    const roles = rolesOf(payload[options.roles_claim]);
    const isOperator = options.operator_role !== null && roles.includes(options.operator_role);
    return { userId: sub.toLowerCase(), roles, isOperator };
  };
}

async function verified(token: string, options: JwtOptions): Promise<JWTPayload> {
  const { key: { key, algorithms }, issuer, audience, clock } = options;
  try {
    const { payload } = await jwtVerify(token, key, {
      algorithms: [...algorithms],
      currentDate: new Date(clock.nowMs()),
      requiredClaims: ["exp", "sub"],
      ...(issuer === null ? {} : { issuer }),
      ...(audience === null ? {} : { audience }),
    });
    return payload;
  } catch (error) {
    if (error instanceof errors.JWTExpired) throw unauthorized("Session is over: sign in again", "expired");
    if (error instanceof errors.JWTClaimValidationFailed) {
      throw invalid(`its claim "${error.claim}" is wrong`);
    }
    if (isOfKeys(error)) throw keysUnavailable(error);
    if (error instanceof errors.JOSEError) throw invalid("it was not issued for this service");
    throw error;
  }
}

/** A text or a list of texts; anything else names no role. */
function rolesOf(claim: unknown): readonly string[] {
  const roles: readonly unknown[] = Array.isArray(claim) ? claim : [claim];
  return roles.filter((role) => typeof role === "string");
}

/** Whether the keys could not be fetched, which is nobody's fault who sent a token. */
function isOfKeys(error: unknown): boolean {
  return error instanceof errors.JWKSTimeout || error instanceof errors.JWKSInvalid ||
    error instanceof TypeError ||
    (error instanceof errors.JOSEError && error.code === "ERR_JOSE_GENERIC");
}

function keysUnavailable(cause: unknown): BacktestError {
  return new BacktestError(
    "overloaded",
    "Cannot check the session: the issuer's keys cannot be fetched; come back",
    {
      details: { retry_after_seconds: 5 },
      cause,
    },
  );
}

function invalid(why: string): BacktestError {
  return unauthorized(`Session is not valid: ${why}`, "invalid");
}

function unauthorized(message: string, reason: "missing" | "expired" | "invalid"): BacktestError {
  return new BacktestError("unauthorized", message, { details: { reason } });
}
