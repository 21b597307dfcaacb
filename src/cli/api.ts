import { type Command, InvalidArgumentError } from "commander";
import type { CommandDeps } from "./deps.ts";
import { listenPort } from "./options.ts";
import { isUuid } from "../core/text/mod.ts";

interface TokenOptions {
  readonly user: string;
  readonly days: number;
  readonly role?: readonly string[];
  readonly config?: string;
}

interface ApiOptions {
  readonly config?: string;
  readonly host?: string;
  readonly port?: number;
}

/** `api`: serves the HTTP API until a signal. */
export function addApiCommand(program: Command, deps: CommandDeps): void {
  const api = program.command("api");
  addTokenCommand(api, deps);
  api
    .description("Serve the HTTP API until SIGINT or SIGTERM (STRATEGY_PG_DSN when jobs are enabled)")
    .option(
      "--config <file>",
      "runtime config; default ROEHUB_BACKTEST_CONFIG or configs/<ROEHUB_ENV>/backtest.yaml",
    )
    .option("--host <host>", "address to listen on; default api.host of the config")
    .option("--port <port>", "port to listen on; default api.port of the config", listenPort)
    .action(async ({ config, host, port }: ApiOptions) => {
      const code = await deps.runApi({
        ...(config?.trim() ? { configPath: config.trim() } : {}),
        ...(host?.trim() ? { host: host.trim() } : {}),
        ...(port === undefined ? {} : { port }),
      });
      deps.setExitCode(code);
    });
}

/** `api token`: prints a token of a user, signed with the secret of the environment. */
function addTokenCommand(api: Command, deps: CommandDeps): void {
  api.command("token")
    .description("Print a bearer token of a user, signed with BACKTEST_JWT_SECRET")
    .requiredOption("--user <uuid>", "whose token", userId)
    .option("--days <n>", "how long it is valid", days, 30)
    .option("--role <role...>", "roles it names, such as api.auth.operator_role of the config")
    .action(async ({ user, days, role }: TokenOptions, command: Command) => {
      const { config } = command.optsWithGlobals<TokenOptions>();
      const path = config?.trim();
      const token = await deps.mintToken({
        userId: user,
        days,
        roles: role ?? [],
        ...(path ? { configPath: path } : {}),
      });
      deps.out(`${token}\n`);
    });
}

function userId(text: string): string {
  const id = text.toLowerCase();
  if (isUuid(id)) return id;
  throw new InvalidArgumentError("a user is a UUID");
}

function days(text: string): number {
  const value = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (value >= 1 && value <= 3650) return value;
  throw new InvalidArgumentError("days are an integer 1..3650");
}
