import { Command, CommanderError } from "commander";
import { ApiError } from "../client/api_error.ts";
import { BacktestError, type ErrorItem, unknownPath } from "../core/errors/mod.ts";
import { hideLogins, scrub } from "../core/text/mod.ts";
import { addApiCommand } from "./api.ts";
import { addBacktestCommand } from "./backtest.ts";
import { addCandlesCommands } from "./candles/candles.ts";
import { addDemoCommand } from "./demo.ts";
import type { CliDeps } from "./deps.ts";
import { addIndicatorCommand } from "./indicator.ts";
import { addJobsCommands } from "./jobs/jobs.ts";
import { addMigrateCommand } from "./migrate.ts";
import { addNewStrategyCommand } from "./new_strategy.ts";
import { addRulesCommands } from "./rules/rules.ts";
import { addRunsCommands } from "./runs/runs.ts";
import { addScenarioCommands } from "./scenario/scenario.ts";
import { addStartCommand } from "./start.ts";
import { addWorkerCommand } from "./worker.ts";

/** Exit codes of every command. */
export const exitCode = { ok: 0, failed: 1, usage: 2 } as const;

/** Runs one command line (without program name) and returns its exit code. */
export async function runCli(args: readonly string[], deps: CliDeps): Promise<number> {
  let code: number = exitCode.ok;
  const program = new Command("backtest-job-runner")
    .description("Backtest sweeps: queued in Postgres, scored in WebAssembly, ranked and reproducible")
    .exitOverride()
    .configureOutput({ writeOut: deps.out, writeErr: deps.err });
  const commandDeps = { ...deps, setExitCode: (value: number) => void (code = value) };
  addDemoCommand(program, commandDeps);
  addBacktestCommand(program, commandDeps);
  addIndicatorCommand(program, commandDeps);
  addRulesCommands(program, commandDeps);
  addScenarioCommands(program, commandDeps);
  addNewStrategyCommand(program, commandDeps);
  addMigrateCommand(program, commandDeps);
  addWorkerCommand(program, commandDeps);
  addApiCommand(program, commandDeps);
  addStartCommand(program, commandDeps);
  addJobsCommands(program, commandDeps);
  addRunsCommands(program, commandDeps);
  addCandlesCommands(program, commandDeps);
  try {
    await program.parseAsync([...args], { from: "user" });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCode.ok : exitCode.usage;
    deps.err(`${errorLine(error)}\n`);
    return exitCode.failed;
  }
}

/** One line: what went wrong and, for validation errors, where. */
function errorLine(error: unknown): string {
  if (!(error instanceof BacktestError || error instanceof ApiError)) {
    return oneLine(scrub(`Unexpected error: ${error instanceof Error ? error.message : String(error)}`));
  }
  const items: readonly ErrorItem[] = Array.isArray(error.details.errors) ? error.details.errors : [];
  const findings = items
    .filter(({ path }) => !error.message.includes(path))
    .flatMap(({ path, message }) => {
      const said = error.message.includes(message);
      if (path === unknownPath) return said ? [] : [message];
      return said ? [`at ${path}`] : [`${path}: ${message}`];
    });
  const guard = error.details.error === undefined ? [] : [JSON.stringify(error.details)];
  const places = items.some(isPlaced) ? ['"rules check" with the file shows the place'] : [];
  // a URL that somebody mistyped, or that does not answer, may have his password in it
  return oneLine(hideLogins([error.message, ...findings, ...guard, ...places].join("; ")));
}

/** Whether it is a fault at a position of a rule's text. */
function isPlaced({ path, message }: ErrorItem): boolean {
  return path.startsWith("body.template.rules.") && / at \d+(?::|$)/.test(message);
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, (space) => space.includes("\n") ? " " : space);
}
