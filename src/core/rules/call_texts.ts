import { isZone } from "../bars/mod.ts";
import type { Session } from "./expression.ts";
import { faultAt } from "./fault.ts";
import type { Argument } from "./vocabulary.ts";

/** Null when so many arguments are right, else how many the call takes. */
export function takesCount(wanted: readonly Argument[], found: number): string | null {
  const most = wanted.length;
  const least = wanted.findLastIndex(({ usual }) => usual === undefined) + 1;
  if (found >= least && found <= most) return null;
  if (most === 0) return "no arguments";
  if (least < most) return `${least} to ${most} arguments`;
  return most === 1 ? "1 argument" : `${most} arguments`;
}

const timeOfDay = /^([01]\d|2[0-3]):([0-5]\d)$/;

/** The session of `between_times`, from its texts and their positions. Throws `TextFault` for what is none. */
export function sessionOf(texts: readonly string[], positions: readonly number[]): Session {
  const [start, end] = [0, 1].map((i) => {
    const match = timeOfDay.exec(texts[i]!);
    if (match !== null) return Number(match[1]) * 60 + Number(match[2]);
    throw faultAt(positions[i]!, {
      said: `${JSON.stringify(texts[i])} is no time of day`,
      hint: '"00:00" to "23:59"',
    });
  });
  if (start === end) throw faultAt(positions[1]!, "between_times: start and end are the same");
  const zone = texts[2] ?? "UTC";
  if (!/^[A-Za-z]/.test(zone) || !isZone(zone)) {
    throw faultAt(positions[2]!, `${JSON.stringify(zone)} is no time zone`);
  }
  return { startMinute: start!, endMinute: end!, zone };
}
