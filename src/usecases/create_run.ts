import { type Idempotency, type JobQuotas, quotaOf } from "../core/job/mod.ts";
import type { Run } from "../core/run/mod.ts";
import type { RequestDefaults } from "../request/effective.ts";
import { resolveRun, runHash, type SentRun } from "../request/run.ts";
import type { RunDeps } from "../runs/deps.ts";
import type { RunHolds, RunLoader } from "../runs/run_loader.ts";
import { settled } from "../runs/settle.ts";

/** Who starts which run. */
export interface RunCreation {
  readonly sent: SentRun;
  readonly userId: string;
  readonly roles: readonly string[];
  /** Of the agent's session; for filtering only. */
  readonly sessionTag: string | null;
  readonly idempotency?: Idempotency;
}

/** What a run is started with. */
export interface CreateRunDeps extends RunDeps {
  readonly loader: RunLoader;
  readonly holds: RunHolds;
  readonly config:
    & Pick<RequestDefaults, "warmup_bars_default" | "execution" | "markets">
    & { readonly jobs: { readonly quotas: JobQuotas; readonly max_active_jobs_per_user: number } };
  readonly newId: () => string;
}

/** Most runs of an owner that are drained before he starts another one; he has fewer. */
const drainedMax = 100;

/**
 * Starts a run, whose candles are loaded in the background. Rejects with `validation_error` for an indicator that cannot be
 * shown and for a full quota, which runs share with jobs; those of its owner that are over by their deadlines take no part in
 * it. A repeated key gives the earlier run, or rejects with `conflict`.
 */
export async function createRun(creation: RunCreation, deps: CreateRunDeps): Promise<Run> {
  const { sent, userId, roles, sessionTag, idempotency } = creation;
  const earlier = idempotency && await deps.runs.findCreated({ ...idempotency, userId });
  if (earlier) return earlier;
  const effective = resolveRun(sent, deps.config);
  for (const runId of await deps.sweeps.listDue({ limit: drainedMax, userId })) await settled(runId, deps);
  const { quotas, max_active_jobs_per_user: usual } = deps.config.jobs;
  const runId = deps.newId();
  const run = await deps.runs.create({
    runId,
    userId,
    kind: "interactive",
    workspaceId: null,
    requestJson: effective,
    requestHash: runHash(effective),
    metadata: sent.metadata,
    agentName: sent.agent_name,
    modelName: sent.model_name,
    sessionTag,
    listed: sent.listed,
  }, {
    maxActive: quotaOf({ userId, roles }, { quotas, usual }),
    holder: deps.holds.holder,
    ...(idempotency ? { idempotency } : {}),
  });
  // one that another request made with the same key is in that one's hands
  if (run.runId === runId) {
    deps.log.info("run_created", { run_id: runId, kind: run.kind, phase: run.phase });
    deps.loader.load(run);
  }
  return run;
}
