import { validationError } from "../errors/mod.ts";
import { shown } from "../text/mod.ts";
import { isZone } from "./zone_offset.ts";

/** Where a market's day starts: a time of day in a zone, daylight saving time included. */
export interface DayStart {
  /** Minutes since local midnight, 0..1439. */
  readonly minutes: number;
  /** Name of the zone in the IANA database, such as `America/New_York`. */
  readonly zone: string;
}

const pattern = /^([01]\d|2[0-3]):([0-5]\d) ([A-Za-z][A-Za-z0-9_+/-]{0,63})$/;

/**
 * Reads `HH:MM Zone`, such as `17:00 America/New_York`. Throws a `validation_error` at `path` for another form and for a
 * zone the host does not know.
 */
export function parseDayStart(text: string, path: string): DayStart {
  const match = pattern.exec(text.trim());
  if (match === null) {
    throw refusal(path, `must be "HH:MM Zone" such as "17:00 America/New_York", got ${shown(text)}`);
  }
  const [, hours, minutes, zone] = match;
  if (zone === undefined || !isZone(zone)) {
    throw refusal(path, `names no time zone of the IANA database: ${shown(zone)}`);
  }
  return { minutes: Number(hours) * 60 + Number(minutes), zone };
}

/** As {@link parseDayStart} reads it. */
export function dayStartText({ minutes, zone }: DayStart): string {
  const twoDigits = (value: number) => String(value).padStart(2, "0");
  return `${twoDigits(Math.floor(minutes / 60))}:${twoDigits(minutes % 60)} ${zone}`;
}

function refusal(path: string, reason: string): Error {
  const message = `${path} ${reason}`;
  return validationError(message, [{ path, code: "value_error", message }]);
}
