import { manualClock } from "../memory/clock.ts";
import { memoryJobs } from "../memory/jobs.ts";
import { testRunRepository } from "./run_repository_contract.ts";
import { testRunSteps } from "./run_steps_contract.ts";
import type { RunStoresFactory } from "./run_stores.ts";
import { testRunSweeps } from "./run_sweeps_contract.ts";
import { testScenarios } from "./scenario_contract.ts";

const memory: RunStoresFactory = {
  name: "memory",
  parallel: true,
  open() {
    const clock = manualClock(Date.UTC(2026, 0, 1));
    const { jobs, runStores } = memoryJobs(clock);
    return Promise.resolve({
      jobs,
      ...runStores,
      passTime: (ms) => clock.advance(ms),
      close: () => Promise.resolve(),
    });
  },
};

testRunRepository(memory);
testRunSteps(memory);
testRunSweeps(memory);
testScenarios(memory);
