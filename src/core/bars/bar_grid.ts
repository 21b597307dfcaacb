import { validationError } from "../errors/mod.ts";
import { type DayStart, dayStartText } from "./day_start.ts";
import { type Timeframe, timeframeMs } from "./timeframe.ts";
import { zoneDays } from "./zone_days.ts";
import { zoneOffsets } from "./zone_offset.ts";

/** The room of one bar, half-open, epoch ms UTC. */
export interface Bucket {
  readonly openMs: number;
  readonly closeMs: number;
}

/** Where the bars of one length lie on the time line, with or without data. */
export interface BarGrid {
  readonly timeframe: Timeframe;
  /** Length of a bar in ms, of a month the mean one; the end of a day, or one on which clocks change, makes others. */
  readonly barMs: number;
  /** Whether all bars are `barMs` long. */
  readonly even: boolean;
  /** The bucket that holds a time. */
  bucketAt(timeMs: number): Bucket;
  /** A time with at least `bars` bars between it and another, on the start of a bar unless bars are even. */
  before(timeMs: number, bars: number): number;
  /** No more bars than this open in so many ms. */
  barsIn(ms: number): number;
  /** For messages: `every 4h from 17:00 America/New_York`. */
  readonly text: string;
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const mondayMs = 4 * dayMs; // the epoch was a Thursday

/**
 * Bars on the epoch's own grid, days from midnight UTC, weeks from Monday, months of the calendar. With a day start, bars
 * of an hour or more are counted from each start of a day, and the last one of a day ends with it; longer ones are whole
 * days. Throws a `validation_error` for bars that are longer than a day and no whole days, where days have a start.
 */
export function barGrid(timeframe: Timeframe, dayStart: DayStart | null): BarGrid {
  const barMs = timeframeMs(timeframe);
  const starts = barMs < hourMs ? null : dayStart;
  if (timeframe === "1M") return starts === null ? monthGrid() : daysGrid(timeframe, starts, monthOf);
  if (starts === null) return evenGrid(timeframe, timeframe === "1w" ? mondayMs : 0);
  if (barMs < dayMs) return insideDayGrid(timeframe, starts);
  if (barMs % dayMs !== 0) throw noWholeDays(timeframe, starts);
  const days = barMs / dayMs;
  const first = timeframe === "1w" ? mondayMs / dayMs : 0;
  return daysGrid(timeframe, starts, (day) => {
    const from = first + Math.floor((day - first) / days) * days;
    return [from, from + days];
  });
}

function evenGrid(timeframe: Timeframe, originMs: number): BarGrid {
  const barMs = timeframeMs(timeframe);
  return {
    timeframe,
    barMs,
    even: true,
    text: `every ${timeframe} from ${originMs === 0 ? "" : "Monday "}00:00 UTC`,
    bucketAt(timeMs) {
      const openMs = originMs + Math.floor((timeMs - originMs) / barMs) * barMs;
      return { openMs, closeMs: openMs + barMs };
    },
    before: (timeMs, bars) => timeMs - bars * barMs,
    barsIn: (ms) => Math.ceil(ms / barMs) + 1,
  };
}

/** Months of UTC. */
function monthGrid(): BarGrid {
  const openOf = (month: number) => Date.UTC(1970, month, 1);
  const monthAt = (timeMs: number) => {
    const date = new Date(timeMs);
    return (date.getUTCFullYear() - 1970) * 12 + date.getUTCMonth();
  };
  return {
    timeframe: "1M",
    barMs: timeframeMs("1M"),
    even: false,
    text: "every 1M from the first, 00:00 UTC",
    bucketAt(timeMs) {
      const month = monthAt(timeMs);
      return { openMs: openOf(month), closeMs: openOf(month + 1) };
    },
    before: (timeMs, bars) => openOf(monthAt(timeMs) - bars),
    barsIn: (ms) => Math.ceil(ms / (28 * dayMs)) + 1,
  };
}

/** Bars of an hour to less than a day. */
function insideDayGrid(timeframe: Timeframe, dayStart: DayStart): BarGrid {
  const barMs = timeframeMs(timeframe);
  const { dayAt } = zoneDays(dayStart);
  const clockBefore = clocksBefore(dayStart);
  const bucketAt = (timeMs: number) => {
    const { startMs, endMs } = dayAt(timeMs);
    const openMs = startMs + Math.floor((timeMs - startMs) / barMs) * barMs;
    return { openMs, closeMs: Math.min(openMs + barMs, endMs) };
  };
  return {
    timeframe,
    barMs,
    even: false,
    text: `every ${timeframe} from ${dayStartText(dayStart)}`,
    bucketAt,
    before: (timeMs, bars) => bucketAt(clockBefore(timeMs, bars * barMs)).openMs,
    // days have 23 to 25 hours
    barsIn: (ms) => (Math.ceil(ms / (23 * hourMs)) + 2) * Math.ceil(25 * hourMs / barMs),
  };
}

/** Days that make a bar, `[from, to)` in days since 1970, of the one that a day belongs to. */
type DaysOfBar = (day: number) => readonly [from: number, to: number];

/** Bars of whole days. */
function daysGrid(timeframe: Timeframe, dayStart: DayStart, daysOf: DaysOfBar): BarGrid {
  const barMs = timeframeMs(timeframe);
  const { dayAt, startOf } = zoneDays(dayStart);
  const clockBefore = clocksBefore(dayStart);
  // a day that starts at 17:00 on Sunday is Monday's: it has the date on which most of it lies
  const ahead = dayStart.minutes >= 12 * 60 ? 1 : 0;
  let held: Bucket = { openMs: NaN, closeMs: NaN };
  const bucketAt = (timeMs: number) => {
    if (timeMs >= held.openMs && timeMs < held.closeMs) return held;
    const [from, to] = daysOf(dayAt(timeMs).number + ahead);
    held = { openMs: startOf(from - ahead), closeMs: startOf(to - ahead) };
    return held;
  };
  const start = dayStartText(dayStart);
  const first = timeframe === "1w" ? "Monday, " : timeframe === "1M" ? "the first, " : "";
  const isMonth = timeframe === "1M";
  const months = monthGrid();
  return {
    timeframe,
    barMs,
    even: false,
    text: `every ${timeframe} from ${first}${start}${
      first !== "" && ahead === 1 ? " of the day before" : ""
    }`,
    bucketAt,
    // a month's middle is in it, in every zone and however its days start
    before: (timeMs, bars) => {
      const { openMs, closeMs } = bucketAt(timeMs);
      return isMonth
        ? bucketAt(months.before((openMs + closeMs) / 2, bars) + 14 * dayMs).openMs
        : bucketAt(clockBefore(timeMs, bars * barMs)).openMs;
    },
    barsIn: (ms) => Math.ceil(ms / (isMonth ? 27 * dayMs : barMs * 23 / 24)) + 2,
  };
}

/** Goes back by hours on the clocks of a zone: where these were ahead then, an hour more. */
function clocksBefore({ zone }: DayStart): (timeMs: number, ms: number) => number {
  const offsetMs = zoneOffsets(zone);
  return (timeMs, ms) => {
    const beforeMs = timeMs - ms;
    return beforeMs - Math.max(offsetMs(beforeMs) - offsetMs(timeMs), 0);
  };
}

/** The days of the month that a day lies in. */
function monthOf(day: number): readonly [from: number, to: number] {
  const { openMs, closeMs } = monthGrid().bucketAt(day * dayMs);
  return [openMs / dayMs, closeMs / dayMs];
}

function noWholeDays(timeframe: Timeframe, dayStart: DayStart): Error {
  const days = timeframeMs(timeframe) / dayMs;
  const message = `Cannot make ${timeframe} bars of days that start at ${dayStartText(dayStart)}: ` +
    `they are no whole days; nearest are ${Math.floor(days)}d and ${Math.ceil(days)}d`;
  return validationError(message, [{ path: "body.template.timeframe", code: "value_error", message }]);
}
