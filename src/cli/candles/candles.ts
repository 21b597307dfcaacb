import type { Command } from "commander";
import type { CommandDeps } from "../deps.ts";
import { addCheckCommand } from "./check.ts";
import { addDeleteCommand } from "./delete.ts";
import { addFetchCommand } from "./fetch.ts";
import { addImportCommand } from "./import.ts";
import { addInspectCommand } from "./inspect.ts";
import { addListCommand } from "./list.ts";

/** `candles ...`: files of candles, and what workers read candles from. */
export function addCandlesCommands(program: Command, deps: CommandDeps): void {
  const candles = program.command("candles").description(
    "Look at candle files, import them, list and check what is there",
  );
  addInspectCommand(candles, deps);
  addImportCommand(candles, deps);
  addFetchCommand(candles, deps);
  addListCommand(candles, deps);
  addDeleteCommand(candles, deps);
  addCheckCommand(candles, deps);
}
