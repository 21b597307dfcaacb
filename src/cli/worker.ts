import type { Command } from "commander";
import type { CommandDeps } from "./deps.ts";
import { port } from "./options.ts";

interface WorkerOptions {
  readonly config?: string;
  readonly metricsPort: number;
  readonly metricsHost: string;
}

/** `worker`: claims and runs jobs until a signal. */
export function addWorkerCommand(program: Command, deps: CommandDeps): void {
  program.command("worker")
    .description("Claim and run queued jobs until SIGINT or SIGTERM (STRATEGY_PG_DSN)")
    .option(
      "--config <file>",
      "runtime config; default ROEHUB_BACKTEST_CONFIG or configs/<ROEHUB_ENV>/backtest.yaml",
    )
    .option("--metrics-port <port>", "port of the Prometheus endpoint, /healthz and /readyz", port, 9204)
    .option("--metrics-host <host>", "address of the Prometheus endpoint", "127.0.0.1")
    .action(async ({ config, metricsPort, metricsHost }: WorkerOptions) => {
      const configPath = config?.trim() ? { configPath: config.trim() } : {};
      deps.setExitCode(await deps.runWorker({ ...configPath, metricsPort, metricsHost }));
    });
}
