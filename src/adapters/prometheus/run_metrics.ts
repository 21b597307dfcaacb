import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import { runKinds, runStates } from "../../core/run/mod.ts";
import type { Clock } from "../../ports/clock.ts";
import { race } from "../../ports/race.ts";
import type { RunMetrics, RunOutcome } from "../../ports/run_metrics.ts";
import type { RunSweeps } from "../../ports/run_sweeps.ts";

const outcomes: readonly RunOutcome[] = [...ended(), "stale"];
const kinds = runKinds.filter((kind) => kind !== "baseline");
/** A scrape has a time limit of its own, and the process's other metrics with it. */
const answerMs = 2000;

/** Metrics of runs on `registry`; a second instance on the same registry throws. */
export function prometheusRunMetrics(registry: Registry): RunMetrics {
  const registers = [registry];
  const ends = new Counter({
    name: "backtest_runs_ended_total",
    help: "Runs that ended in this process.",
    labelNames: ["kind", "outcome"],
    registers,
  });
  const duration = new Histogram({
    name: "backtest_run_duration_seconds",
    help: "From the creation of a run to its end.",
    labelNames: ["kind"],
    buckets: [1, 5, 15, 60, 300, 900, 3600, 4 * 3600, 24 * 3600],
    registers,
  });
  const steps = new Counter({
    name: "backtest_run_steps_total",
    help: "Steps closed, by who closed them.",
    labelNames: ["source"],
    registers,
  });
  const decision = new Histogram({
    name: "backtest_run_decision_seconds",
    help: "From the opening of a step to the decision that closed it.",
    buckets: [0.1, 0.5, 1, 5, 15, 60, 300, 3600],
    registers,
  });
  const reaper = new Histogram({
    name: "backtest_run_reaper_seconds",
    help: "How long a pass of the reaper took.",
    buckets: [0.01, 0.05, 0.1, 0.5, 1, 5, 15, 60],
    registers,
  });
  const stale = new Counter({
    name: "backtest_runs_stale_total",
    help: "Runs that failed because nobody worked on them any more.",
    registers,
  });
  for (const kind of kinds) {
    for (const outcome of outcomes) ends.inc({ kind, outcome }, 0);
    duration.zero({ kind });
  }
  for (const source of ["agent", "timeout_hold"]) steps.inc({ source }, 0);
  return {
    stepsClosed: (source, count) => steps.inc({ source }, count),
    decided: (seconds) => decision.observe(seconds),
    runEnded({ kind, outcome, seconds }) {
      ends.inc({ kind, outcome });
      duration.observe({ kind }, seconds);
      if (outcome === "stale") stale.inc();
    },
    reaped: (seconds) => reaper.observe(seconds),
  };
}

/** Shows on `registry` how many runs there are now, when somebody scrapes; without an answer there are no samples. */
export function registerRunsActive(
  { countRunning }: Pick<RunSweeps, "countRunning">,
  { registry, clock }: { readonly registry: Registry; readonly clock: Clock },
): void {
  new Gauge({
    name: "backtest_runs_active",
    help: "Runs that are not over.",
    labelNames: ["kind"],
    registers: [registry],
    async collect() {
      const counting = countRunning().catch(() => null);
      const counts = await race(() => counting, { deadline: { clock, ms: answerMs, late: () => null } });
      this.reset();
      if (counts === null) return;
      for (const kind of kinds) this.set({ kind }, counts[kind] ?? 0);
    },
  });
}

function ended(): readonly RunOutcome[] {
  return runStates.filter((state) => state !== "running");
}
