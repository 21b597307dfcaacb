/** A date, or a date and time, as a text has it. */
export interface TimeTextParts {
  /** What a clock shows, in ms as if it were UTC; finer parts are cut. */
  readonly localMs: number;
  /** How far that clock is ahead of UTC; a zone's name; null where the text does not say. */
  readonly zone: number | string | null;
  /** A date without a time of day. */
  readonly isDate: boolean;
}

/** Longest text that is looked at. */
const lengthMax = 100;

const pattern =
  /^(\d{4})-(\d{2})-(\d{2})(?:[Tt ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d+))?)?)?(?: ?([Zz]|[+-]\d{2}(?::?\d{2})?)| ([A-Za-z][A-Za-z0-9_+/-]*))?$/;

/**
 * Takes a text of the kind `2024-01-31`, `2024-01-31 09:30`, `2024-01-31T09:30:00.250+01:00` or `2024-01-31 09:30 UTC`
 * apart. A text that is none gives why: the end of a sentence that begins with what the text is for.
 */
export function timeTextParts(text: string): TimeTextParts | string {
  const match = text.length <= lengthMax ? pattern.exec(text) : null;
  if (match === null) return "is no date or time such as 2024-01-31T09:30:00Z";
  const [, year, month, day, hour, minute, second, fraction, offset, name] = match;
  const isDate = hour === undefined;
  const date = new Date(0);
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  if (date.getUTCMonth() !== Number(month) - 1 || date.getUTCDate() !== Number(day)) {
    return `names the day ${year}-${month}-${day}, which does not exist`;
  }
  const [hours, minutes, seconds] = [Number(hour ?? 0), Number(minute ?? 0), Number(second ?? 0)];
  if (hours > 23 || minutes > 59 || seconds > 59) return "names a time of day that does not exist";
  const ms = Number((fraction ?? "").slice(0, 3).padEnd(3, "0"));
  const localMs = date.getTime() + ((hours * 60 + minutes) * 60 + seconds) * 1000 + ms;
  const zone = name !== undefined ? zoneOf(name) : offset === undefined ? null : offsetMs(offset);
  return zone !== null && Number.isNaN(zone)
    ? "names an offset that does not exist"
    : { localMs, zone, isDate };
}

function zoneOf(name: string): number | string {
  return /^(UTC|GMT|Z)$/i.test(name) ? 0 : name;
}

function offsetMs(text: string): number {
  if (/^z$/i.test(text)) return 0;
  const [, sign, hours, minutes = "0"] = /^([+-])(\d{2}):?(\d{2})?$/.exec(text)!;
  if (Number(hours) > 23 || Number(minutes) > 59) return NaN;
  const ms = (Number(hours) * 60 + Number(minutes)) * 60_000;
  return sign === "-" ? 0 - ms : ms;
}
