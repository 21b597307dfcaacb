import type { Command } from "commander";
import { BacktestClient } from "../../client/client.ts";
import { validationError } from "../../core/errors/mod.ts";
import type { CliDeps } from "../deps.ts";

/** Options of a command that can use an API in place of the database. */
export interface RemoteOptions {
  readonly api?: string;
  readonly tokenEnv?: string;
}

/**
 * Adds `--api` and `--token-env` to a command. What has no meaning with an API is refused together with it: the token tells
 * who asks, and the API has its own config. A command that sends `--user` to the API says so.
 */
export function withApi(
  command: Command,
  {
    sendsUser = false,
    what = "ask the API at this address in place of the database; the token tells whose jobs",
  }: {
    readonly sendsUser?: boolean;
    readonly what?: string;
  } = {},
): Command {
  return command
    .hook("preAction", (_, asked) => {
      const { api, tokenEnv } = asked.opts<RemoteOptions>();
      if (api === undefined) {
        if (tokenEnv !== undefined) {
          throw refused("--token-env", "it is the token for --api, which is missing");
        }
        return;
      }
      if (wasGiven(asked, "user") && !sendsUser) {
        throw refused("--user", "with --api the token tells whose jobs; leave it out");
      }
      if (wasGiven(asked, "config")) {
        throw refused("--config", "with --api its own config counts; leave it out");
      }
    })
    .option("--api <url>", what)
    .option("--token-env <name>", "environment variable with the token for --api");
}

/** Whether the command line itself has an option, and not only its default. */
export function wasGiven(command: Command, option: string): boolean {
  return command.getOptionValueSource(option) === "cli";
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
