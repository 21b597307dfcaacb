import type { RunnerMetrics } from "../../ports/runner_metrics.ts";

/** Metrics that nobody reads. */
export const noMetrics: RunnerMetrics = {
  jobClaimed() {},
  jobProcessed() {},
  attemptsExhausted() {},
  stageDone() {},
};
