import type { Command } from "commander";
import type { RunContext, RunStatus } from "../../answers/run.ts";
import type { BacktestClient } from "../../client/client.ts";
import type { Decision } from "../../client/run_client.ts";
import { validationError } from "../../core/errors/mod.ts";
import { type Action, actions } from "../../core/run/mod.ts";
import { readJsonText } from "../../schema/json_text.ts";
import type { CommandDeps } from "../deps.ts";
import { remoteClient, type RemoteOptions } from "../jobs/remote.ts";
import { contextLines, runLines, runResultLines } from "../render/run_lines.ts";

/** Where an API is looked for unless it is said: that of `start`. */
const apiDefault = "http://127.0.0.1:8000";

interface RunOptions extends RemoteOptions {
  readonly json?: boolean;
}

/** `runs ...`: backtests that an agent drives, over the API, which is what works on them. */
export function addRunsCommands(program: Command, deps: CommandDeps): void {
  const runs = program.command("runs").description("Backtests that you decide bar by bar (--api)");
  addCreate(runs, deps);
  addShow(runs, deps);
  addContext(runs, deps);
  addDecide(runs, deps);
  addWatch(runs, deps);
  addCancel(runs, deps);
  addResult(runs, deps);
}

function overApi(command: Command): Command {
  return command
    .option("--api <url>", "the API that works on runs", apiDefault)
    .option("--token-env <name>", "environment variable with the token for the API")
    .option("--json", "print what the API answers");
}

function clientOf(options: RemoteOptions, deps: CommandDeps): BacktestClient {
  return remoteClient(options, deps)!;
}

function addCreate(runs: Command, deps: CommandDeps): void {
  overApi(runs.command("create"))
    .description("Start a run; prints its id")
    .requiredOption("--request <file>", "request as JSON; - for stdin")
    .option("--idempotency-key <key>", "of your own choice: sending the same again gives the same run")
    .option("--session <tag>", "tags the runs of one session of an agent")
    .action(async (
      options: RunOptions & { request: string; idempotencyKey?: string; session?: string },
    ) => {
      const { request, idempotencyKey, session: sessionId } = options;
      const client = clientOf(options, deps);
      const body = readJsonText(await deps.readText(request), request);
      const run = await client.runs.create(body, {
        ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
        ...(sessionId === undefined ? {} : { sessionId }),
      });
      deps.out(options.json ? `${JSON.stringify(run)}\n` : `${run.run_id}\n`);
    });
}

function addShow(runs: Command, deps: CommandDeps): void {
  overApi(runs.command("show <run-id>"))
    .description("Show where a run stands")
    .action(async (runId: string, options: RunOptions) => {
      print(await clientOf(options, deps).runs.show(runId), { options, deps });
    });
}

function addContext(runs: Command, deps: CommandDeps): void {
  overApi(runs.command("context <run-id>"))
    .description("Show what the agent of a run may see now")
    .option("--wait <seconds>", "for a change of step, 0 to 30")
    .action(async (runId: string, options: RunOptions & { wait?: string }) => {
      const { wait } = options;
      const context: RunContext = await clientOf(options, deps).runs.context(
        runId,
        wait === undefined ? {} : { wait: numberOf("--wait", wait) },
      );
      deps.out(options.json ? `${JSON.stringify(context)}\n` : contextLines(context));
    });
}

function addDecide(runs: Command, deps: CommandDeps): void {
  overApi(runs.command("decide <run-id> <action>"))
    .description(`Decide the open step: ${actions.join(", ")}`)
    .requiredOption("--step <n>", "the step that is decided; one that is not open is refused")
    .option("--reason <text>", "is kept in the log")
    .option("--idempotency-key <key>", "sending the same again changes nothing; run and step by default")
    .action(async (
      runId: string,
      action: string,
      options: RunOptions & { step: string; reason?: string; idempotencyKey?: string },
    ) => {
      const { step, reason, idempotencyKey = `cli-${step}` } = options;
      const decision: Decision = {
        step_index: numberOf("--step", step),
        action: actionOf(action),
        ...(reason === undefined ? {} : { reason }),
      };
      const ack = await clientOf(options, deps).runs.decide(runId, decision, { idempotencyKey });
      if (options.json) return deps.out(`${JSON.stringify(ack)}\n`);
      for (const warning of ack.warnings) deps.err(`Warning: ${warning}\n`);
      const equity = ack.portfolio.equity_quote ?? "unknown";
      const next = ack.state === "running" ? `step ${ack.next_step} is open` : ack.state;
      deps.out(`step ${ack.step_index}: ${ack.side}, equity ${equity}; ${next}\n`);
    });
}

function addWatch(runs: Command, deps: CommandDeps): void {
  overApi(runs.command("watch <run-id>"))
    .description("Follow a run until it ends (exit 1 unless it succeeded)")
    .action(async (runId: string, options: RunOptions) => {
      const client = clientOf(options, deps);
      for await (const run of client.runs.watch(runId, { signal: deps.stop })) {
        const { state, phase, step_index, total_steps, timeout_holds } = run;
        const holds = timeout_holds === 0 ? "" : `, ${timeout_holds} without a decision`;
        deps.err(`${phase ?? state} ${step_index}/${total_steps}${holds}\n`);
      }
      const run = await client.runs.show(runId);
      print(run, { options, deps });
      if (run.state !== "succeeded") deps.setExitCode(1);
    });
}

function addCancel(runs: Command, deps: CommandDeps): void {
  overApi(runs.command("cancel <run-id>"))
    .description("Cancel a run; one that has ended stays as it is")
    .action(async (runId: string, options: RunOptions) => {
      print(await clientOf(options, deps).runs.cancel(runId), { options, deps });
    });
}

function addResult(runs: Command, deps: CommandDeps): void {
  overApi(runs.command("result <run-id>"))
    .description("Show what a succeeded run came to, beside its baselines")
    .action(async (runId: string, options: RunOptions) => {
      const client = clientOf(options, deps);
      const result = await client.runs.result(runId);
      if (options.json) return deps.out(`${JSON.stringify(result)}\n`);
      const ids = Object.values(result.run.baseline_run_ids);
      const compared = ids.length === 0 ? null : await client.runs.compare([runId, ...ids]);
      deps.out(runResultLines(result, compared));
    });
}

function print(
  run: RunStatus,
  { options, deps }: { readonly options: RunOptions; readonly deps: CommandDeps },
): void {
  deps.out(options.json ? `${JSON.stringify(run)}\n` : runLines(run));
}

function actionOf(text: string): Action {
  const found = actions.find((action) => action === text);
  if (found) return found;
  throw refused("action", `"${text}" is none of ${actions.join(", ")}`);
}

function numberOf(option: string, text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw refused(option, `"${text}" is no whole number`);
}

function refused(option: string, fact: string): Error {
  const message = `Cannot use ${option}: ${fact}`;
  return validationError(message, [{ path: option, code: "invalid_value", message }]);
}
