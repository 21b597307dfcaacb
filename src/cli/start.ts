import type { Command } from "commander";
import type { CommandDeps } from "./deps.ts";
import { listenPort } from "./options.ts";

interface StartOptions {
  readonly data: string;
  readonly config?: string;
  readonly port?: number;
}

/** `start`: API, worker and an embedded Postgres in one process until a signal. */
export function addStartCommand(program: Command, deps: CommandDeps): void {
  program.command("start")
    .description("Run the API, a worker and an embedded Postgres until SIGINT or SIGTERM")
    .option("--data <dir>", "folder of the database and of candle files; kept", "data")
    .option("--config <file>", "runtime config; default configs/dev/backtest.yaml")
    .option("--port <port>", "port to listen on; default api.port of the config", listenPort)
    .action(async ({ data, config, port }: StartOptions) => {
      const code = await deps.runStart({
        dataDirectory: data,
        ...(config?.trim() ? { configPath: config.trim() } : {}),
        ...(port === undefined ? {} : { port }),
      });
      deps.setExitCode(code);
    });
}
