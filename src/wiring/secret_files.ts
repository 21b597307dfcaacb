import { validationError } from "../core/errors/mod.ts";
import type { Environment } from "./environment.ts";

/** Variables that hold a secret, each of which may be a file's content instead: `NAME_FILE` is its path. */
export const secretVariables: readonly string[] = [
  "BACKTEST_JWT_SECRET",
  "BACKTEST_TOKEN",
  "CH_PASSWORD",
  "CLICKHOUSE_PASSWORD",
  "PGPASSWORD",
  "POSTGRES_DSN",
  "STRATEGY_PG_DSN",
];

/**
 * The environment with the secrets that files hold, one newline at their end removed. Throws a `validation_error` of one
 * line, without any content, when a variable is set both ways or its file is empty or cannot be read.
 */
export function withSecretFiles(env: Environment, readText: (path: string) => string): Environment {
  const read = secretVariables.flatMap((name) => {
    const path = env[`${name}_FILE`]?.trim();
    return path ? [[name, secretOf(name, { path, env, readText })] as const] : [];
  });
  return { ...env, ...Object.fromEntries(read) };
}

interface SecretFile {
  readonly path: string;
  readonly env: Environment;
  readonly readText: (path: string) => string;
}

function secretOf(name: string, { path, env, readText }: SecretFile): string {
  if (env[name]?.trim()) throw refused(name, `${name} is set, too; only one of the two may be`);
  let text: string;
  try {
    text = readText(path);
  } catch (error) {
    throw refused(name, `"${path}" ${whyUnreadable(error)}`);
  }
  const secret = text.replace(/\r?\n$/, "");
  if (secret.trim() === "") throw refused(name, `"${path}" is empty`);
  return secret;
}

function whyUnreadable(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return "does not exist";
  if (error instanceof Deno.errors.NotCapable) return "may not be read: --allow-read must name it";
  return "cannot be read";
}

function refused(name: string, fact: string): Error {
  const message = `Cannot use ${name}_FILE: ${fact}`;
  return validationError(message, [{ path: `env.${name}_FILE`, code: "value_error", message }]);
}
