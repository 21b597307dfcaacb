import type { Command } from "commander";
import type { CommandDeps } from "./deps.ts";
import { port } from "./options.ts";

/** `worker`: claims and runs jobs until a signal. */
export function addWorkerCommand(program: Command, deps: CommandDeps): void {
  program.command("worker")
    .description("Claim and run queued jobs until SIGINT or SIGTERM (STRATEGY_PG_DSN)")
    .option(
      "--config <file>",
      "runtime config; default ROEHUB_BACKTEST_CONFIG or configs/<ROEHUB_ENV>/backtest.yaml",
    )
    .option("--metrics-port <port>", "port of the Prometheus endpoint", port, 9204)
    .action(async (options: { config?: string; metricsPort: number }) => {
      const configPath = options.config?.trim() ? { configPath: options.config.trim() } : {};
      deps.setExitCode(await deps.runWorker({ ...configPath, metricsPort: options.metricsPort }));
    });
}
