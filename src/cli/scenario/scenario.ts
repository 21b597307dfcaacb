import type { Command } from "commander";
import type { CommandDeps } from "../deps.ts";
import { addRunCommand } from "./run.ts";
import { addTemplatesCommand } from "./templates.ts";

/** `scenario ...`: a loan against candles, hedged with puts. */
export function addScenarioCommands(program: Command, deps: CommandDeps): void {
  const scenario = program.command("scenario")
    .description("Would puts have kept the lender quiet? A loan against an underlying over past days");
  addRunCommand(scenario, deps);
  addTemplatesCommand(scenario, deps);
}
