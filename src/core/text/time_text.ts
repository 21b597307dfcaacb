const pattern =
  /^(\d{4}-\d{2}-(\d{2}))[Tt ](\d{2}:\d{2})(?::(\d{2})(?:[.,](\d+))?)?(?:[Zz]|([+-])(\d{2}):?(\d{2}))$/;

/**
 * Epoch milliseconds UTC of an ISO 8601 date and time with offset (`Z`, `+02:00`, `+0200`), finer parts cut to ms.
 * Null when the text is anything else: no offset, a day that does not exist, a year outside 0000..9999.
 */
export function parseTimestamp(text: string): number | null {
  const match = pattern.exec(text);
  if (!match) return null;
  const [, date, day, minutes, seconds = "00", fraction = "", sign, offsetHours, offsetMinutes] = match;
  const localMs = Date.parse(`${date}T${minutes}:${seconds}.${fraction.slice(0, 3).padEnd(3, "0")}Z`);
  // Date.parse rolls 30 February over to March and takes 24:00 for the next day
  if (Number.isNaN(localMs) || new Date(localMs).getUTCDate() !== Number(day)) return null;
  if (Number(offsetHours ?? 0) > 23 || Number(offsetMinutes ?? 0) > 59) return null;
  const offsetMs = (Number(offsetHours ?? 0) * 60 + Number(offsetMinutes ?? 0)) * 60_000;
  const epochMs = sign === "-" ? localMs + offsetMs : localMs - offsetMs;
  return epochMs >= minMs && epochMs <= maxMs ? epochMs : null;
}

/** As {@link parseTimestamp}, and of a date without a time its midnight UTC. */
export function parseTimeOrDate(text: string): number | null {
  return parseTimestamp(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00Z` : text);
}

/** `YYYY-MM-DDTHH:MM:SSZ` of epoch milliseconds, with `.mmm` only when they are not a whole second. */
export function formatTimestamp(epochMs: number): string {
  return new Date(epochMs).toISOString().replace(".000Z", "Z");
}

const minMs = Date.parse("0000-01-01T00:00:00Z");
const maxMs = Date.parse("9999-12-31T23:59:59.999Z");

const units = [["d", 86_400_000], ["h", 3_600_000], ["m", 60_000], ["s", 1000], ["ms", 1]] as const;

/** A length of time in the largest unit it is a whole number of, such as `45m` or `36h`. */
export function durationText(ms: number): string {
  const [unit, length] = units.find(([, length]) => Number.isInteger(ms / length)) ?? ["ms", 1];
  return `${ms / length}${unit}`;
}
