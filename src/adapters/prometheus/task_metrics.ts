import { Counter, Histogram, type Registry } from "prom-client";
import type {
  OptimizationStopKind,
  TaskMetrics,
  TaskOutcomeWord,
  TaskRetryCause,
} from "../../ports/task_metrics.ts";
import { jobRetries } from "./runner_metrics.ts";

const waitBuckets = [0.01, 0.05, 0.1, 0.5, 1, 2, 5, 15, 30, 60, 120, 300];
const execBuckets = [0.1, 0.25, 0.5, 1, 2, 5, 15, 30, 60, 120, 300, 900];

const outcomes: readonly TaskOutcomeWord[] = [
  "succeeded",
  "failed",
  "cancelled",
  "early-stopped",
  "lease_lost",
  "released",
  "retried",
];
const causes: readonly TaskRetryCause[] = ["lease_expired", "upstream"];
const kinds: readonly OptimizationStopKind[] = ["early_stop", "cancel", "task_failed"];

/** Metrics of tasks on a registry that has those of the worker; a task that is started again counts among all retries. */
export function prometheusTaskMetrics(registry: Registry): TaskMetrics {
  const registers = [registry];
  const wait = new Histogram({
    name: "backtest_task_wait_seconds",
    help: "From the dispatch of a task to its first claim.",
    buckets: waitBuckets,
    registers,
  });
  const execution = new Histogram({
    name: "backtest_task_exec_seconds",
    help: "From the claim of a task to the end of work on it.",
    buckets: execBuckets,
    registers,
  });
  const ended = new Counter({
    name: "backtest_tasks_total",
    help: "Claims of tasks by how work on them ended.",
    labelNames: ["outcome"],
    registers,
  });
  const retried = new Counter({
    name: "backtest_task_retries_total",
    help: "Tasks started again by cause; each counts in job_retry_total, too.",
    labelNames: ["cause"],
    registers,
  });
  const stops = new Counter({
    name: "backtest_optimization_stops_total",
    help: "Optimizations that ended before their last task.",
    labelNames: ["kind"],
    registers,
  });
  for (const outcome of outcomes) ended.inc({ outcome }, 0);
  for (const cause of causes) retried.inc({ cause }, 0);
  for (const kind of kinds) stops.inc({ kind }, 0);
  const all = jobRetries(registry);
  return {
    taskClaimed({ waitSeconds }) {
      if (waitSeconds !== null) wait.observe(waitSeconds);
    },
    taskProcessed({ outcome, seconds }) {
      ended.inc({ outcome });
      execution.observe(seconds);
    },
    taskRetried(cause) {
      retried.inc({ cause });
      all.inc();
    },
    optimizationStopped: (kind) => stops.inc({ kind }),
  };
}
