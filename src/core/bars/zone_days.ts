import type { DayStart } from "./day_start.ts";
import { zoneOffsets } from "./zone_offset.ts";

/** A day of a market, half-open, epoch ms UTC; 23 to 25 hours long where clocks change. */
export interface ZoneDay {
  /** Days since 1970 of the date on which it starts, in its zone. */
  readonly number: number;
  readonly startMs: number;
  readonly endMs: number;
}

/** The days of a market. */
export interface ZoneDays {
  /** The day that holds a time. */
  dayAt(timeMs: number): ZoneDay;
  /** When the day of a number starts. */
  startOf(number: number): number;
}

/**
 * The days that start at a time of day in a zone. Days follow the wall clock of the zone; a start that a change of clocks leaves out is
 * moved on by the length of the change, of one that happens twice the first counts, as RFC 5545 has it. Cheap for times
 * that ascend: the day before is kept.
 */
export function zoneDays({ minutes, zone }: DayStart): ZoneDays {
  const offsetMs = zoneOffsets(zone);
  const startOf = (day: number) => instantOf(day * dayMs + minutes * 60_000, offsetMs);
  let held = { number: NaN, startMs: NaN, endMs: NaN };
  const hold = (number: number) => held = { number, startMs: startOf(number), endMs: startOf(number + 1) };
  const holds = (timeMs: number) => timeMs >= held.startMs && timeMs < held.endMs;
  const dayAt = (timeMs: number) => {
    if (holds(timeMs)) return held;
    if (timeMs >= held.endMs && timeMs < held.endMs + dayMs / 2) {
      held = { number: held.number + 1, startMs: held.endMs, endMs: startOf(held.number + 2) };
      // a zone that crosses the date line leaves out a day
      if (holds(timeMs)) return held;
    }
    hold(Math.floor((timeMs + offsetMs(timeMs) - minutes * 60_000) / dayMs));
    // where the clocks changed since the day's start, the local time may name its neighbour
    if (timeMs < held.startMs) hold(held.number - 1);
    else if (timeMs >= held.endMs) hold(held.number + 1);
    return held;
  };
  return { dayAt, startOf };
}

const dayMs = 86_400_000;

/** The time at which clocks with these offsets show `localMs`, read as if it were UTC. */
function instantOf(localMs: number, offsetMs: (timeMs: number) => number): number {
  const before = localMs - offsetMs(localMs - dayMs);
  const after = localMs - offsetMs(localMs + dayMs);
  if (before === after || before + offsetMs(before) === localMs) return before;
  // clocks that are put forward skip it: what they would have shown had they not been
  return after + offsetMs(after) === localMs ? after : before;
}
