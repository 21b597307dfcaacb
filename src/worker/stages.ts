import type { EffectiveRequest } from "../request/body.ts";
import { type RunData, snapshotDue, type TopVariant } from "../core/job/mod.ts";
import type { ComputeSession } from "../ports/compute.ts";
import { countEqual } from "../sweep/count_equal.ts";
import { reportWinners, summaryRow, tradesKept } from "../sweep/finalize.ts";
import type { PreparedSweep } from "../sweep/prepare.ts";
import { ruleStartWarnings } from "../sweep/rule_start.ts";
import { runStageA } from "../sweep/stage_a.ts";
import { type Leaders, type RankedVariant, runStageB } from "../sweep/stage_b.ts";
import { winnerPlanes } from "../sweep/winner_planes.ts";
import type { JobContext } from "./job_context.ts";
import type { SharedSweep } from "./shared_sweep.ts";

/** What the stages of a job work on. */
export interface StageInput {
  readonly request: EffectiveRequest;
  readonly sweep: PreparedSweep;
  readonly session: ComputeSession;
  /** Of a sweep that other workers help with. */
  readonly shared?: SharedSweep;
}

/** Scores the base variants and stores the shortlist. */
export async function stageA(context: JobContext, input: StageInput): Promise<readonly number[]> {
  const { plan } = input.sweep;
  return await context.inStage("stage_a", plan.stageATotal, async () => {
    const shortlist = await runStageA(plan, {
      ...batching(context, input),
      ...input.shared?.stageA(),
      boundary: (processedUnits) => context.boundary(processedUnits, plan.stageATotal),
    });
    await context.checkpoint();
    const stored = {
      stageAIndexes: shortlist,
      stageAVariantsTotal: plan.stageATotal,
      riskTotal: plan.riskTotal,
      preselectUsed: shortlist.length,
    };
    await context.fenced("shortlist", () => context.deps.results.saveShortlist(context.lease, stored));
    return shortlist;
  });
}

/** Scores the shortlist with every stop and target, with snapshots of the leaders while it runs. */
export async function stageB(
  context: JobContext,
  input: StageInput & { readonly shortlist: readonly number[] },
): Promise<readonly RankedVariant[]> {
  const { plan } = input.sweep;
  const topK = Math.min(input.request.top_k, context.deps.settings.topKPersisted);
  return await context.inStage("stage_b", plan.stageBTotal, async () => {
    const snapshots = new Snapshots(context, input);
    const leaders = await runStageB(plan, {
      ...batching(context, input),
      ...input.shared?.stageB(input.shortlist),
      shortlist: input.shortlist,
      topK,
      foldEqual: input.request.fold_equal ?? false,
      boundary: async (processedUnits, leaders) => {
        await context.boundary(processedUnits, plan.stageBTotal);
        await snapshots.writeIfDue(processedUnits, leaders);
        return await input.shared?.goodEnough(processedUnits) ? "enough" : undefined;
      },
      pause: () => context.checkpoint(),
    });
    await context.checkpoint();
    await snapshots.writeIfChanged(plan.stageBTotal, leaders);
    return leaders.ranked();
  });
}

/**
 * Counts what was folded into the winners, replays them and stores the planes around the best one; returns the rows with reports for all and trades for
 * the first `topTradesN`.
 */
