import Table from "cli-table3";
import type { Command } from "commander";
import type { StoredInstrument } from "../../ports/candle_store.ts";
import type { CliDeps } from "../deps.ts";

/** `candles list`: what was imported into the candle folder. */
export function addListCommand(candles: Command, deps: CliDeps): void {
  candles.command("list")
    .description("List what was imported into the candle folder: instrument, timeframe, range, rows, files")
    .option("--config <file>", "runtime config, for candles.directory")
    .option("--json", "print one JSON object an instrument and timeframe, each on a line")
    .action(async (options: { readonly config?: string; readonly json?: boolean }) => {
      const { config } = await deps.loadSettings(options.config ? { configPath: options.config } : {});
      const store = deps.openCandleStore(config.candles.directory);
      const found = await store.list();
      if (options.json) return deps.out(found.map((stored) => `${JSON.stringify(stored)}\n`).join(""));
      if (found.length === 0) return deps.out(`nothing was imported into ${store.name}\n`);
      deps.out(`${tableOf(found)}\n`);
    });
}

function tableOf(found: readonly StoredInstrument[]): string {
  const table = new Table({
    head: ["market", "symbol", "timeframe", "first", "last", "rows", "files", "further columns"],
    style: { head: [], border: [], compact: true },
  });
  for (const { instrument, timeframe, first, last, rows, origins, further_columns } of found) {
    const files = origins.slice(0, 3).map(({ file }) => file).join(", ");
    const more = origins.length > 3 ? ` and ${origins.length - 3} more` : "";
    const row = [instrument.market_id, instrument.symbol, timeframe, first, last, rows, `${files}${more}`];
    table.push([
      ...row,
      further_columns.slice(0, 5).join(", ") + (further_columns.length > 5 ? ", ..." : ""),
    ]);
  }
  return table.toString();
}
