import type { OptimizationEvent } from "../answers/optimization.ts";
import { isTerminal, ProgressRate } from "../core/job/mod.ts";
import { optimizationStatus } from "../core/optimization/mod.ts";
import { sha256Hex } from "../core/text/mod.ts";
import { type JobChanges, type JobSnapshot, snapshotsMax } from "../ports/job_changes.ts";
import type { OptimizationReader, OptimizationState } from "../ports/optimization_reader.ts";
import type { EventKind } from "./event_hub.ts";
import { jobEvent, versionOf } from "./job_event.ts";
import { optimizationSummary } from "./optimization_view.ts";

/** An optimisation as it was looked at. */
interface Snapshot {
  readonly job: JobSnapshot;
  readonly state: OptimizationState;
}

/** Optimisations as the event hub watches them: their jobs, with the summary. */
export function optimizationEventKind(
  changes: JobChanges,
  optimizations: OptimizationReader,
): EventKind<Snapshot, OptimizationEvent> {
  return {
    lookMax: snapshotsMax,
    async look(ids) {
      const [jobs, states] = await Promise.all([changes.look(ids), optimizations.look(ids)]);
      const byId = new Map(states.map((state) => [state.job.jobId, state]));
      return jobs.flatMap((job) => {
        const state = byId.get(job.jobId);
        return state === undefined ? [] : [{ job, state }];
      });
    },
    idOf: ({ job }) => job.jobId,
    versionOf({ job, state }) {
      const { optimization: { tasksFinished, topTasks, stopReason }, tasksRunning } = state;
      const shown = [
        versionOf(job),
        tasksFinished,
        tasksRunning,
        stopReason?.seq,
        topTasks.map(({ seq }) => seq),
      ];
      return sha256Hex(JSON.stringify(shown)).slice(0, 12);
    },
    isEnd: ({ job: { state } }) => isTerminal(state),
    teller() {
      const rate = new ProgressRate();
      return ({ job, state }) => ({
        ...jobEvent(job, rate.next(job)),
        // the two were read one after the other
        status: optimizationStatus(job, state.optimization),
        summary: optimizationSummary(state),
        stop_reason: state.optimization.stopReason,
      });
    },
  };
}
