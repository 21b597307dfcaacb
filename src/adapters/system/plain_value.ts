import { hidden, isSecretName } from "../../core/text/mod.ts";

/** Deeper than this nothing is written. */
const depthMax = 20;
/** Longest text of a value; an error's stack is one. */
const textLengthMax = 8192;
/** Characters of a value, all its texts and names together. */
const valueLengthMax = 32_768;

/**
 * What JSON can hold of a value, with every text in it passed through `redact`, members named like secrets hidden, and
 * what JSON has no form for as a text. A long text is cut after 8192 characters and says how many are missing; what
 * goes beyond 32768 in the whole value is `[cut]`. Never throws: a log line must never be what breaks the caller.
 */
export function plainValue(value: unknown, redact: (text: string) => string): unknown {
  try {
    return plain(value, { redact, above: [], room: { left: valueLengthMax } });
  } catch {
    return "[unreadable]"; // a getter or a toJSON that throws
  }
}

interface Walk {
  readonly redact: (text: string) => string;
  /** The objects the value is in. */
  readonly above: readonly object[];
  /** Characters that may still be written. */
  readonly room: { left: number };
}

function plain(value: unknown, walk: Walk): unknown {
  switch (typeof value) {
    case "string":
      return cut(value, walk);
    case "boolean":
      return value;
    case "number":
      return Number.isFinite(value) ? value : String(value);
    case "object":
      break;
    default:
      return cut(String(value), walk);
  }
  if (value === null) return null;
  if (walk.above.includes(value)) return "[cyclic]";
  if (walk.above.length >= depthMax) return "[deep]";
  const inside = { ...walk, above: [...walk.above, value] };
  if (value instanceof Error) return cut(value.message, walk);
  if ("toJSON" in value && typeof value.toJSON === "function") return plain(value.toJSON(), inside);
  return Array.isArray(value) ? plainList(value, inside) : plainMembers(value, inside);
}

// secrets go first: a part of one would not be known as one
function cut(text: string, { redact, room }: Walk): string {
  const shown = redact(text);
  const length = Math.min(textLengthMax, Math.max(0, room.left));
  room.left -= Math.min(shown.length, length);
  return shown.length <= length ? shown : `${shown.slice(0, length)}... (${shown.length - length} more)`;
}

function plainList(list: readonly unknown[], walk: Walk): unknown[] {
  const shown: unknown[] = [];
  for (const item of list) {
    if (walk.room.left <= 0) return [...shown, `[cut] (${list.length - shown.length} more)`];
    walk.room.left--;
    shown.push(item === undefined ? null : plain(item, walk));
  }
  return shown;
}

function plainMembers(value: object, walk: Walk): Record<string, unknown> {
  const shown: [string, unknown][] = [];
  for (const [name, member] of Object.entries(value)) {
    if (member === undefined) continue;
    if (walk.room.left <= 0) {
      shown.push(["...", "[cut]"]);
      break;
    }
    const key = cut(name, walk);
    shown.push([key, isSecretName(name) ? hidden : plain(member, walk)]);
  }
  return Object.fromEntries(shown);
}
