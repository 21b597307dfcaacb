import { formatTimestamp } from "./time_text.ts";

const lengthMax = 80;

/** A value as error texts show it: JSON on one line, cut to 80 characters. */
export function shown(value: unknown): string {
  const text = typeof value === "bigint" || typeof value === "number"
    ? String(value)
    : JSON.stringify(visible(value, lengthMax)) ?? String(value);
  return text.length <= lengthMax ? text : `${text.slice(0, lengthMax - 3)}...`;
}

/**
 * What can be seen of a value: what stands deeper than `levels`, or behind so many others, is cut off anyway. A body may
 * be nested deeper than the stack is.
 */
function visible(value: unknown, levels: number): unknown {
  if (typeof value === "bigint") return Number(value);
  if (Array.isArray(value)) {
    return levels === 0 ? [] : value.slice(0, lengthMax).map((member) => visible(member, levels - 1));
  }
  if (typeof value !== "object" || value === null || Object.getPrototypeOf(value) !== Object.prototype) {
    return value;
  }
  const members = levels === 0 ? [] : Object.entries(value).slice(0, lengthMax);
  return Object.fromEntries(members.map(([key, member]) => [key, visible(member, levels - 1)]));
}

const dateMaxMs = 8.64e15;

/** Epoch ms as ISO 8601, or as the number where no date is that far away. */
export function shownTime(epochMs: number): string {
  return Math.abs(epochMs) <= dateMaxMs ? formatTimestamp(epochMs) : String(epochMs);
}
