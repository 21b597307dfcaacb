import type { TimeRange } from "./candles.ts";
import { localMoments, zoneOffsets } from "./zone_offset.ts";

const minuteMs = 60_000;
const dayMs = 86_400_000;

/** From when to when a market is open, in minutes since midnight of the day it opens on; beyond 1440 on the next one. */
export interface OpenSpan {
  readonly fromMinute: number;
  readonly toMinute: number;
}

/** When a market is open, as its config says. */
export interface MarketHours {
  /** Of all times and dates, such as `America/New_York`. */
  readonly zone: string;
  /** On days of the week, 0 is Sunday. */
  readonly sessions: readonly (OpenSpan & { readonly days: readonly number[] })[];
  /** Days on which it does not open, `2025-12-25`. */
  readonly closed: ReadonlySet<string>;
  /** Days with a session of their own in place of the usual ones. */
  readonly short: ReadonlyMap<string, OpenSpan>;
}

const dayNames = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
const span = /^([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]|24(?=:00)):([0-5]\d)$/;

/** Reads `09:30-16:00`; an end that is not later than its begin is on the next day. Null for anything else. */
export function parseSpan(text: string): OpenSpan | null {
  const match = span.exec(text.trim());
  if (match === null) return null;
  const [fromHour, from, toHour, to] = match.slice(1).map(Number) as [number, number, number, number];
  const [fromMinute, toMinute] = [fromHour * 60 + from, toHour * 60 + to];
  return { fromMinute, toMinute: toMinute > fromMinute ? toMinute : toMinute + 1440 };
}

/** Reads `Mon-Fri 09:30-16:00` or `Sat 10:00-12:00`; days may go over the end of the week. Null for anything else. */
export function parseSession(text: string): MarketHours["sessions"][number] | null {
  const [, first, last, times] = /^([A-Za-z]{3})(?:-([A-Za-z]{3}))? +(\S+)$/.exec(text.trim()) ?? [];
  const [from, to] = [first, last ?? first].map((name) => dayNames.indexOf(name?.toLowerCase() ?? "")) as [
    number,
    number,
  ];
  const open = parseSpan(times ?? "");
  if (from < 0 || to < 0 || open === null) return null;
  const count = (to - from + 7) % 7 + 1;
  return { ...open, days: Array.from({ length: count }, (_, index) => (from + index) % 7) };
}

/** When a market is open from the day before a range to the day after it, in order of time; overlapping spans are one. */
export function openTimes(hours: MarketHours, { startMs, endMs }: TimeRange): readonly TimeRange[] {
  const moments = localMoments(hours.zone);
  const atUtc = (localMs: number) => moments(localMs)[0] ?? localMs - zoneOffsets(hours.zone)(localMs);
  const found: { startMs: number; endMs: number }[] = [];
  for (let day = Math.floor(startMs / dayMs) - 2; day * dayMs < endMs + 2 * dayMs; day++) {
    for (const { fromMinute, toMinute } of sessionsOf(hours, day)) {
      const start = atUtc(day * dayMs + fromMinute * minuteMs);
      const end = atUtc(day * dayMs + toMinute * minuteMs);
      const before = found.at(-1);
      if (before !== undefined && start <= before.endMs) before.endMs = Math.max(before.endMs, end);
      else found.push({ startMs: start, endMs: end });
    }
  }
  return found;
}

/** Spans of a day, counted from 1970, in order. */
function sessionsOf({ sessions, closed, short }: MarketHours, day: number): readonly OpenSpan[] {
  const date = new Date(day * dayMs);
  const text = date.toISOString().slice(0, 10);
  if (closed.has(text)) return [];
  const own = short.get(text);
  if (own !== undefined) return [own];
  return sessions.filter(({ days }) => days.includes(date.getUTCDay())).toSorted((a, b) =>
    a.fromMinute - b.fromMinute
  );
}

/**
 * Runs of bars that a market's hours expect between the first and the last of some, and that are not among them: bars of
 * less than a day wherever they would reach into an open time, in step with those there are; one a day on which it opens. Null
 * for longer bars.
 */
export function missingInHours(
  tsOpenMs: Float64Array,
  { hours, barMs }: { readonly hours: MarketHours; readonly barMs: number },
): readonly number[] | null {
  if (barMs > dayMs || tsOpenMs.length === 0) return barMs > dayMs ? null : [];
  return barMs === dayMs ? missingDays(tsOpenMs, hours) : missingSlots(tsOpenMs, { hours, barMs });
}

function missingSlots(
  tsOpenMs: Float64Array,
  { hours, barMs }: { readonly hours: MarketHours; readonly barMs: number },
): readonly number[] {
  const [firstMs, lastMs] = [tsOpenMs[0]!, tsOpenMs[tsOpenMs.length - 1]!];
  const runs = new Runs();
  let row = 0;
  let phaseMs = firstMs;
  for (const { startMs, endMs } of openTimes(hours, { startMs: firstMs, endMs: lastMs })) {
    while (row < tsOpenMs.length && tsOpenMs[row]! <= startMs - barMs) row++;
    // bars of another season may be in another step
    if (row < tsOpenMs.length && tsOpenMs[row]! < endMs) phaseMs = tsOpenMs[row]!;
    const first = phaseMs + (Math.floor((startMs - barMs - phaseMs) / barMs) + 1) * barMs;
    for (let slotMs = first > startMs - barMs ? first : first + barMs; slotMs < endMs; slotMs += barMs) {
      if (slotMs <= firstMs || slotMs >= lastMs) continue;
      while (row < tsOpenMs.length && tsOpenMs[row]! < slotMs - barMs / 2) row++;
      runs.take(row < tsOpenMs.length && tsOpenMs[row]! < slotMs + barMs / 2);
    }
  }
  return runs.found();
}

function missingDays(tsOpenMs: Float64Array, hours: MarketHours): readonly number[] {
  const offsetAt = zoneOffsets(hours.zone);
  // the middle of a day lies in it, whether it begins at midnight UTC, at that of the zone, or the evening before
  const dayOf = (openMs: number) => {
    const middleMs = openMs + dayMs / 2;
    return Math.floor((middleMs + offsetAt(middleMs)) / dayMs);
  };
  const there = new Set(Array.from(tsOpenMs, dayOf));
  const [first, last] = [dayOf(tsOpenMs[0]!), dayOf(tsOpenMs[tsOpenMs.length - 1]!)];
  const runs = new Runs();
  for (let day = first + 1; day < last; day++) {
    if (sessionsOf(hours, day).length > 0) runs.take(there.has(day));
  }
  return runs.found();
}

/** Counts what is missing in a row. */
class Runs {
  readonly #runs: number[] = [];
  #run = 0;

  take(isThere: boolean): void {
    if (!isThere) this.#run++;
    else if (this.#run > 0) {
      this.#runs.push(this.#run);
      this.#run = 0;
    }
  }

  found(): readonly number[] {
    return this.#run > 0 ? [...this.#runs, this.#run] : this.#runs;
  }
}
