/**
 * A backtest that somebody outside drives step by step: its life, its deadlines, and the account after any of its steps.
 * @module
 */
export {
  barsOf,
  firstBars,
  type ShownBar,
  timelineHash,
  valuesOf,
  type Window,
  windowAt,
} from "./context_window.ts";
export {
  deadlineMs,
  decisionTimeoutMs,
  type Drain,
  drainOf,
  elapsedDeadlines,
  isDue,
  timeoutHoldsMax,
} from "./deadlines.ts";
export {
  type BaselineName,
  baselineNames,
  baselineSides,
  compareUrl,
  type DecisionUsage,
  type FinalMetrics,
  finalMetrics,
  inFinalOrder,
} from "./final_metrics.ts";
export {
  abandonedError,
  candlesChangedError,
  createKeyReused,
  keyReused,
  noResult,
  orphanedError,
  runEnded,
  runNotFound,
  staleError,
  stepAlreadyClosed,
  stepNotOpen,
  stillLoading,
  stoppedError,
} from "./refusals.ts";
export {
  type CancelReason,
  cancelReasons,
  type EndedState,
  isActiveRun,
  mayMove,
  type NewRun,
  phasesBegun,
  phasesOf,
  placeOf,
  type Run,
  type RunEnd,
  type RunKind,
  runKinds,
  type RunPhase,
  type RunPlace,
  type RunState,
  runStates,
} from "./run.ts";
export {
  type DueExit,
  dueExit,
  type Fill,
  fillsOf,
  type Portfolio,
  portfolioAt,
  type Position,
} from "./run_account.ts";
export {
  requireHolder,
  requireLoaded,
  requireNewRun,
  requireRunEnd,
  requireScenarioPhase,
  runNameLengthMax,
  tagPattern,
} from "./run_arguments.ts";
export {
  changedRun,
  endedRun,
  noChange,
  type RunChange,
  type Step,
  type StoredDecision,
} from "./run_change.ts";
export { decodeRunCursor, encodeRunCursor, type RunCursor } from "./run_cursor.ts";
export {
  type Action,
  actions,
  barOfStep,
  closesAndOneMore,
  holdsInRow,
  type Side,
  sideAt,
  type SideMasks,
  type SideName,
  sideName,
  sideOf,
  signalMasks,
  sourceAt,
  stepCode,
  type StepCodes,
  type StepGrid,
  stepsOf,
  type StepSource,
} from "./steps.ts";
