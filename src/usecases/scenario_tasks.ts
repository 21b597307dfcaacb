import { BacktestError } from "../core/errors/mod.ts";
import type { JobError } from "../core/job/mod.ts";
import type { Run, RunEnd } from "../core/run/mod.ts";
import { scenarioErrorText, type ScenarioPhase } from "../core/scenario/mod.ts";
import { scrubValue } from "../core/text/mod.ts";
import type { Clock } from "../ports/clock.ts";
import type { HeldRuns, Hold } from "../ports/held_runs.ts";
import type { Log } from "../ports/log.ts";
import { race } from "../ports/race.ts";
import type { RunMetrics, RunOutcome } from "../ports/run_metrics.ts";
import type { ScenarioBounds, ScenarioRequest } from "../request/scenario.ts";
import type { TimelineSource } from "../sweep/load_timeline.ts";
import { timedCandles } from "../sweep/timed_candles.ts";
import { workOutScenario } from "./work_out_scenario.ts";

/** What the scenarios of a process are worked on with. */
export interface ScenarioTaskDeps extends Pick<TimelineSource, "candles" | "marketOf"> {
  readonly held: HeldRuns;
  /** Who this process is for its holds. */
  readonly holder: string;
  readonly bounds: ScenarioBounds;
  /** How long a candle source may take. */
  readonly loadTimeoutSeconds: number;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Pick<RunMetrics, "runEnded">;
  /** Aborts when the process ends: what is not done then fails. */
  readonly stop: AbortSignal;
}

/** Scenarios in the background. */
export interface ScenarioTasks {
  /** Who this process is for its holds. */
  readonly holder: string;
  /** Ids of the runs that are worked on, whose heartbeat somebody else sees to. */
  readonly atWork: ReadonlySet<string>;
  /** Begins to work on a run that was just created for this process, and returns at once. It never throws. */
  begin(run: Run, request: ScenarioRequest): void;
  /** Resolves when nothing is worked on. */
  quiet(): Promise<void>;
}

/** The run is another's, or over: what is found out about it is nobody's business any more. */
class HoldLost extends Error {}

/**
 * Works on scenarios beside the requests that started them. Every step is written under the run's hold, so that a task whose
 * run was replaced, cleared or given up writes nothing more. A task that fails, however it does, ends its run as failed.
 */
export function scenarioTasks(deps: ScenarioTaskDeps): ScenarioTasks {
  const running = new Set<Promise<void>>();
  const atWork = new Set<string>();
  return {
    holder: deps.holder,
    atWork,
    begin(run, request) {
      atWork.add(run.runId);
      const task = watched(run, { request, deps }).finally(() => {
        running.delete(task);
        atWork.delete(run.runId);
      });
      running.add(task);
    },
    async quiet() {
      while (running.size > 0) await Promise.all(running);
    },
  };
}

interface Task {
  readonly request: ScenarioRequest;
  readonly deps: ScenarioTaskDeps;
}

/** The last line of defence: whatever happens, the process serves on. */
async function watched(run: Run, task: Task): Promise<void> {
  const { log, metrics, clock } = task.deps;
  const { runId, kind } = run;
  const startedMs = clock.monotonicMs();
  let outcome: RunOutcome = "failed";
  log.info("run_started", { run_id: runId, kind });
  try {
    outcome = await work(run, task);
  } catch (error) {
    // its row is as it was: whoever looks after runs that nobody holds ends it
    log.error("run_lost", { run_id: runId, kind, error });
  } finally {
    metrics.runEnded({ kind, outcome, seconds: (clock.monotonicMs() - startedMs) / 1000 });
  }
}

async function work(run: Run, { request, deps }: Task): Promise<RunOutcome> {
  const { held, holder, log } = deps;
  const { runId, kind } = run;
  const hold: Hold = { runId, holder };
  let phase: ScenarioPhase = "validating";
  try {
    const worked = () =>
      workOutScenario(request, {
        ...deps,
        candles: timedCandles(deps.candles, { clock: deps.clock, timeoutSeconds: deps.loadTimeoutSeconds }),
        signal: deps.stop,
        userId: run.userId,
        scenarioId: runId,
        async enter(next) {
          if (await held.advance(hold, next) === null) throw new HoldLost();
          phase = next;
          log.info("run_phase", { run_id: runId, kind, phase });
        },
      });
    // a source that takes no notice of the signal must not keep the process
    const result = await race(worked, {
      abort: {
        signal: deps.stop,
        aborted() {
          throw stopped();
        },
      },
    });
    return await end(hold, { end: { state: "succeeded", result: { ...result } }, run, phase, deps });
  } catch (error) {
    if (error instanceof HoldLost) {
      log.info("run_superseded", { run_id: runId, kind, phase });
      return "cancelled";
    }
    log.warn("run_failed", { run_id: runId, kind, phase, error });
    return await end(hold, {
      end: { state: "failed", error: failure(deps.stop.aborted ? stopped() : error, phase) },
      run,
      phase,
      deps,
    });
  }
}

async function end(
  hold: Hold,
  { end, run: { runId, kind }, phase, deps }: {
    readonly end: Exclude<RunEnd, { state: "cancelled" }>;
    readonly run: Run;
    readonly phase: ScenarioPhase;
    readonly deps: ScenarioTaskDeps;
  },
): Promise<RunOutcome> {
  if (await deps.held.end(hold, end) === null) {
    deps.log.info("run_superseded", { run_id: runId, kind, phase });
    return "cancelled";
  }
  deps.log.info("run_ended", { run_id: runId, kind, outcome: end.state });
  return end.state;
}

function stopped(): BacktestError {
  return new BacktestError(
    "shutting_down",
    "The server was stopped before the scenario was done. Please start it again.",
  );
}

/** What a failed scenario stores: the text for its page, and the facts for programs. */
function failure(error: unknown, phase: ScenarioPhase): JobError {
  const structured = error instanceof BacktestError ? error : null;
  return {
    code: structured?.code ?? "backtest_job_runner_failed",
    message: scenarioErrorText(error) || "The scenario failed.",
    details: {
      ...scrubValue(structured?.details ?? {}) as Record<string, unknown>,
      error_class: structured?.errorClass ?? "InternalError",
      phase,
    },
  };
}