export async function finalizing(
  context: JobContext,
  input: StageInput & { readonly shortlist: readonly number[]; readonly winners: readonly RankedVariant[] },
): Promise<readonly TopVariant[]> {
  const { request, sweep, winners, shortlist } = input;
  return await context.inStage("finalizing", 1, async () => {
    const work = {
      session: input.session,
      inFlight: context.deps.compute.threads + 1,
      boundary: async () => {
        await context.checkpoint();
        await context.heartbeat.beatIfDue();
      },
    };
    const reports = await reportWinners(winners, {
      ...work,
      requestRange: sweep.coveredRange,
      daysPerYear: sweep.daysPerYear,
      withTrades: (rank) => rank <= request.top_trades_n,
      keep: tradesKept,
    });
    const { plan, timeline: { slice } } = sweep;
    await warnOfRules(context, { sweep, winners });
    const sameAs = request.fold_equal
      ? await countEqual(winners, { ...batching(context, input), ...work, plan, shortlist })
      : winners.map(() => null);
    const planes = await winnerPlanes(winners[0]!, { ...work, plan, bars: slice.stop - slice.start });
    await context.checkpoint();
    await context.fenced("planes", () => context.deps.results.savePlanes(context.lease, planes));
    return winners.map((winner, i) => ({
      ...summaryRow(winner, plan),
      metrics: reports[i]!.metrics,
      sameAs: sameAs[i]!,
      reportTableMd: reports[i]!.tableMd,
      trades: reports[i]!.trades,
    }));
  });
}

/** Adds what is known of the winners' rules to the warnings of the job. */
async function warnOfRules(
  context: JobContext,
  { sweep, winners }: { readonly sweep: PreparedSweep; readonly winners: readonly RankedVariant[] },
): Promise<void> {
  const more = ruleStartWarnings(winners, { sweep, rules: context.deps.rules });
  if (more.length === 0) return;
  const runData = runDataOf({ ...sweep, warnings: [...sweep.warnings, ...more] });
  await context.fenced("run_data", () => context.deps.queue.saveRunData(context.lease, runData));
}

/** What a job tells of the data it runs on. */
export function runDataOf({ data, warnings, timeline: { slice } }: PreparedSweep): RunData {
  return { data, warnings, barsBefore: slice.start };
}

/** Writes the leaders of Stage B by time or by variants, whichever comes first, and once at the end if they changed. */
class Snapshots {
  readonly #context: JobContext;
  readonly #input: StageInput;
  #lastMs: number;
  #lastUnits = 0;
  #lastChanges = 0;
  /** Rows of the last snapshot by key: most leaders stay, some at another rank. */
  #rows: ReadonlyMap<string, TopVariant> = new Map();

  constructor(context: JobContext, input: StageInput) {
    this.#context = context;
    this.#input = input;
    this.#lastMs = context.deps.clock.monotonicMs();
  }

  async writeIfDue(processedUnits: number, leaders: Leaders): Promise<void> {
    const { settings, clock } = this.#context.deps;
    const trigger = snapshotDue({
      nowMs: clock.monotonicMs(),
      lastSnapshotMs: this.#lastMs,
      processedUnits,
      lastSnapshotUnits: this.#lastUnits,
      snapshotSeconds: settings.snapshotSeconds,
      snapshotVariantsStep: settings.snapshotVariantsStep,
    });
    if (trigger !== null) await this.#write(trigger, processedUnits, leaders);
  }

  async writeIfChanged(processedUnits: number, leaders: Leaders): Promise<void> {
    if (leaders.changes !== this.#lastChanges) await this.#write("final", processedUnits, leaders);
  }

  async #write(trigger: string, processedUnits: number, leaders: Leaders): Promise<void> {
    const { deps, lease, log } = this.#context;
    const rows = leaders.ranked().map((variant) => {
      const known = this.#rows.get(variant.variantKey);
      if (known?.rank === variant.rank) return known;
      return known ? { ...known, rank: variant.rank } : summaryRow(variant, this.#input.sweep.plan);
    });
    this.#rows = new Map(rows.map((row) => [row.variantKey, row]));
    await this.#context.fenced("snapshot", () => deps.results.replaceTopVariants(lease, rows));
    this.#lastMs = deps.clock.monotonicMs();
    this.#lastUnits = processedUnits;
    this.#lastChanges = leaders.changes;
    log.debug("snapshot_written", { trigger, rows: rows.length });
  }
}

function batching(context: JobContext, input: StageInput) {
  const { compute, batchSize } = context.deps;
  return {
    session: input.session,
    bars: input.sweep.timeline.candles.close.length,
    // one more than there are threads, so that none idles while a boundary is written
    inFlight: compute.threads + 1,
    ...(batchSize ? { batchSize: batchSize() } : {}),
  };
}
