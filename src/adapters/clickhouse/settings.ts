import { validationError } from "../../core/errors/mod.ts";

/** Where ClickHouse answers and as whom to ask. */
export interface ClickHouseSettings {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: string;
  /** Whether to speak TLS. */
  readonly secure: boolean;
  /** Whether to check the server's certificate. */
  readonly verify: boolean;
}

/** Environment variables by name; blank is different from unset for some. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Settings from the `CH_*` variables. `CLICKHOUSE_USER` and `CLICKHOUSE_PASSWORD` count where their `CH_` twin is
 * blank; `CLICKHOUSE_DB` is not read. Throws a `validation_error` naming the first wrong variable and its value.
 */
export function readClickHouseSettings(env: Environment): ClickHouseSettings {
  return {
    host: host(env),
    port: port(env),
    database: name(env, { variable: "CH_DATABASE", fallback: "market_data" }),
    user: firstNonBlank(env, ["CH_USER", "CLICKHOUSE_USER"])?.trim() ?? "default",
    password: firstNonBlank(env, ["CH_PASSWORD", "CLICKHOUSE_PASSWORD"]) ?? "",
    secure: flag(env, { variable: "CH_SECURE", fallback: "0" }),
    verify: flag(env, { variable: "CH_VERIFY", fallback: "1" }),
  };
}

interface Variable {
  readonly variable: string;
  readonly fallback: string;
}

function name(env: Environment, { variable, fallback }: Variable): string {
  const value = (env[variable] ?? fallback).trim();
  if (value === "") throw refused(variable, { value: env[variable], expected: "not be blank" });
  return value;
}

// what a URL takes as its host and nothing else: no port, no path, no user
const hostForm = /^([A-Za-z0-9._-]+|\[?(?=[^:]*:[^:]*:)[0-9A-Fa-f:.]+\]?)$/;

function host(env: Environment): string {
  const value = name(env, { variable: "CH_HOST", fallback: "localhost" });
  const bracketed = value.includes(":") && !value.startsWith("[") ? `[${value}]` : value;
  if (hostForm.test(value) && URL.canParse(`http://${bracketed}`)) return value;
  throw refused("CH_HOST", { value: env.CH_HOST, expected: "be a host name or an address, without a port" });
}

function port(env: Environment): number {
  const text = (env.CH_PORT ?? "8123").trim();
  const value = /^\d+$/.test(text) ? Number(text) : 0;
  if (value < 1 || value > 65_535) {
    throw refused("CH_PORT", { value: env.CH_PORT, expected: "be an integer 1..65535" });
  }
  return value;
}

function flag(env: Environment, { variable, fallback }: Variable): boolean {
  const value = env[variable] ?? fallback;
  if (value !== "0" && value !== "1") {
    throw refused(variable, { value, expected: "be 0 or 1" });
  }
  return value === "1";
}

function firstNonBlank(env: Environment, variables: readonly string[]): string | undefined {
  return variables.map((variable) => env[variable]).find((value) =>
    value !== undefined && value.trim() !== ""
  );
}

function refused(
  variable: string,
  fault: { readonly value: string | undefined; readonly expected: string },
): Error {
  const message = `Cannot use ClickHouse settings: ${variable} must ${fault.expected}, got "${fault.value}"`;
  return validationError(message, [{ path: variable, code: "value_error", message }]);
}
