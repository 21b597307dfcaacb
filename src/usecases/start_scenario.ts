import { BacktestError } from "../core/errors/mod.ts";
import { type Idempotency, quotaOf } from "../core/job/mod.ts";
import type { Run } from "../core/run/mod.ts";
import { canonicalJson, sha256Hex } from "../core/text/mod.ts";
import type { RunRepository, Workspace } from "../ports/run_repository.ts";
import type { ScenarioRequest } from "../request/scenario.ts";
import type { ConfigFile } from "../schema/config_file.ts";
import type { ScenarioStatus } from "../answers/scenario.ts";
import type { ScenarioTasks } from "./scenario_tasks.ts";
import { statusOf } from "./workspace_scenario.ts";

/** What a scenario is started with. */
export interface StartScenarioDeps {
  readonly runs: RunRepository;
  readonly tasks: ScenarioTasks;
  readonly config: {
    readonly jobs: Pick<ConfigFile["backtest"]["jobs"], "max_active_jobs_per_user" | "quotas">;
  };
  /** Makes a UUID v4. */
  readonly newId: () => string;
}

/**
 * Makes a scenario the current one of its workspace, in place of the one it had, and has it worked out in the background.
 * Rejects with `validation_error` for a full quota; then nothing is replaced. A repeated start with a key returns the run
 * it started, and rejects with `conflict` when its body is another one, or the run was replaced or cleared since.
 */
export async function startScenario(
  { request, userId, workspaceId, roles = [], idempotency }: Workspace & {
    readonly request: ScenarioRequest;
    /** Of the user, for his quota. */
    readonly roles?: readonly string[];
    readonly idempotency?: Idempotency;
  },
  { runs, tasks, config, newId }: StartScenarioDeps,
): Promise<ScenarioStatus> {
  const { quotas, max_active_jobs_per_user: usual } = config.jobs;
  const runId = newId();
  const requestJson = { ...request };
  const run = await runs.create({
    runId,
    userId,
    kind: "scenario",
    workspaceId,
    requestJson,
    requestHash: sha256Hex(canonicalJson(requestJson)),
    metadata: {},
    agentName: null,
    modelName: null,
    sessionTag: null,
    listed: false,
  }, {
    maxActive: quotaOf({ userId, roles }, { quotas, usual }),
    holder: tasks.holder,
    ...(idempotency === undefined ? {} : { idempotency }),
  });
  if (run.runId === runId) tasks.begin(run, request);
  if (run.state === "cancelled") throw noLongerCurrent(run);
  return statusOf(run);
}

function noLongerCurrent({ runId, cancelReason }: Run): BacktestError {
  return new BacktestError("conflict", `The scenario of this Idempotency-Key was ${cancelReason}`, {
    details: { job_id: runId, status: "cancelled" },
  });
}
