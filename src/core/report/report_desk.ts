import { closesOf, type Timeline } from "../bars/mod.ts";
import { lastBarsOfDays } from "./daily_ratios.ts";

/** What the reports over one timeline share: its days, and room for one equity curve at a time. */
export interface ReportDesk {
  readonly timeline: Timeline;
  /** See `lastBarsOfDays`. */
  readonly dayEnds: Int32Array<ArrayBuffer>;
  /** One entry per bar of the slice; every report overwrites it. */
  readonly equity: Float64Array<ArrayBuffer>;
}

/** A desk for the reports over a timeline. */
export function reportDesk(timeline: Timeline): ReportDesk {
  const { start, stop } = timeline.slice;
  return {
    timeline,
    dayEnds: lastBarsOfDays(closesOf(timeline)),
    equity: new Float64Array(stop - start),
  };
}
