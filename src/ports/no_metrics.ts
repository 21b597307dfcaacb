import type { RunnerMetrics } from "./runner_metrics.ts";

/** Metrics that nobody reads. */
export const noMetrics: RunnerMetrics = {
  claimAnswered() {},
  jobClaimed() {},
  jobProcessed() {},
  attemptsExhausted() {},
  jobPutOff() {},
  writeRefused() {},
  stageDone() {},
};
