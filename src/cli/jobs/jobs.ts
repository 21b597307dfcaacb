import type { Command } from "commander";
import type { CommandDeps } from "../deps.ts";
import { addCancelCommand } from "./cancel.ts";
import { addExportCommand } from "./export.ts";
import { addHeatmapCommand } from "./heatmap.ts";
import { addImportCommand } from "./import.ts";
import { addListCommand } from "./list.ts";
import { addPruneCommand } from "./prune.ts";
import { addShowCommand } from "./show.ts";
import { addSubmitCommand } from "./submit.ts";
import { addTopCommand } from "./top.ts";
import { addWatchCommand } from "./watch.ts";

/** `jobs ...`: the queue as its users see it. */
export function addJobsCommands(program: Command, deps: CommandDeps): void {
  const jobs = program.command("jobs").description("Submit and follow jobs (STRATEGY_PG_DSN)");
  addSubmitCommand(jobs, deps);
  addListCommand(jobs, deps);
  addShowCommand(jobs, deps);
  addTopCommand(jobs, deps);
  addHeatmapCommand(jobs, deps);
  addCancelCommand(jobs, deps);
  addWatchCommand(jobs, deps);
  addExportCommand(jobs, deps);
  addImportCommand(jobs, deps);
  addPruneCommand(jobs, deps);
}
