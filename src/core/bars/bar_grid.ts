import { durationText } from "../text/mod.ts";
import { type DayStart, dayStartText } from "./day_start.ts";
import { zoneDays } from "./zone_days.ts";

/** The room of one bar, half-open, epoch ms UTC. */
export interface Bucket {
  readonly openMs: number;
  readonly closeMs: number;
}

/** Where the bars of one length lie on the time line, with or without data. */
export interface BarGrid {
  /** Length of a bar in ms; one that the end of a day cuts off, or a day on which clocks change, has another. */
  readonly barMs: number;
  /** Whether all bars are `barMs` long. */
  readonly even: boolean;
  /** The bucket that holds a time. */
  bucketAt(timeMs: number): Bucket;
  /** For messages: `every 4h from 17:00 America/New_York`. */
  readonly text: string;
}

const hourMs = 3_600_000;

/**
 * Bars on the epoch's own grid, days from midnight UTC; with a day start, bars of an hour or more are counted from each
 * start of a day, and the last one of a day ends with it.
 */
export function barGrid(barMs: number, dayStart: DayStart | null): BarGrid {
  return dayStart === null || barMs < hourMs ? epochGrid(barMs) : dayGrid(barMs, dayStart);
}

function epochGrid(barMs: number): BarGrid {
  return {
    barMs,
    even: true,
    text: `every ${durationText(barMs)} from 00:00 UTC`,
    bucketAt(timeMs) {
      const openMs = Math.floor(timeMs / barMs) * barMs;
      return { openMs, closeMs: openMs + barMs };
    },
  };
}

function dayGrid(barMs: number, dayStart: DayStart): BarGrid {
  const dayAt = zoneDays(dayStart);
  return {
    barMs,
    even: false,
    text: `every ${durationText(barMs)} from ${dayStartText(dayStart)}`,
    bucketAt(timeMs) {
      const { startMs, endMs } = dayAt(timeMs);
      if (barMs >= dayMs) return { openMs: startMs, closeMs: endMs };
      const openMs = startMs + Math.floor((timeMs - startMs) / barMs) * barMs;
      return { openMs, closeMs: Math.min(openMs + barMs, endMs) };
    },
  };
}

const dayMs = 86_400_000;
