import type { RunContext } from "../answers/run.ts";
import { deadlineMs, type Run, runNotFound } from "../core/run/mod.ts";
import type { RunDeps } from "../runs/deps.ts";
import { tapeOf } from "../runs/deps.ts";
import { closedContext, openContext } from "../runs/run_context.ts";
import { unfilledError } from "../runs/run_result.ts";
import { endedBy, failed, settled } from "../runs/settle.ts";
import { CandlesChanged } from "../runs/tape.ts";
import { tradesUpTo } from "../runs/trade_run.ts";
import { type OwnRunQuery, runNow } from "./own_run.ts";

/** Waits until something of a run changes, for so long at most; false when there is no use in waiting any longer. */
export type AwaitChange = (run: Run, options: { readonly ms: number }) => Promise<boolean>;

/**
 * What the agent of the caller's run may see now. With `waitMs` it waits so long for the step to change, or for the run to
 * begin or to end. Rejects with `market_data_unavailable` when the bars cannot be had.
 */
export async function runContext(
  query: OwnRunQuery & { readonly waitMs: number },
  { deps, changed }: { readonly deps: RunDeps; readonly changed: AwaitChange },
): Promise<RunContext> {
  let run = await runNow(query, deps);
  const before = placeIn(run);
  const untilMs = deps.clock.monotonicMs() + query.waitMs;
  for (;;) {
    const leftMs = untilMs - deps.clock.monotonicMs();
    if (leftMs <= 0 || run.state !== "running" || placeIn(run) !== before) break;
    const dueMs = deadlineMs(run);
    // a deadline changes the step, too, and nobody else may look
    const ms = dueMs === null ? leftMs : Math.min(leftMs, Math.max(1, dueMs - deps.clock.nowMs()));
    const goesOn = await changed(run, { ms });
    const now = await settled(run.runId, deps);
    if (now === null) throw runNotFound();
    run = now;
    if (!goesOn) break;
  }
  return await shown(run, deps);
}

function placeIn({ phase, stepIndex }: Run): string {
  return `${phase} ${stepIndex}`;
}

async function shown(run: Run, deps: RunDeps): Promise<RunContext> {
  if (run.phase !== "waiting_decision") return closedContext(run);
  let tape;
  try {
    tape = await tapeOf(run, deps);
  } catch (error) {
    if (!(error instanceof CandlesChanged)) throw error;
    return closedContext(await failed(run, deps));
  }
  const steps = await deps.steps.codes(run.runId);
  const open = { run, tape, steps, replay: deps.replay };
  const context = openContext(open);
  if (context !== null) return context;
  const trades = tradesUpTo(run.stepIndex, { ...open, steps: steps.slice(0, run.stepIndex) });
  if (!("badBar" in trades)) throw new Error(`Cannot show run "${run.runId}"`);
  return closedContext(
    await endedBy(run, { deps, end: { state: "failed", error: unfilledError(trades, tape) } }),
  );
}
