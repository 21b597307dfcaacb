import { zoneOffsets } from "../bars/mod.ts";
import type { Session } from "./expression.ts";
import type { Clock } from "./vocabulary.ts";

const minuteMs = 60_000;
const quarterMs = 15 * minuteMs;
const dayMs = 24 * 60 * minuteMs;

/** A part of the open times of bars in UTC; weekdays count from Monday, 1, to Sunday, 7. */
export function clockColumn(clock: Clock, tsOpenMs: Float64Array): Float32Array<ArrayBuffer> {
  const column = new Float32Array(tsOpenMs.length);
  const date = new Date(0);
  tsOpenMs.forEach((timeMs, bar) => {
    date.setTime(timeMs);
    column[bar] = partOf(clock, date);
  });
  return column;
}

function partOf(clock: Clock, date: Date): number {
  switch (clock) {
    case "minute":
      return date.getUTCMinutes();
    case "hour":
      return date.getUTCHours();
    case "weekday":
      return date.getUTCDay() || 7;
    case "day":
      return date.getUTCDate();
    case "month":
      return date.getUTCMonth() + 1;
    case "year":
      return date.getUTCFullYear();
  }
}

/**
 * Which bars open within a session, by the wall clock of its zone: start inclusive, end exclusive, over midnight when the
 * start is above the end. Bit b of byte B is bar `8 * B + b`. Zones change their offset on a quarter of an hour, so that an
 * offset is asked for once a day where it stays, and once a quarter on a day on which it does not.
 */
export function sessionBits(
  { startMinute, endMinute, zone }: Session,
  tsOpenMs: Float64Array,
): Uint8Array<ArrayBuffer> {
  const bits = new Uint8Array(Math.ceil(tsOpenMs.length / 8));
  const offsetAt = heldOffsets(zone);
  tsOpenMs.forEach((timeMs, bar) => {
    const minute = Math.floor(modulo(timeMs + offsetAt(timeMs), dayMs) / minuteMs);
    const isWithin = startMinute < endMinute
      ? minute >= startMinute && minute < endMinute
      : minute >= startMinute || minute < endMinute;
    if (isWithin) bits[bar >> 3] = bits[bar >> 3]! | 1 << (bar & 7);
  });
  return bits;
}

/** Offsets of a zone in ms, cheap for times that follow each other. */
function heldOffsets(zone: string): (timeMs: number) => number {
  const offsetMs = zoneOffsets(zone);
  let [fromMs, toMs, held] = [Infinity, -Infinity, 0];
  return (timeMs) => {
    if (timeMs >= fromMs && timeMs < toMs) return held;
    const dayStart = Math.floor(timeMs / dayMs) * dayMs;
    const isSame = offsetMs(dayStart) === offsetMs(dayStart + dayMs);
    const length = isSame ? dayMs : quarterMs;
    fromMs = Math.floor(timeMs / length) * length;
    toMs = fromMs + length;
    return held = offsetMs(fromMs);
  };
}

function modulo(value: number, length: number): number {
  return ((value % length) + length) % length;
}
