import type { Command } from "commander";
import type { CommandDeps } from "../deps.ts";
import { addCheckCommand } from "./check.ts";
import { addExplainCommand } from "./explain.ts";

/** `rules`: strategies in expressions. */
export function addRulesCommands(program: Command, deps: CommandDeps): void {
  const rules = program.command("rules").description("Look at a strategy that is written as rules");
  addCheckCommand(rules, deps);
  addExplainCommand(rules, deps);
}
