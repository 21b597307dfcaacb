import { refusal } from "../core/errors/mod.ts";
import { runLoadsMax } from "../core/limits/mod.ts";
import { type Run, stepsOf, stoppedError } from "../core/run/mod.ts";
import type { HeldRuns } from "../ports/held_runs.ts";
import { type RunDeps, tellEnded } from "./deps.ts";
import { runError } from "./run_error.ts";
import { loadTape, type RunTape, storedFacts } from "./tape.ts";

/** The runs that this process works on. */
export interface RunHolds {
  /** Names this process to others. */
  readonly holder: string;
  readonly runIds: Set<string>;
  /** What else in this process works on runs under this name. */
  readonly others: ReadonlySet<string>[];
}

/** What loading works with. */
export interface LoaderDeps extends RunDeps {
  readonly held: HeldRuns;
  readonly holds: RunHolds;
  readonly stepsMax: number;
  /** Ends loading; what is under way fails. */
  readonly stop: AbortSignal;
}

/** Loads the bars of new runs in the background, some at a time, and lets the runs wait for their agents. */
export class RunLoader implements AsyncDisposable {
  readonly #deps: LoaderDeps;
  readonly #waiting: Run[] = [];
  readonly #underWay = new Set<Promise<void>>();

  constructor(deps: LoaderDeps) {
    this.#deps = deps;
  }

  /** Takes a run that was created with this process as its holder. */
  load(run: Run): void {
    this.#deps.holds.runIds.add(run.runId);
    this.#waiting.push(run);
    this.#next();
  }

  #next(): void {
    while (this.#underWay.size < runLoadsMax && this.#waiting.length > 0) {
      const run = this.#waiting.shift()!;
      const work = this.#loaded(run).finally(() => {
        this.#underWay.delete(work);
        this.#deps.holds.runIds.delete(run.runId);
        this.#next();
      });
      this.#underWay.add(work);
    }
  }

  /** Never rejects: what cannot even be written is for whoever finds the run stale. */
  async #loaded(run: Run): Promise<void> {
    const { held, holds: { holder }, log, stop } = this.#deps;
    const hold = { runId: run.runId, holder };
    try {
      await this.#ready(run);
    } catch (error) {
      log.warn("run_failed", { run_id: run.runId, kind: run.kind, phase: run.phase, error });
      try {
        const ended = await held.end(hold, {
          state: "failed",
          error: stop.aborted ? stoppedError() : runError(error),
        });
        if (ended !== null) tellEnded(ended, { deps: this.#deps });
      } catch (lost) {
        log.error("run_end_lost", { run_id: run.runId, error: lost });
      }
    }
  }

  async #ready(run: Run): Promise<void> {
    const { held, holds: { holder }, tapes, stop, log, stepsMax } = this.#deps;
    stop.throwIfAborted();
    const tape = await loadTape(run, { ...this.#deps, signal: stop });
    const { slice } = tape.timeline;
    const sliceBars = slice.stop - slice.start;
    const totalSteps = stepsOf({ bars: sliceBars, every: tape.request.decision_every });
    requireSteps(totalSteps, { tape, sliceBars, stepsMax });
    const loaded = {
      totalSteps,
      sliceBars,
      candlesHash: tape.candlesHash,
      loadedJson: storedFacts(tape.facts),
    };
    const waiting = await held.ready({ runId: run.runId, holder }, loaded);
    // cancelled meanwhile, or given up as stale
    if (waiting === null) return;
    tapes.put(waiting, tape);
    const { kind, phase } = waiting;
    log.info("run_loaded", { run_id: run.runId, kind, phase, total_steps: totalSteps, bars: sliceBars });
  }

  /** Resolves when everything that was taken is done. */
  async idle(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
  }

  /** Waits for what was taken, which fails at once where `stop` has aborted. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.idle();
  }
}

function requireSteps(
  totalSteps: number,
  { tape: { request }, sliceBars, stepsMax }: {
    readonly tape: RunTape;
    readonly sliceBars: number;
    readonly stepsMax: number;
  },
): void {
  const { start, end } = request.time_range;
  if (totalSteps === 0) {
    const message = `no bar of ${request.timeframe} closes from ${start} to ${end}`;
    throw refusal([{ path: "body.time_range", code: "value_error", message }]);
  }
  if (totalSteps <= stepsMax) return;
  const message =
    `${sliceBars} bars make ${totalSteps} steps, at most ${stepsMax} are allowed; a larger decision_every, ` +
    "a longer timeframe or a shorter time_range makes fewer";
  throw refusal([{ path: "body.decision_every", code: "too_many_steps", message }]);
}
