import { hidden, isSecretName } from "../../core/text/mod.ts";
import type { LogFields } from "../../ports/log.ts";
import { plainValue } from "./plain_value.ts";

/** One line of `key=value` pairs (logfmt), in the order of the fields. */
export function textLine(fields: LogFields, redact: (text: string) => string): string {
  return Object.entries(plainFields(fields, redact))
    .map(([key, value]) => `${key}=${quote(typeof value === "string" ? value : JSON.stringify(value))}`)
    .join(" ");
}

/** The members of a JSON line that come first, in this order, where they are there. */
const first = ["ts", "level", "component", "event", "job_id", "attempt", "locked_by", "stage", "trace_id"];

/** One JSON object: the members that are common to many lines first, then the others in the order of the fields. */
export function jsonLine(fields: LogFields, redact: (text: string) => string): string {
  const plain = plainFields(fields, redact);
  const ordered = Object.fromEntries(
    [...first.filter((name) => name in plain), ...Object.keys(plain)].map((name) => [name, plain[name]]),
  );
  return JSON.stringify(ordered).replace(rawInJson, escaped);
}

/** The fields as JSON can hold them; undefined ones are left out, and an Error under `error` adds its stack. */
function plainFields(fields: LogFields, redact: (text: string) => string): Record<string, unknown> {
  const plain: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined) continue;
    plain[name] = isSecretName(name) ? hidden : plainValue(value, redact);
    if (name === "error" && value instanceof Error) plain.stack = plainValue(stackOf(value), redact);
  }
  return plain;
}

const causesMax = 5;

function stackOf(error: Error): string {
  const stacks: string[] = [];
  for (let cause: unknown = error; cause !== undefined && stacks.length < causesMax;) {
    stacks.push(cause instanceof Error ? cause.stack ?? String(cause) : String(cause));
    cause = cause instanceof Error ? cause.cause : undefined;
  }
  return stacks.join("\ncaused by: ");
}

const needsQuotes = /^$|[\s="\\\p{Cc}]/u;
// some readers end a line at these, but JSON leaves them as they are
const rawInJson = /[\p{Cc}\u2028\u2029]/gu;

function quote(text: string): string {
  return needsQuotes.test(text) ? JSON.stringify(text).replace(rawInJson, escaped) : text;
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
