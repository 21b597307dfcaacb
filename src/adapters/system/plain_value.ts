import { hidden, isSecretName } from "./redact.ts";

/** Deeper than this nothing is written. */
const depthMax = 20;

/**
 * What JSON can hold of a value, with every text in it passed through `redact`, members named like secrets hidden, and
 * what JSON has no form for as a text. Never throws: a log line must never be what breaks the caller.
 */
export function plainValue(value: unknown, redact: (text: string) => string): unknown {
  try {
    return plain(value, { redact, above: [] });
  } catch {
    return "[unreadable]"; // a getter or a toJSON that throws
  }
}

interface Walk {
  readonly redact: (text: string) => string;
  /** The objects the value is in. */
  readonly above: readonly object[];
}

function plain(value: unknown, { redact, above }: Walk): unknown {
  switch (typeof value) {
    case "string":
      return redact(value);
    case "boolean":
      return value;
    case "number":
      return Number.isFinite(value) ? value : String(value);
    case "object":
      break;
    default:
      return redact(String(value));
  }
  if (value === null) return null;
  if (above.includes(value)) return "[cyclic]";
  if (above.length >= depthMax) return "[deep]";
  const inside = { redact, above: [...above, value] };
  if (value instanceof Error) return redact(value.message);
  if ("toJSON" in value && typeof value.toJSON === "function") return plain(value.toJSON(), inside);
  if (Array.isArray(value)) return value.map((item) => item === undefined ? null : plain(item, inside));
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(
    members.map(([name, member]) => [name, isSecretName(name) ? hidden : plain(member, inside)]),
  );
}
