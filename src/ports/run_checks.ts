import { requireInteger, requireUuid } from "../core/job/mod.ts";
import {
  requireHolder,
  requireLoaded,
  requireNewRun,
  requireRunEnd,
  requireScenarioPhase,
  runNameLengthMax,
  tagPattern,
} from "../core/run/mod.ts";
import type { Checks } from "./checked.ts";
import { type HeldRuns, heldRunsMax, type Hold } from "./held_runs.ts";
import { runLookMax, type RunRepository, type Workspace } from "./run_repository.ts";
import { type RunSteps, stepsPerPageMax } from "./run_steps.ts";
import { runSweepMax, type RunSweeps } from "./run_sweeps.ts";

const pageMax = 250;
const millisMax = Number.MAX_SAFE_INTEGER;

/** Of starting runs and reading them. */
export const runRepositoryChecks: Checks<RunRepository> = {
  create(run, { maxActive, holder }) {
    requireNewRun(run);
    if (run.kind === "baseline") {
      throw new TypeError(`Cannot start run "${run.runId}": a baseline never runs`);
    }
    requireInteger(maxActive, { name: "max active jobs" });
    requireHolder(holder);
  },
  findCreated: ({ userId }) => requireUuid("user id", userId),
  get: (runId) => requireUuid("run id", runId),
  getAt: (runId) => requireUuid("run id", runId),
  look(runIds) {
    for (const runId of runIds) requireUuid("run id", runId);
    requireInteger(runIds.length, { name: "number of runs", min: 0, max: runLookMax });
  },
  getResult: (runId) => requireUuid("run id", runId),
  listForUser({ userId, limit, cursor }) {
    requireUuid("user id", userId);
    requireInteger(limit, { name: "limit", max: pageMax });
    if (cursor) requireUuid("cursor run id", cursor.runId);
  },
  listListed({ limit, cursor }) {
    requireInteger(limit, { name: "limit", max: pageMax });
    if (cursor) requireUuid("cursor run id", cursor.runId);
  },
  latestSucceeded({ userId, agentName }) {
    requireUuid("user id", userId);
    requireInteger(agentName.length, { name: "length of the agent's name", max: runNameLengthMax });
  },
  currentOf: requireWorkspace,
  clear: requireWorkspace,
};

/** Of the steps of runs. */
export const runStepsChecks: Checks<RunSteps> = {
  change: ({ runId }) => requireUuid("run id", runId),
  codes: (runId) => requireUuid("run id", runId),
  list({ runId, from, limit }) {
    requireUuid("run id", runId);
    requireInteger(from, { name: "first step", min: 0 });
    requireInteger(limit, { name: "limit", max: stepsPerPageMax });
  },
};

/** Of what a process does to the runs it holds. */
export const heldRunsChecks: Checks<HeldRuns> = {
  heartbeat(holder, runIds) {
    requireHolder(holder);
    requireInteger(runIds.length, { name: "number of runs", min: 0, max: heldRunsMax });
    for (const runId of runIds) requireUuid("run id", runId);
  },
  advance(hold, phase) {
    requireHold(hold);
    requireScenarioPhase(phase);
  },
  ready(hold, loaded) {
    requireHold(hold);
    requireLoaded(loaded);
  },
  end(hold, end) {
    requireHold(hold);
    requireRunEnd(end);
  },
};

/** Of what is looked after in all runs. */
export const runSweepsChecks: Checks<RunSweeps> = {
  listDue({ limit, userId }) {
    requireInteger(limit, { name: "limit", max: runSweepMax });
    if (userId !== undefined) requireUuid("user id", userId);
  },
  failStale: ({ seconds }) => requireInteger(seconds, { name: "seconds", min: 0 }),
  saveBaseline({ run, ...loaded }) {
    requireNewRun(run);
    if (run.kind !== "baseline") throw new TypeError(`Cannot store run "${run.runId}" as a baseline`);
    requireLoaded(loaded);
  },
  setBaselines(runId, baselines) {
    requireUuid("run id", runId);
    for (const id of Object.values(baselines)) requireUuid("baseline id", id);
  },
  listWithoutBaselines({ seconds, limit }) {
    requireInteger(seconds, { name: "seconds" });
    requireInteger(limit, { name: "limit", max: runSweepMax });
  },
  countRunning() {},
  prune({ olderThanMs, limit }) {
    requireInteger(olderThanMs, { name: "age", min: 0, max: millisMax });
    requireInteger(limit, { name: "limit", max: runSweepMax });
  },
};

function requireWorkspace({ userId, workspaceId }: Workspace): void {
  requireUuid("user id", userId);
  if (!tagPattern.test(workspaceId)) throw new TypeError(`Cannot use workspace id "${workspaceId}"`);
}

function requireHold({ runId, holder }: Hold): void {
  requireUuid("run id", runId);
  requireHolder(holder);
}
