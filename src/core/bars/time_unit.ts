/** Units an epoch stamp may be counted in. */
export const timeUnits = ["s", "ms", "us", "ns"] as const;

/** Name of one of {@link timeUnits}. */
export type TimeUnit = typeof timeUnits[number];

/** Units that can be stated: those of epoch stamps, and days of a spreadsheet. */
export const statedUnits = [...timeUnits, "days"] as const;

/** One of {@link statedUnits}. */
export type StatedUnit = typeof statedUnits[number];

/** Decimal places between a unit and milliseconds: a stamp in `us` has three digits more. */
export const unitPlaces: Readonly<Record<TimeUnit, number>> = { s: -3, ms: 0, us: 3, ns: 6 };

/** Times by which a unit is recognised. */
const toldFromMs = Date.UTC(1990, 0, 1);
const toldToMs = Date.UTC(2100, 0, 1);

/** Times any row may have. */
export const candleTimes = { startMs: Date.UTC(1800, 0, 1), endMs: Date.UTC(2101, 0, 1) };

const stamp = /^([+-]?)(\d{1,30})(?:\.(\d{0,30}))?$/;

/** Whether a text is a number such as stamps are. */
export function isStamp(text: string): boolean {
  return stamp.test(text);
}

/**
 * A stamp as programs write floats (`1.7356896e+18`), in digits; any other text as it is. One of fewer digits than `digitsMin`
 * may have been cut, by a spreadsheet to six, and is no stamp.
 */
export function plainStamp(text: string, digitsMin = 8): string {
  const match = /^(\d)\.(\d{1,17})[eE]\+?(\d{1,2})$/.exec(text);
  if (match === null || match[2]!.length + 1 < digitsMin) return text;
  const digits = match[1]! + match[2]!;
  const whole = Number(match[3]) + 1;
  return digits.length <= whole
    ? digits.padEnd(whole, "0")
    : `${digits.slice(0, whole)}.${digits.slice(whole)}`;
}

/**
 * Epoch milliseconds of a stamp counted in `unit`, finer parts cut off towards the past; null when the text is no
 * stamp. Exact, however many digits it has, as long as the milliseconds are a safe integer.
 */
export function stampMs(text: string, unit: TimeUnit): number | null {
  const match = stamp.exec(text);
  if (match === null) return null;
  const [, sign, whole, fraction = ""] = match;
  const places = unitPlaces[unit];
  const digits = places <= 0
    ? whole + fraction.slice(0, -places).padEnd(-places, "0")
    : whole!.slice(0, -places);
  const cut = places <= 0 ? fraction.slice(-places) : whole!.slice(-places) + fraction;
  const ms = Number(digits);
  if (sign !== "-") return ms;
  return /[1-9]/.test(cut) ? -ms - 1 : 0 - ms;
}

/** In nanoseconds of 1990 the ticks of .NET lie, which count 100 ns from the year 1: those of 2000 to 2099. */
const toldNsFromMs = Date.UTC(1991, 0, 1);

/** The one unit in which a stamp lies in the years 1990 to 2099, null when there is none; of no stamp lies one in two. */
export function unitOf(text: string): TimeUnit | null {
  return timeUnits.find((unit) => {
    const ms = stampMs(text, unit) ?? NaN;
    return isTold(ms) && (unit !== "ns" || ms >= toldNsFromMs);
  }) ?? null;
}

/** Whether a time is one by which a unit is recognised. */
export function isTold(epochMs: number): boolean {
  return epochMs >= toldFromMs && epochMs < toldToMs;
}
