import { validationError } from "../core/errors/mod.ts";

/** Environment variables as a plain record, so that only the entry point reads the process. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A variable that must be set and not blank, trimmed. Rejects with one line naming it. */
export function requiredVariable(env: Environment, name: string): string {
  const value = env[name]?.trim();
  if (value) return value;
  const message = `${name} must be set, for example ${name}=postgres://user@127.0.0.1:5432/backtests`;
  throw validationError(`Cannot start: ${message}`, [{ path: `env.${name}`, code: "required", message }]);
}
