// making a format costs some 50 microseconds, and rules are compiled by the thousand
const knownZones = new Set<string>();
const zonesKept = 1000;

/** Whether the host knows a time zone of this name. */
export function isZone(zone: string): boolean {
  if (knownZones.has(zone)) return true;
  try {
    new Intl.DateTimeFormat("en-US", { timeZone: zone });
    if (knownZones.size < zonesKept) knownZones.add(zone);
    return true;
  } catch {
    return false;
  }
}

/**
 * Whether letters stand for a zone without saying where: BST is Bangladesh or London in summer, CST Chicago or China, and
 * EST is written all the year in New York. What hosts make of them differs from one to the next.
 */
export function isZoneAbbreviation(zone: string): boolean {
  return /^[A-Za-z]{2,4}$/.test(zone) && !/^(?:UTC|GMT|UCT|UT)$/i.test(zone);
}

/** Offsets of a zone from UTC in ms, from the host's time zone database. */
export function zoneOffsets(zone: string): (timeMs: number) => number {
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  return (timeMs) => {
    const at = Math.floor(timeMs / 1000) * 1000;
    const part: Record<string, number> = {};
    for (const { type, value } of format.formatToParts(at)) part[type] = Number(value);
    const { year, month, day, hour, minute, second } = part;
    return Date.UTC(year!, month! - 1, day, hour, minute, second) - at;
  };
}

const dayMs = 86_400_000;
const quarterMs = 900_000;

/**
 * The moments at which the clocks of a zone show a local time, given as if it were UTC: one, two where clocks are put
 * back, none where they are put forward. Cheap for times that follow each other: zones change on the quarter of an hour
 * since 1970, and the offsets of the last one are kept.
 */
export function localMoments(zone: string): (localMs: number) => readonly number[] {
  const offsetAt = zoneOffsets(zone);
  let heldQuarter = NaN;
  let heldOffsets: readonly number[] = [];
  return (localMs) => {
    const quarter = localMs >= 0 ? Math.floor(localMs / quarterMs) : NaN;
    if (quarter !== heldQuarter) {
      const offsets = new Set([offsetAt(localMs - dayMs), offsetAt(localMs + dayMs)]);
      heldOffsets = [...offsets].filter((offset) => offsetAt(localMs - offset) === offset).sort((a, b) =>
        b - a
      );
      heldQuarter = quarter;
    }
    return heldOffsets.map((offset) => localMs - offset);
  };
}
