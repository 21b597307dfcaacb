import { validationError } from "../core/errors/mod.ts";
import type { Environment } from "./environment.ts";
import type { LoadedSettings } from "./settings.ts";

/**
 * Refuses, in prod, to take tokens of anybody's making for anybody's use: a key may sign for other services, too, so a token
 * must name its issuer and be meant for this API. Throws a `validation_error` that names file and key.
 */
export function requireIssuer({ config, configPath }: LoadedSettings, env: Environment): void {
  const { auth } = config.api;
  if (env.ROEHUB_ENV?.trim().toLowerCase() !== "prod" || auth.mode !== "jwt") return;
  const missing = (["issuer", "audience"] as const).filter((key) => auth[key] === null);
  if (missing.length === 0) return;
  const items = missing.map((key) => {
    const path = `api.auth.${key}`;
    return { path, code: "required", message: `${path} must be set where ROEHUB_ENV is prod, got null` };
  });
  throw validationError(`Cannot use config "${configPath}": ${items[0]!.message}`, items);
}
