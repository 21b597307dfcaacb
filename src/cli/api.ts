import type { Command } from "commander";
import type { CommandDeps } from "./deps.ts";
import { listenPort } from "./options.ts";

interface ApiOptions {
  readonly config?: string;
  readonly host?: string;
  readonly port?: number;
}

/** `api`: serves the HTTP API until a signal. */
export function addApiCommand(program: Command, deps: CommandDeps): void {
  program.command("api")
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
