import {
  abandonedError,
  candlesChangedError,
  changedRun,
  type Drain,
  drainOf,
  holdsInRow,
  isDue,
  noChange,
  type Run,
  type RunChange,
  type RunEnd,
  sideAt,
  stepCode,
  type StepCodes,
} from "../core/run/mod.ts";
import type { LockedRun } from "../ports/run_steps.ts";
import { type RunDeps, tapeOf, tellEnded } from "./deps.ts";
import { decidedEnd } from "./run_result.ts";
import { CandlesChanged, type RunTape } from "./tape.ts";

/** What elapsed deadlines do to a locked run. */
export interface Drained {
  readonly drain: Drain;
  /** Null where the run goes on; undefined where its bars are needed to tell. */
  readonly end: RunEnd | null | undefined;
}

/** The deadlines of a locked run that have gone by, and how it ends thereby. Bars are needed only where it succeeds. */
export async function drained(
  locked: LockedRun,
  { deps, tape }: { readonly deps: RunDeps; readonly tape: RunTape | null },
): Promise<Drained> {
  const { run, nowMs } = locked;
  const { timeoutHoldsMax: holdsMax } = deps;
  if (!isDue(run, nowMs)) return { drain: { holds: 0, ends: null }, end: null };
  const inRow = holdsInRow(await locked.codes({ last: holdsMax }));
  const drain = drainOf(run, { nowMs, holdsInRow: inRow, holdsMax });
  if (drain.ends === "abandoned") {
    return { drain, end: { state: "failed", error: abandonedError(inRow + drain.holds) } };
  }
  if (drain.ends === null) return { drain, end: null };
  if (tape === null) return { drain, end: undefined };
  const steps = withHolds(await locked.codes(), drain.holds);
  return { drain, end: decidedEnd({ tape, steps, replay: deps.replay, usages: await locked.usages() }) };
}

/** Steps with so many more that nobody decided. */
export function withHolds(steps: StepCodes, holds: number): StepCodes {
  const side = sideAt(steps, steps.length - 1);
  return steps + stepCode({ side, source: "timeout_hold" }).repeat(holds);
}

/**
 * The run as it is once the deadlines that have gone by have closed their steps, by the database clock. Null where there is
 * no such run. Bars are loaded only where it ends thereby with all its steps; where they cannot be, it stays as it is, for
 * whoever comes next.
 */
export async function settled(runId: string, deps: RunDeps): Promise<Run | null> {
  const found = await deps.runs.getAt(runId);
  if (found === null || !isDue(found.run, found.nowMs)) return found?.run ?? null;
  const first = await drainOnce(runId, { deps, tape: null });
  if (first === null || !first.needsTape) return first?.run ?? null;
  const loaded = await tapeOrFailed(first.run, deps);
  if (loaded === null) return first.run;
  if ("run" in loaded) return loaded.run;
  return (await drainOnce(runId, { deps, tape: loaded.tape }))?.run ?? null;
}

interface Settled {
  readonly run: Run;
  readonly needsTape: boolean;
}

async function drainOnce(
  runId: string,
  { deps, tape }: { readonly deps: RunDeps; readonly tape: RunTape | null },
): Promise<Settled | null> {
  const outcome = await deps.steps.change<Settled & { readonly change: RunChange }>(
    { runId },
    async (locked) => {
      const { run, nowMs } = locked;
      const { drain: { holds }, end } = await drained(locked, { deps, tape });
      if (end === undefined) return { change: noChange, answer: { run, needsTape: true, change: noChange } };
      if (holds === 0) return { change: noChange, answer: { run, needsTape: false, change: noChange } };
      const change = { holds, decision: null, end };
      return { change, answer: { run: changedRun(run, { ...change, nowMs }), needsTape: false, change } };
    },
  );
  if (outcome !== null) tellChange(outcome.run, { change: outcome.change, deps });
  return outcome;
}

/** Tells metrics and log of a change that was written. */
export function tellChange(
  run: Run,
  { change: { holds, decision, end }, deps }: { readonly change: RunChange; readonly deps: RunDeps },
): void {
  const { runId: run_id, kind, phase, stepIndex: step_index } = run;
  if (holds > 0) {
    deps.metrics.stepsClosed("timeout_hold", holds);
    deps.log.info("run_drained", { run_id, kind, phase, step_index, steps: holds });
  }
  if (decision !== null) {
    deps.metrics.stepsClosed("agent", 1);
    deps.log.debug("run_step", { run_id, kind, phase, step_index });
  }
  if (end !== null) tellEnded(run, { deps });
}

/**
 * The bars of a run; the run, which has failed, where its candles are not those that it was begun with; null where they
 * cannot be had now.
 */
export async function tapeOrFailed(
  run: Run,
  deps: RunDeps,
): Promise<{ readonly tape: RunTape } | { readonly run: Run } | null> {
  try {
    return { tape: await tapeOf(run, deps) };
  } catch (error) {
    if (error instanceof CandlesChanged) return { run: await failed(run, deps) };
    deps.log.warn("run_bars_missing", { run_id: run.runId, error });
    return null;
  }
}

/** Fails a run whose candles have changed; returns it as it is then. */
export async function failed(run: Run, deps: RunDeps): Promise<Run> {
  return await endedBy(run, { deps, end: { state: "failed", error: candlesChangedError() } });
}

/** Ends a run unless it has ended already; returns it as it is then. */
export async function endedBy(
  { runId, ...before }: Run,
  { deps, end }: { readonly deps: RunDeps; readonly end: RunEnd },
): Promise<Run> {
  const outcome = await deps.steps.change({ runId }, ({ run, nowMs }) => {
    if (run.state !== "running") return Promise.resolve({ change: noChange, answer: { run, ended: false } });
    const change = { ...noChange, end };
    const answer = { run: changedRun(run, { ...change, nowMs }), ended: true };
    return Promise.resolve({ change, answer });
  });
  if (outcome?.ended) tellEnded(outcome.run, { deps });
  return outcome?.run ?? { runId, ...before };
}
