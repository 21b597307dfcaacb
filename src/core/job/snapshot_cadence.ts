/** What made a snapshot due. */
export type SnapshotTrigger = "seconds" | "variants";

/** Both triggers and where the stage stands against them. The marks move after each snapshot. */
export interface SnapshotProgress {
  /** Monotonic ms. */
  readonly nowMs: number;
  /** When the last snapshot was written, or Stage B began. */
  readonly lastSnapshotMs: number;
  readonly processedUnits: number;
  /** `processedUnits` at the last snapshot, 0 when Stage B began. */
  readonly lastSnapshotUnits: number;
  /** Null: time is no trigger. */
  readonly snapshotSeconds: number | null;
  /** Null: progress is no trigger. */
  readonly snapshotVariantsStep: number | null;
}

/** Whether a running job's ranking should be written now: enough time OR enough variants; time is named first. */
export function snapshotDue(progress: SnapshotProgress): SnapshotTrigger | null {
  const { snapshotSeconds, snapshotVariantsStep } = progress;
  const elapsedMs = progress.nowMs - progress.lastSnapshotMs;
  if (snapshotSeconds !== null && elapsedMs >= snapshotSeconds * 1000) return "seconds";
  const done = progress.processedUnits - progress.lastSnapshotUnits;
  if (snapshotVariantsStep !== null && done >= snapshotVariantsStep) return "variants";
  return null;
}
