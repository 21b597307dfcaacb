import { variantPayload } from "../core/grid/mod.ts";
import {
  cutSweep,
  decodeTaskResult,
  mergeTopTasks,
  type NewTask,
  type Optimization,
  shownScore,
  type StageCuts,
  stoppingTask,
  taskAt,
  type TaskParams,
  taskRange,
  type TopTask,
} from "../core/optimization/mod.ts";
import { directionOf } from "../core/ranking/mod.ts";
import type { Candidates, ComputeSession, Selection } from "../ports/compute.ts";
import type { TaskOutcome } from "../ports/optimization_coordinator.ts";
import type { BatchSize } from "../sweep/batch_size.ts";
import { expandedBases } from "../sweep/expanded_bases.ts";
import type { PreparedSweep } from "../sweep/prepare.ts";
import { storedTopTask } from "../sweep/task_best.ts";
import type { JobContext } from "./job_context.ts";
import type { SharingDeps } from "./sharing.ts";
import type { TaskBoard } from "./task_board.ts";

/** How a stage goes through its units. */
export interface StageBatching {
  readonly session: ComputeSession;
  readonly inFlight: number;
  readonly batchSize: BatchSize;
  readonly inOrder: boolean;
  /** Tasks are cut in stage A order. */
  readonly inStageAOrder: true;
}

/** What a sweep is shared with. */
export interface SharedSweepOptions {
  readonly context: JobContext;
  readonly sharing: SharingDeps;
  readonly board: TaskBoard;
  readonly optimization: Optimization;
  readonly sweep: Pick<PreparedSweep, "plan">;
  /** The coordinator's own one. */
  readonly session: ComputeSession;
}

/**
 * A sweep whose batches are tasks that any worker may take. The stages know nothing of it: they get a session whose batches
 * are put on the board, and resolve with what is stored of them.
 */
export class SharedSweep {
  readonly #options: SharedSweepOptions;
  readonly #cuts: ReturnType<typeof cutSweep>;
  /** Of the finished tasks of stage B, by `seq`. */
  readonly #scores = new Map<number, number | null>();
  readonly #tops = new Map<number, TopTask | null>();

  constructor(options: SharedSweepOptions) {
    this.#options = options;
    this.#cuts = cutSweep(options.sweep.plan, options.optimization);
  }

  /** Stage A over tasks. */
  stageA(): StageBatching {
    const { plan } = this.#options.sweep;
    const cuts = this.#cuts.stageA;
    const payload = (stageAIndex: number) => variantPayload(plan, { stageAIndex, riskIndex: null });
    return this.#batching(cuts, {
      scoreBase: async ({ from, to }, selection) => {
        const params = { stage: "stage_a", from, to, first: payload(from), last: payload(to - 1) } as const;
        const { result } = await this.#ask(params, { cuts, selection });
        return candidatesOf(result!);
      },
    });
  }

  /** Stage B over tasks; `shortlist` as it was stored, for helpers read it there. */
  stageB(shortlist: readonly number[]): StageBatching {
    const { plan } = this.#options.sweep;
    const cuts = this.#cuts.stageB;
    const expanded = expandedBases(plan, shortlist);
    const positions = plan.expandsAll ? null : new Map(shortlist.map((index, position) => [index, position]));
    const payload = (position: number, riskIndex: number) =>
      variantPayload(plan, { stageAIndex: expanded.at(position), riskIndex });
    return this.#batching(cuts, {
      scoreRisk: async (bases, selection) => {
        const from = positions === null ? bases[0]! : positions.get(bases[0]!)!;
        const to = from + bases.length;
        const [first, last] = [payload(from, 0), payload(to - 1, plan.riskTotal - 1)];
        const params = { stage: "stage_b", from, to, first, last } as const;
        const { taskId, seq, score, result } = await this.#ask(params, { cuts, selection });
        const columns = candidatesOf(result!);
        if (this.#options.optimization.earlyStop !== null) {
          this.#scores.set(seq, score);
          this.#tops.set(seq, storedTopTask({ taskId, seq, columns }, { plan, bases }));
        }
        return columns;
      },
    });
  }

  /**
   * Whether the sweep is good enough once so many variants of stage B are merged; if so that is stored, and whoever works on
   * later tasks is told.
   */
  async goodEnough(processedUnits: number): Promise<boolean> {
    const { optimization: { earlyStop, topN, stopReason }, sweep: { plan } } = this.#options;
    if (earlyStop === null) return false;
    const { units, tasks, firstSeq } = this.#cuts.stageB;
    const merged = processedUnits / plan.riskTotal;
    const lastSeq = firstSeq + (merged === units ? tasks : taskAt({ units, tasks }, merged)) - 1;
    const seq = stoppingTask(earlyStop, { firstSeq, scores: this.#scores });
    if (seq === null || seq > lastSeq) return false;
    const top = this.#tops.get(seq)!;
    const { metric, mode, threshold } = earlyStop;
    const score = shownScore(this.#scores.get(seq)!);
    const reason = {
      kind: "early_stop_threshold",
      metric,
      mode,
      threshold,
      ...score,
      task_id: top.task_id,
      seq,
    } as const;
    const direction = directionOf(metric);
    const topTasks = [...this.#tops].filter(([of]) => of <= seq).reduce<readonly TopTask[]>(
      (list, [, added]) => mergeTopTasks(list, { added, topN, direction }),
      [],
    );
    const { context, sharing: { coordinator, metrics }, board } = this.#options;
    const stop = { reason, tasksFinished: seq + 1, topTasks };
    await context.fenced("stop", () => coordinator.stop(context.lease, stop));
    if (stopReason === null) metrics.optimizationStopped("early_stop");
    context.log.info("early_stop", { task_id: reason.task_id, seq, metric, threshold, score: score.score });
    board.refuseAll(new Error("The sweep has stopped"));
    return true;
  }

  #batching(cuts: StageCuts, score: Partial<ComputeSession>): StageBatching {
    const { session, optimization: { concurrencyLimit, earlyStop, stopReason } } = this.#options;
    return {
      session: { ...withoutThis(session), ...score },
      // one that has stopped already must not put up a task beyond
      inFlight: stopReason === null ? concurrencyLimit : 1,
      batchSize: {
        next: 1,
        endOf: (from) => taskRange(cuts, taskAt(cuts, from)).to,
        observe() {},
      },
      inOrder: earlyStop !== null,
      inStageAOrder: true,
    };
  }

  async #ask(
    params: TaskParams,
    { cuts, selection: { keep, floor } }: { readonly cuts: StageCuts; readonly selection: Selection },
  ): Promise<TaskOutcome> {
    const { stage, from: fromUnit, to: toUnit } = params;
    const seq = cuts.firstSeq + taskAt(cuts, fromUnit);
    const task: Omit<NewTask, "taskId"> = {
      seq,
      stage,
      fromUnit,
      toUnit,
      keep,
      floor: floor === -Infinity ? null : floor,
      params,
    };
    return await this.#options.board.ask(task);
  }
}

function candidatesOf(result: Uint8Array): Candidates {
  return { ...decodeTaskResult(result), elapsedMs: 0 };
}

/** A session whose methods can be taken apart. */
function withoutThis(session: ComputeSession): ComputeSession {
  return {
    scoreBase: (range, selection) => session.scoreBase(range, selection),
    scoreRisk: (bases, selection) => session.scoreRisk(bases, selection),
    replay: (variant) => session.replay(variant),
    digestTrades: (variants) => session.digestTrades(variants),
    report: (variant, wish) => session.report(variant, wish),
    [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
  };
}
