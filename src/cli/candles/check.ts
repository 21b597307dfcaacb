import type { Command } from "commander";
import type { CliDeps } from "../deps.ts";

/** `candles check`: whether the server answers and its table can be used, as worker and API look at it when they start. */
export function addCheckCommand(candles: Command, deps: CliDeps): void {
  candles.command("check")
    .description("Check that ClickHouse answers and has candle tables that can be used")
    .option("--config <file>", "runtime config, for candles.tables")
    .action(async (options: { readonly config?: string }) => {
      const { config } = await deps.loadSettings(options.config ? { configPath: options.config } : {});
      for (const one of config.candles.tables) {
        const { table, name } = deps.openCandleTable(one);
        await table.check({ signal: deps.stop });
        deps.out(`${name} can be used\n`);
      }
    });
}
