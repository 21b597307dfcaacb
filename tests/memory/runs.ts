import type { JobError } from "../../src/core/job/mod.ts";
import { quotaExceeded } from "../../src/core/job/mod.ts";
import {
  createKeyReused,
  endedRun,
  isDue,
  mayMove,
  type NewRun,
  phasesBegun,
  phasesOf,
  placeOf,
  type Run,
  type RunEnd,
} from "../../src/core/run/mod.ts";
import { checked } from "../../src/ports/checked.ts";
import type { HeldRuns, Hold } from "../../src/ports/held_runs.ts";
import { heldRunsChecks, runRepositoryChecks, runSweepsChecks } from "../../src/ports/run_checks.ts";
import type { RunQuery, RunRepository } from "../../src/ports/run_repository.ts";
import type { RunSteps } from "../../src/ports/run_steps.ts";
import type { RunSweeps } from "../../src/ports/run_sweeps.ts";
import { asStored, countActive, type JobStore, type StoredRun } from "./job_store.ts";
import { createRunLocks, type RunLocks } from "./run_locks.ts";
import { memoryRunSteps } from "./run_steps.ts";

/** The run ports over one store. */
export interface MemoryRuns {
  readonly runs: RunRepository;
  readonly steps: RunSteps;
  readonly held: HeldRuns;
  readonly sweeps: RunSweeps;
}

/** The run ports over a store in memory. */
export function memoryRuns(store: JobStore): MemoryRuns {
  const locks = createRunLocks();
  return {
    runs: memoryRunRepository(store, locks),
    steps: memoryRunSteps(store, locks),
    held: memoryHeldRuns(store, locks),
    sweeps: memoryRunSweeps(store, locks),
  };
}

function memoryRunRepository(store: JobStore, locks: RunLocks): RunRepository {
  const runs = () => [...store.runs.values()].map(({ run }) => run);
  const findCreated: RunRepository["findCreated"] = ({ userId, key, bodyHash }) => {
    const earlier = [...store.runs.values()].find(({ run, idempotency }) =>
      run.userId === userId && idempotency?.key === key
    );
    if (earlier === undefined) return Promise.resolve(null);
    if (earlier.idempotency!.bodyHash === bodyHash) return Promise.resolve(earlier.run);
    return Promise.reject(createKeyReused({ key, runId: earlier.run.runId }));
  };
  const currentOf = ({ userId, workspaceId }: { readonly userId: string; readonly workspaceId: string }) =>
    runs().find((run) => run.userId === userId && run.workspaceId === workspaceId && run.current) ?? null;
  const leave = async (
    workspace: { readonly userId: string; readonly workspaceId: string },
    reason: "superseded" | "cleared",
  ) => {
    const found = currentOf(workspace);
    if (found === null) return null;
    return await locks.locked(found.runId, () => {
      const { run } = store.runs.get(found.runId)!;
      const end = { state: "cancelled", reason } as const;
      const left = run.state === "running" ? endedRun(run, { end, atMs: store.clock.nowMs() }) : run;
      return putRun(store, { ...left, current: false });
    });
  };
  const paged = (
    wanted: (run: Run) => boolean,
    { limit, cursor }: Pick<RunQuery, "limit" | "cursor">,
  ) => {
    const rest = runs().filter(wanted).filter((run) => cursor === undefined || newestFirst(cursor, run) < 0)
      .sort(newestFirst);
    const items = rest.slice(0, limit);
    const last = items.at(-1);
    const more = rest.length > limit && last !== undefined;
    return { items, nextCursor: more ? { createdAtMs: last.createdAtMs, runId: last.runId } : null };
  };
  return checked<RunRepository>(runRepositoryChecks, {
    create: (run, { maxActive, holder, idempotency }) =>
      locks.locked(run.userId, async () => {
        const earlier = idempotency && await findCreated({ ...idempotency, userId: run.userId });
        if (earlier) return earlier;
        const { workspaceId, userId } = run;
        const leaves = workspaceId === null ? null : currentOf({ userId, workspaceId });
        // a refused run replaces nothing
        const active = countActive(store, userId) - (leaves?.state === "running" ? 1 : 0);
        if (active >= maxActive) throw quotaExceeded(active, maxActive);
        if (workspaceId !== null) await leave({ userId, workspaceId }, "superseded");
        const atMs = store.clock.nowMs();
        const created: Run = {
          ...newRow(run, atMs),
          phase: phasesOf[run.kind][0]!,
          current: workspaceId === null ? null : true,
          ownerInstance: holder,
          heartbeatAtMs: atMs,
          totalSteps: run.kind === "scenario" ? phasesOf.scenario.length : 0,
        };
        store.runs.set(
          run.runId,
          asStored({ run: created, result: null, idempotency: idempotency ?? null, steps: [] }),
        );
        return store.runs.get(run.runId)!.run;
      }),
    findCreated,
    get: (runId) => Promise.resolve(store.runs.get(runId)?.run ?? null),
    getAt: (runId) => {
      const run = store.runs.get(runId)?.run;
      return Promise.resolve(run ? { run, nowMs: store.clock.nowMs() } : null);
    },
    look: (runIds) => Promise.resolve(runs().filter(({ runId }) => runIds.includes(runId))),
    getResult: (runId) => Promise.resolve(store.runs.get(runId)?.result ?? null),
    listForUser: (query) => Promise.resolve(paged((run) => isWanted(run, query), query)),
    listListed: (query) => Promise.resolve(paged(({ listed }) => listed, query)),
    latestSucceeded: ({ userId, agentName }) =>
      Promise.resolve(
        paged((run) =>
          run.userId === userId && run.agentName === agentName && run.kind === "interactive" &&
          run.state === "succeeded", { limit: 1 }).items[0] ?? null,
      ),
    currentOf: (workspace) => Promise.resolve(currentOf(workspace)),
    clear: (workspace) => locks.locked(workspace.userId, () => leave(workspace, "cleared")),
  });
}

