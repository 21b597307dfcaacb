const zero = 48;
const comma = 44;
const dash = 45;
const plus = 43;
const colon = 58;
const point = 46;
const blank = 32;
const upperT = 84;
const upperZ = 90;

/** Finest fraction of a second that is read here: nanoseconds. */
const fractionDigitsMax = 9;

/** A time as a row has it; see {@link readPlainTime}. */
export interface PlainTime {
  /** What a clock shows, in ms as if it were UTC; finer parts are cut. */
  localMs: number;
  /** How far that clock is ahead of UTC; null where the row does not say. */
  zone: number | null;
  /** A date without a time of day. */
  isDate: boolean;
}

/**
 * Reads a time of one of the plain shapes from the field that begins at `from` into `time`: `YYYY-MM-DD`, then perhaps `T`
 * or a blank and `HH:MM[:SS[.fff]]`, then perhaps `Z` or `+HH:MM`. Returns where the comma behind it lies; -1, and `time`
 * means nothing, for anything that needs a closer look. What it reads equals `timeTextParts()` of the field, which took
 * four seconds longer for a year of minutes.
 */
export function readPlainTime(
  bytes: Uint8Array,
  { from, to, time }: { readonly from: number; readonly to: number; readonly time: PlainTime },
): number {
  const dayEnd = from + 10;
  if (dayEnd >= to || bytes[from + 4] !== dash || bytes[from + 7] !== dash) return -1;
  const dayMs = dayMsOf({
    year: twoDigits(bytes, from) * 100 + twoDigits(bytes, from + 2),
    month: twoDigits(bytes, from + 5),
    day: twoDigits(bytes, from + 8),
  });
  if (Number.isNaN(dayMs)) return -1;
  time.localMs = dayMs;
  time.zone = null;
  time.isDate = bytes[dayEnd] === comma;
  if (time.isDate) return dayEnd;
  let at = dayEnd + 6;
  if (at >= to || (bytes[dayEnd] !== upperT && bytes[dayEnd] !== blank)) return -1;
  const minuteMs = minuteMsOf(bytes, dayEnd + 1);
  if (Number.isNaN(minuteMs)) return -1;
  time.localMs += minuteMs;
  if (bytes[at] === colon) {
    const seconds = twoDigits(bytes, at + 1);
    if (!(seconds <= 59)) return -1;
    time.localMs += seconds * 1000;
    at += 3;
    if (bytes[at] === point) {
      const start = ++at;
      for (let scale = 100; at < to && isDigit(bytes[at]!); at++, scale /= 10) {
        if (scale >= 1) time.localMs += (bytes[at]! - zero) * scale;
      }
      if (at === start || at - start > fractionDigitsMax) return -1;
    }
  }
  if (bytes[at] === upperZ) {
    time.zone = 0;
    at++;
  } else if (bytes[at] === plus || bytes[at] === dash) {
    const offsetMs = minuteMsOf(bytes, at + 1);
    if (Number.isNaN(offsetMs)) return -1;
    time.zone = bytes[at] === dash ? 0 - offsetMs : offsetMs;
    at += 6;
  }
  return at < to && bytes[at] === comma ? at : -1;
}

function isDigit(byte: number): boolean {
  return byte >= zero && byte <= zero + 9;
}

/** Number of two digits, NaN where they are none. */
function twoDigits(bytes: Uint8Array, at: number): number {
  const [tens, ones] = [bytes[at]!, bytes[at + 1]!];
  return isDigit(tens) && isDigit(ones) ? (tens - zero) * 10 + (ones - zero) : NaN;
}

/** `HH:MM` in ms, NaN where it is none. */
function minuteMsOf(bytes: Uint8Array, at: number): number {
  const [hours, minutes] = [twoDigits(bytes, at), twoDigits(bytes, at + 3)];
  if (bytes[at + 2] !== colon || !(hours <= 23 && minutes <= 59)) return NaN;
  return (hours * 60 + minutes) * 60_000;
}

/** Midnight of a day of the calendar, NaN where there is none and in the years before 100, which Date.UTC moves. */
function dayMsOf(
  { year, month, day }: { readonly year: number; readonly month: number; readonly day: number },
): number {
  if (!(year >= 100 && month >= 1 && month <= 12 && day >= 1)) return NaN;
  const ms = Date.UTC(year, month - 1, day);
  return day <= 28 || new Date(ms).getUTCDate() === day ? ms : NaN;
}
