import type { Command } from "commander";
import type { CliDeps } from "../deps.ts";
import { addCheckCommand } from "./check.ts";
import { addImportCommand } from "./import.ts";

/** `candles ...`: the table that workers read candles from. */
export function addCandlesCommands(program: Command, deps: CliDeps): void {
  const candles = program.command("candles").description("Fill and check the ClickHouse candle table (CH_*)");
  addImportCommand(candles, deps);
  addCheckCommand(candles, deps);
}
