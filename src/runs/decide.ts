import type { DecisionAck } from "../answers/run.ts";
import { type BacktestError, warning } from "../core/errors/mod.ts";
import { refusal } from "../core/errors/mod.ts";
import type { Trade } from "../core/execution/mod.ts";
import type { Idempotency } from "../core/job/mod.ts";
import {
  changedRun,
  fillsOf,
  keyReused,
  noChange,
  portfolioAt,
  type Run,
  type RunChange,
  runEnded,
  runNotFound,
  type Side,
  sideName,
  sideOf,
  sourceAt,
  stepAlreadyClosed,
  stepCode,
  type StepCodes,
  stepNotOpen,
  stillLoading,
} from "../core/run/mod.ts";
import type { LockedRun } from "../ports/run_steps.ts";
import type { SentDecision } from "../request/run_decision.ts";
import { type RunDeps, tapeOf } from "./deps.ts";
import { contextRef, openContext } from "./run_context.ts";
import { decidedEnd, unfilledError } from "./run_result.ts";
import { drained, failed, tellChange, withHolds } from "./settle.ts";
import { CandlesChanged, type RunTape } from "./tape.ts";
import { barOf, closeMsOf, tradesUpTo, unfilledText } from "./trade_run.ts";

/** A decision of a run that exists and is its sender's. */
export interface Submission extends Idempotency {
  readonly runId: string;
  readonly decision: SentDecision;
}

/** What came of one look at the locked run. */
type Outcome =
  | { readonly needsTape: Run }
  | { readonly refused: BacktestError; readonly run: Run; readonly change: RunChange }
  | {
    readonly ackText: string;
    readonly run: Run;
    readonly change: RunChange;
    readonly openMs: number | null;
  };

/**
 * Closes the open step of a run with a decision, in one transaction with what follows from it; returns the bytes of the
 * answer. The same decision under the same key gives the same bytes again, whatever has happened since. Rejects with
 * `conflict` for another decision under the key and for a step that is not open, with `validation_error` for a decision that
 * would have to trade where nothing can be traded: it closes nothing.
 */
export async function decide(submission: Submission, deps: RunDeps): Promise<string> {
  let tape: RunTape | null = null;
  for (;;) {
    const outcome = await changeOnce(submission, { deps, tape });
    if ("needsTape" in outcome) {
      if (tape !== null) throw new Error(`Cannot decide for run "${submission.runId}": its bars do not help`);
      tape = await tapeOr(outcome.needsTape, deps);
      if (tape === null) continue;
      continue;
    }
    tellChange(outcome.run, { change: outcome.change, deps });
    if ("refused" in outcome) throw outcome.refused;
    if (outcome.openMs !== null) deps.metrics.decided(outcome.openMs / 1000);
    return outcome.ackText;
  }
}

/** The bars; null where the run has failed for want of its candles, which the next look finds. */
async function tapeOr(run: Run, deps: RunDeps): Promise<RunTape | null> {
  try {
    return await tapeOf(run, deps);
  } catch (error) {
    if (!(error instanceof CandlesChanged)) throw error;
    await failed(run, deps);
    return null;
  }
}

async function changeOnce(
  submission: Submission,
  given: { readonly deps: RunDeps; readonly tape: RunTape | null },
): Promise<Outcome> {
  const { runId, key } = submission;
  const outcome = await given.deps.steps.change<Outcome>({ runId, key }, async (locked) => {
    const answer = await lookedAt(locked, { ...given, submission });
    return { change: "needsTape" in answer ? noChange : answer.change, answer };
  });
  if (outcome === null) throw runNotFound();
  return outcome;
}

interface Given {
  readonly deps: RunDeps;
  readonly tape: RunTape | null;
  readonly submission: Submission;
}

async function lookedAt(locked: LockedRun, given: Given): Promise<Outcome> {
  const { run, nowMs, keyed } = locked;
  const { submission: { decision, bodyHash } } = given;
  const refuse = (refused: BacktestError, change = noChange): Outcome => ({
    refused,
    change,
    run: changedRun(run, { ...change, nowMs }),
  });
  if (keyed !== null) {
    if (keyed.bodyHash !== bodyHash) return refuse(keyReused(keyed.stepIndex));
    return { ackText: keyed.ackText, run, change: noChange, openMs: null };
  }
  if (run.state !== "running") return refuse(runEnded(run));
  if (run.phase !== "waiting_decision") return refuse(stillLoading());
  const { drain: { holds }, end } = await drained(locked, given);
  if (end === undefined) return { needsTape: run };
  const change = holds === 0 ? noChange : { holds, decision: null, end };
  if (end !== null) return refuse(runEnded({ state: end.state }), change);
  const steps = withHolds(await locked.codes(), holds);
  const { step_index: asked } = decision;
  if (asked < steps.length) {
    const closed = { stepIndex: asked, source: sourceAt(steps, asked), nextStep: steps.length };
    return refuse(stepAlreadyClosed(closed), change);
  }
  if (asked > steps.length) return refuse(stepNotOpen({ stepIndex: asked, nextStep: steps.length }), change);
  if (given.tape === null) return { needsTape: run };
  return await taken({ ...given, tape: given.tape, locked, steps, holds });
}

