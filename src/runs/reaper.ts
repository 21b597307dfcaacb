import { orphanedError, staleError } from "../core/run/mod.ts";
import { runBaselineSeconds, runDrainsMax } from "../core/limits/mod.ts";
import type { Clock } from "../ports/clock.ts";
import type { HeldRuns } from "../ports/held_runs.ts";
import type { Log } from "../ports/log.ts";
import type { RunMetrics } from "../ports/run_metrics.ts";
import { makeBaselines } from "./baselines.ts";
import { type RunDeps, tellEnded } from "./deps.ts";
import type { RunHolds } from "./run_loader.ts";
import { settled } from "./settle.ts";

/** One thing that is looked after in a pass. */
export interface RunSweep {
  readonly name: string;
  run(): Promise<void>;
}

/** How often what is done, and until when. */
export interface ReaperOptions {
  readonly sweeps: readonly RunSweep[];
  readonly seconds: number;
  /** 0 to 1; where in its first interval it begins, so that replicas do not look all at once. */
  readonly jitter: number;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Pick<RunMetrics, "reaped">;
  readonly stop: AbortSignal;
}

/**
 * Does all sweeps again and again until `stop`. Nothing that one of them throws ends it, not even what is no Error: it is
 * logged, and done again in the next pass.
 */
export async function runReaper(options: ReaperOptions): Promise<void> {
  const { seconds, jitter, clock, stop } = options;
  await clock.sleep(seconds * jitter * 1000, stop);
  while (!stop.aborted) {
    await reapOnce(options);
    await clock.sleep(seconds * 1000, stop);
  }
}

/** One pass. */
export async function reapOnce(
  { sweeps, clock, log, metrics, stop }: Omit<ReaperOptions, "seconds" | "jitter">,
): Promise<void> {
  const startedMs = clock.monotonicMs();
  for (const sweep of sweeps) {
    if (stop.aborted) return;
    try {
      await sweep.run();
    } catch (error) {
      log.warn("run_sweep_failed", { sweep: sweep.name, error });
    }
  }
  metrics.reaped((clock.monotonicMs() - startedMs) / 1000);
}

/** What the sweeps of runs work with. */
export interface SweepDeps extends RunDeps {
  readonly held: HeldRuns;
  readonly holds: RunHolds;
  readonly config: {
    readonly heartbeat_stale_seconds: number;
    readonly retention_days: number;
  };
}

/** What is looked after in runs, in the order in which it is. */
export function runSweeps(deps: SweepDeps): readonly RunSweep[] {
  const { sweeps, held, holds, log, config } = deps;
  return [
    {
      name: "heartbeat",
      async run() {
        const mine = [holds.runIds, ...holds.others].flatMap((runIds) => [...runIds]);
        const kept = new Set(await held.heartbeat(holds.holder, mine));
        const lost = mine.filter((runId) => !kept.has(runId));
        // those that ended meanwhile are among them
        if (lost.length > 0) log.debug("run_holds_lost", { run_ids: lost });
      },
    },
    { name: "drain", run: () => drainDue(deps) },
    { name: "stale", run: () => failStale(deps, config.heartbeat_stale_seconds) },
    {
      name: "baselines",
      async run() {
        const found = await sweeps.listWithoutBaselines({ seconds: runBaselineSeconds, limit: 20 });
        for (const runId of found) {
          const run = await deps.runs.get(runId);
          if (run !== null) await one(runId, { log, work: () => makeBaselines(run, deps) });
        }
      },
    },
    {
      name: "prune",
      async run() {
        const pruned = await sweeps.prune({ olderThanMs: config.retention_days * dayMs, limit: prunedMax });
        if (pruned > 0) log.info("runs_pruned", { runs: pruned });
      },
    },
  ];
}

const dayMs = 86_400_000;
/** Runs that one pass deletes. */
const prunedMax = 500;

/** Lets the deadlines of all runs that are due close their steps, one transaction each. */
async function drainDue(deps: RunDeps): Promise<void> {
  const due = await deps.sweeps.listDue({ limit: runDrainsMax });
  for (const runId of due) await one(runId, { log: deps.log, work: () => settled(runId, deps) });
}

/** A failure with one run does not keep the others. */
async function one(
  runId: string,
  { log, work }: { readonly log: Log; readonly work: () => Promise<unknown> },
): Promise<void> {
  try {
    await work();
  } catch (error) {
    log.warn("run_sweep_failed", { run_id: runId, error });
  }
}

async function failStale(deps: RunDeps, seconds: number): Promise<void> {
  for (const run of await deps.sweeps.failStale({ seconds, error: staleError(seconds) })) {
    const { runId: run_id, kind, stepIndex: step_index } = run;
    deps.log.warn("run_stale", { run_id, kind, step_index });
    tellEnded(run, { deps, outcome: "stale" });
  }
}

/** Fails what any process worked on: where there is only one, it is the one that starts now. */
export async function recoverRuns(deps: RunDeps): Promise<void> {
  for (const run of await deps.sweeps.failStale({ seconds: 0, error: orphanedError() })) {
    deps.log.warn("run_recovered", { run_id: run.runId, kind: run.kind });
    tellEnded(run, { deps });
  }
}
