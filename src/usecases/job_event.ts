import type { JobEvent } from "../answers/job.ts";
import { ruinedMember } from "../core/execution/mod.ts";
import { isTerminal, type Pace, ProgressRate, type Stage } from "../core/job/mod.ts";
import { sha256Hex } from "../core/text/mod.ts";
import { type JobChanges, type JobSnapshot, snapshotsMax } from "../ports/job_changes.ts";
import type { EventKind } from "./event_hub.ts";

const stageLabels: Readonly<Record<Stage, string>> = {
  stage_a: "Stage A: ranking signals without risk",
  stage_b: "Stage B: expanding the shortlist over stops and targets",
  finalizing: "Finalizing: replaying the winners with trades and reports",
};

/** Jobs as the event hub watches them. */
export function jobEventKind(changes: JobChanges): EventKind<JobSnapshot, JobEvent> {
  return {
    look: (ids) => changes.look(ids),
    lookMax: snapshotsMax,
    idOf: ({ jobId }) => jobId,
    versionOf,
    isEnd: ({ state }) => isTerminal(state),
    teller() {
      const rate = new ProgressRate();
      return (snapshot) => jobEvent(snapshot, rate.next(snapshot));
    },
  };
}

/** The event of a snapshot. */
export function jobEvent(snapshot: JobSnapshot, pace: Pace): JobEvent {
  const { state, stage, processedUnits, totalUnits, best, cancelRequestedAtMs } = snapshot;
  return {
    job_id: snapshot.jobId,
    state,
    stage,
    stage_label: state === "running" ? stageLabels[stage] : state,
    processed_units: processedUnits,
    total_units: totalUnits,
    percent: percentOf(snapshot),
    rate_per_second: rounded(pace.ratePerSecond),
    eta_seconds: rounded(pace.etaSeconds),
    updated_at: new Date(snapshot.updatedAtMs).toISOString(),
    cancel_requested_at: cancelRequestedAtMs === null ? null : new Date(cancelRequestedAtMs).toISOString(),
    best: best && {
      variant_key: best.variantKey,
      total_return_pct: best.totalReturnPct,
      ...ruinedMember(best.totalReturnPct),
      payload: best.payload,
      metrics: best.metrics,
    },
    last_error_json: snapshot.lastErrorJson,
    terminal: isTerminal(state),
  };
}

function percentOf({ state, processedUnits, totalUnits }: JobSnapshot): number | null {
  if (state === "succeeded") return 100;
  return totalUnits === 0 ? null : Math.floor(processedUnits / totalUnits * 10_000) / 100;
}

/**
 * Names what a snapshot shows in 12 hex digits. A heartbeat shows nothing new and has no version of its own, and the
 * same snapshot has the same version in every process, so a stream can be resumed anywhere.
 */
export function versionOf(snapshot: JobSnapshot): string {
  const { state, stage, processedUnits, totalUnits, cancelRequestedAtMs, best } = snapshot;
  const shown = [
    state,
    stage,
    processedUnits,
    totalUnits,
    cancelRequestedAtMs,
    best?.variantKey,
    best?.totalReturnPct,
  ];
  return sha256Hex(JSON.stringify(shown)).slice(0, 12);
}

function rounded(value: number | null): number | null {
  return value === null ? null : Math.round(value * 100) / 100;
}