function memoryHeldRuns(store: JobStore, locks: RunLocks): HeldRuns {
  const held = (hold: Hold, change: (run: Run, atMs: number) => { run: Run; end?: RunEnd }) =>
    locks.locked(hold.runId, () => {
      const run = store.runs.get(hold.runId)?.run;
      if (run?.state !== "running" || run.ownerInstance !== hold.holder) return null;
      const atMs = Math.max(store.clock.nowMs(), run.updatedAtMs);
      const { run: changed, end } = change(run, atMs);
      return putRun(store, changed, end?.state === "succeeded" ? end.result : undefined);
    });
  return checked(heldRunsChecks, {
    heartbeat(holder, runIds) {
      const mine = runIds.filter((runId) => store.runs.get(runId)?.run.ownerInstance === holder);
      for (const runId of mine) {
        putRun(store, { ...store.runs.get(runId)!.run, heartbeatAtMs: store.clock.nowMs() });
      }
      return Promise.resolve(mine);
    },
    advance: (hold, phase) =>
      held(hold, (run, atMs) => {
        if (!mayMove(placeOf(run), phase)) throw new Error(`Cannot advance run "${run.runId}" to ${phase}`);
        const stepIndex = phasesBegun(run.kind, phase);
        return { run: { ...run, phase, stepIndex, heartbeatAtMs: atMs, updatedAtMs: atMs } };
      }),
    ready: (hold, loaded) =>
      held(hold, (run, atMs) => ({
        run: {
          ...run,
          ...loaded,
          phase: "waiting_decision",
          ownerInstance: null,
          heartbeatAtMs: null,
          stepOpenedAtMs: atMs,
          updatedAtMs: atMs,
        },
      })),
    end: (hold, end) => held(hold, (run, atMs) => ({ run: endedRun(run, { end, atMs }), end })),
  });
}