interface Taking extends Given {
  readonly tape: RunTape;
  readonly locked: LockedRun;
  /** Those before the decision, with what the deadlines closed. */
  readonly steps: StepCodes;
  readonly holds: number;
}

/** The run with its step decided, or the refusal of a decision that cannot be traded. */
async function taken(taking: Taking): Promise<Outcome> {
  const { deps, tape, locked: { run, nowMs }, submission, steps, holds } = taking;
  const { decision } = submission;
  const side = sideOf(decision.action, steps);
  const after = steps + stepCode({ side, source: "agent" });
  const { replay } = deps;
  const trades = tradesUpTo(steps.length, { tape, steps: after, replay });
  const held = holds === 0 ? run : changedRun(run, { ...noChange, holds, nowMs });
  const onlyHolds = holds === 0 ? noChange : { ...noChange, holds };
  if ("badBar" in trades) {
    // with the side before there is nothing to trade, unless the bar triggers it by itself
    if ("badBar" in tradesUpTo(steps.length, { tape, steps: withHolds(steps, 1), replay })) {
      const change = { ...onlyHolds, end: { state: "failed", error: unfilledError(trades, tape) } } as const;
      const failed = changedRun(run, { ...change, nowMs });
      return { refused: runEnded(failed), run: failed, change };
    }
    const item = { path: "body.action", code: "value_error", message: unfilledText(trades, tape) };
    return { refused: refusal([item]), run: held, change: onlyHolds };
  }
  const end = after.length === run.totalSteps
    ? decidedEnd({ tape, steps: after, replay, usages: await usagesWith(taking) })
    : null;
  const shown = openContext({ run: held, tape, steps, replay });
  const stored = {
    side,
    idempotencyKey: submission.key,
    bodyHash: submission.bodyHash,
    decisionJson: decision,
    contextRef: shown === null ? "" : contextRef(shown),
    ackText: "",
  };
  const change: RunChange = { holds, decision: stored, end };
  const changed = changedRun(run, { ...change, nowMs });
  const ackText = JSON.stringify(ackOf({ taking, run: changed, side, trades, after, change }));
  const openMs = Math.max(0, nowMs - (held.stepOpenedAtMs ?? nowMs));
  return { ackText, run: changed, openMs, change: { ...change, decision: { ...stored, ackText } } };
}

async function usagesWith({ locked, submission: { decision } }: Taking) {
  const declared = await locked.usages();
  return decision.usage === undefined ? declared : [...declared, decision.usage];
}

function ackOf({ taking, run, side, trades, after, change: { end } }: {
  readonly taking: Taking;
  /** After the decision. */
  readonly run: Run;
  readonly side: Side;
  readonly trades: readonly Trade[];
  readonly after: StepCodes;
  readonly change: RunChange;
}): DecisionAck {
  const { tape, deps: { replay }, submission: { decision } } = taking;
  const { request, timeline: { slice, candles } } = tape;
  const step = decision.step_index;
  const bar = barOf(step, tape);
  const closeMs = closeMsOf(tape);
  // the end is told once everything is closed
  const whole = end?.state === "succeeded" ? end.result.trades as readonly Trade[] : null;
  const last = whole === null ? bar : slice.stop - 1;
  const shown = whole ?? trades;
  return {
    run_id: run.runId,
    step_index: step,
    accepted: true,
    source: "agent",
    side: sideName(side),
    warnings: sideWarnings(side, request.direction_mode),
    fills: fillsOf(shown, { from: bar, to: last + 1, closeMs }),
    portfolio: portfolioAt({
      trades: shown,
      initCash: request.execution.init_cash_quote,
      bar: last,
      close: candles.close[last]!,
      closeMs,
    }),
    next_step: run.stepIndex,
    state: run.state,
    phase: run.phase,
    metrics: run.metrics,
    next_context: run.phase === "waiting_decision" ? openContext({ run, tape, steps: after, replay }) : null,
  };
}

/** A side that may not be opened is no mistake: it closes the other one, as in a sweep. */
function sideWarnings(side: Side, mode: string): string[] {
  const refused = (mode === "long-only" && side === -1) || (mode === "short-only" && side === 1);
  if (!refused) return [];
  const [name, other] = side === 1 ? ["long", "short"] : ["short", "long"];
  const sentence = `${name} is not allowed in ${mode}: it closes a ${other} and opens nothing`;
  return [warning("side_not_allowed", sentence)];
}
