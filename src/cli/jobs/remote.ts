import type { Command } from "commander";
import { BacktestClient } from "../../client/client.ts";
import { validationError } from "../../core/errors/mod.ts";
import type { CliDeps } from "../deps.ts";

/** Options of a command that can use an API in place of the database. */
export interface RemoteOptions {
  readonly api?: string;
  readonly tokenEnv?: string;
}

/** Adds `--api` and `--token-env` to a command. */
export function withApi(command: Command): Command {
  return command
    .option("--api <url>", "ask the API at this address in place of the database; the token tells whose jobs")
    .option("--token-env <name>", "environment variable with the token for --api");
}

/** A client of the API that was named, null without one. Throws when the token's variable is not set or the URL is none. */
export function remoteClient(options: RemoteOptions, deps: Pick<CliDeps, "variable">): BacktestClient | null {
  const { api, tokenEnv } = options;
  if (api === undefined) return null;
  if (!/^https?:$/.test(URL.parse(api)?.protocol ?? "")) {
    throw refused("--api", `"${api}" is no http or https URL`);
  }
  if (tokenEnv === undefined) return new BacktestClient({ baseUrl: api });
  const token = deps.variable(tokenEnv)?.trim();
  if (!token) throw refused("--token-env", `${tokenEnv} is not set`);
  return new BacktestClient({ baseUrl: api, token });
}

function refused(option: string, fact: string): Error {
  const message = `Cannot use ${option}: ${fact}`;
  return validationError(message, [{ path: option, code: "invalid_value", message }]);
}