function memoryRunSweeps(store: JobStore, locks: RunLocks): RunSweeps {
  const runs = () => [...store.runs.values()].map(({ run }) => run);
  const nowMs = () => store.clock.nowMs();
  return checked<RunSweeps>(runSweepsChecks, {
    listDue({ limit, userId }) {
      const due = runs().filter((run) =>
        isDue(run, nowMs()) && (userId === undefined || run.userId === userId)
      )
        .sort((a, b) => a.stepOpenedAtMs! - b.stepOpenedAtMs!);
      return Promise.resolve(due.slice(0, limit).map(({ runId }) => runId));
    },
    failStale: async ({ seconds, error }: { readonly seconds: number; readonly error: JobError }) => {
      const failed: Run[] = [];
      for (const { runId } of runs()) {
        const ended = await locks.locked(runId, () => {
          const { run } = store.runs.get(runId)!;
          if (run.heartbeatAtMs === null || run.heartbeatAtMs > nowMs() - seconds * 1000) return null;
          return putRun(store, endedRun(run, { end: { state: "failed", error }, atMs: nowMs() }));
        });
        if (ended !== null) failed.push(ended);
      }
      return failed;
    },
    saveBaseline({ run, result, ...loaded }) {
      if (!store.runs.has(run.runId)) {
        const row = { ...newRow(run, nowMs()), ...loaded, stepIndex: loaded.totalSteps };
        const ended = {
          ...row,
          state: "succeeded",
          finishedAtMs: row.createdAtMs,
          metrics: result.metrics ?? null,
        };
        store.runs.set(
          run.runId,
          asStored({ run: ended, result, idempotency: null, steps: [] }) as unknown as StoredRun,
        );
      }
      return Promise.resolve();
    },
    setBaselines(runId, baselines) {
      const run = store.runs.get(runId)?.run;
      if (run?.state !== "succeeded" || run.baselines !== null) return Promise.resolve(null);
      return Promise.resolve(putRun(store, { ...run, baselines }));
    },
    listWithoutBaselines({ seconds, limit }) {
      const found = runs().filter((run) =>
        run.kind === "interactive" && run.state === "succeeded" && run.baselines === null &&
        run.finishedAtMs! > nowMs() - seconds * 1000
      ).sort((a, b) => b.finishedAtMs! - a.finishedAtMs!);
      return Promise.resolve(found.slice(0, limit).map(({ runId }) => runId));
    },
    countRunning() {
      const running = runs().filter(({ state }) => state === "running");
      const counts = Map.groupBy(running, ({ kind }) => kind);
      return Promise.resolve(Object.fromEntries([...counts].map(([kind, of]) => [kind, of.length])));
    },
    prune({ olderThanMs, limit }) {
      const wanted = new Set(runs().flatMap(({ baselines }) => Object.values(baselines ?? {})));
      const old = runs().filter((run) =>
        run.finishedAtMs !== null && run.finishedAtMs < nowMs() - olderThanMs && !wanted.has(run.runId)
      ).sort((a, b) => a.finishedAtMs! - b.finishedAtMs! || (a.runId < b.runId ? -1 : 1)).slice(0, limit);
      for (const { runId } of old) store.runs.delete(runId);
      return Promise.resolve(old.length);
    },
  });
}

/** Stores a run, with a result where there is one; returns what was stored. */
export function putRun(store: JobStore, run: Run, result?: StoredRun["result"]): Run {
  const before = store.runs.get(run.runId)!;
  const written = asStored({ ...before, run, ...(result === undefined ? {} : { result }) });
  store.runs.set(run.runId, written);
  return written.run;
}

function newRow(run: NewRun, atMs: number): Run {
  return {
    ...run,
    state: "running",
    phase: null,
    current: null,
    ownerInstance: null,
    heartbeatAtMs: null,
    stepIndex: 0,
    totalSteps: 0,
    timeoutHolds: 0,
    stepOpenedAtMs: null,
    candlesHash: null,
    sliceBars: null,
    loadedJson: null,
    metrics: null,
    baselines: null,
    cancelReason: null,
    lastError: null,
    lastErrorJson: null,
    createdAtMs: atMs,
    updatedAtMs: atMs,
    finishedAtMs: null,
  };
}

function isWanted(run: Run, { userId, state, kind, agentName, sessionTag }: RunQuery): boolean {
  return run.userId === userId && (kind === undefined ? run.kind !== "baseline" : run.kind === kind) &&
    (state === undefined || run.state === state) &&
    (agentName === undefined || run.agentName === agentName) &&
    (sessionTag === undefined || run.sessionTag === sessionTag);
}

type Place = Pick<Run, "createdAtMs" | "runId">;

/** Order `createdAt DESC, runId DESC`. */
function newestFirst(a: Place, b: Place): number {
  return b.createdAtMs - a.createdAtMs || (a.runId < b.runId ? 1 : a.runId > b.runId ? -1 : 0);
}
