import { type ScenarioAnswer, scenarioMembers, type ScenarioStatus } from "../answers/scenario.ts";
import { BacktestError } from "../core/errors/mod.ts";
import type { Run } from "../core/run/mod.ts";
import { type PathDay, type TemplateResult, workspaceStatus } from "../core/scenario/mod.ts";
import { inMemberOrder } from "../core/text/mod.ts";
import type { RunRepository, Workspace } from "../ports/run_repository.ts";

/** The status of a run that is, or was, the current one of its workspace and was not cancelled. */
export function statusOf(run: Run): ScenarioStatus {
  return workspaceStatus({ ...run, symbol: String(run.requestJson.symbol) });
}

/**
 * The status of a workspace's current scenario. Rejects with `not_found` when it has none, and when its owner cancelled it as
 * one of his runs. It changes nothing.
 */
export async function workspaceScenario(runs: RunRepository, workspace: Workspace): Promise<ScenarioStatus> {
  const run = await runs.currentOf(workspace);
  if (run === null || run.state === "cancelled") {
    throw new BacktestError("not_found", "The workspace has no scenario");
  }
  return statusOf(run);
}

/**
 * What a scenario came to, also after it was replaced or cleared. Rejects with `not_found` for one that is not there and, in
 * the same words, for another's; with `conflict` while there is no result.
 */
export async function scenarioResult(
  runs: RunRepository,
  { runId, userId }: { readonly runId: string; readonly userId: string },
): Promise<ScenarioAnswer> {
  const run = await runs.get(runId);
  if (run === null || run.userId !== userId || run.kind !== "scenario") {
    throw new BacktestError("not_found", "Scenario was not found");
  }
  const result = run.state === "succeeded" ? await runs.getResult(runId) : null;
  if (result !== null) return inOrder(result as unknown as ScenarioAnswer);
  const status = run.state === "cancelled" ? run.state : statusOf(run).status;
  throw new BacktestError("conflict", `The scenario has no result: it is ${status}`, {
    details: { job_id: runId, status },
  });
}

/** The result with its members in order, which the database does not keep. */
function inOrder(stored: ScenarioAnswer): ScenarioAnswer {
  const days = (path: readonly PathDay[]) => path.map((day) => inMemberOrder(day, scenarioMembers.day));
  const results = stored.template_results.map((result) =>
    inMemberOrder<TemplateResult>({
      ...result,
      summary_metrics: inMemberOrder(result.summary_metrics, scenarioMembers.metrics),
      daily_path: days(result.daily_path),
    }, scenarioMembers.template)
  );
  return inMemberOrder({ ...stored, template_results: results }, scenarioMembers.result);
}
