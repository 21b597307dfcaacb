import type { Clock, Session } from "../../../src/core/rules/mod.ts";

/** A part of a time in UTC; weekdays count from Monday, 1, to Sunday, 7. */
export function clockAt(clock: Clock, timeMs: number): number {
  const date = new Date(timeMs);
  const parts: Readonly<Record<Clock, number>> = {
    minute: date.getUTCMinutes(),
    hour: date.getUTCHours(),
    weekday: date.getUTCDay() || 7,
    day: date.getUTCDate(),
    month: date.getUTCMonth() + 1,
    year: date.getUTCFullYear(),
  };
  return parts[clock];
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Whether the clocks of a zone show a time within a session, start inclusive and end exclusive, or over midnight. */
export function isInSession({ startMinute, endMinute, zone }: Session, timeMs: number): boolean {
  let format = formats.get(zone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat("en-GB", {
      timeZone: zone,
      hour: "2-digit",
      minute: "2-digit",
      hourCycle: "h23",
    });
    formats.set(zone, format);
  }
  const [hours, minutes] = format.format(timeMs).split(":").map(Number);
  const now = hours! * 60 + minutes!;
  return startMinute < endMinute
    ? now >= startMinute && now < endMinute
    : now >= startMinute || now < endMinute;
}
