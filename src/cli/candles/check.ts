import type { Command } from "commander";
import type { CliDeps } from "../deps.ts";

/** `candles check`: whether the server answers and its table can be used, as worker and API look at it when they start. */
export function addCheckCommand(candles: Command, deps: CliDeps): void {
  candles.command("check")
    .description("Check that ClickHouse answers and has a candle table that can be used")
    .action(async () => {
      const { table, name } = deps.openCandleTable();
      await table.check({ signal: deps.stop });
      deps.out(`${name} can be used\n`);
    });
}
