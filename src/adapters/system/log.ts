import type { Log, LogFields } from "../../ports/log.ts";
import { redactSecrets } from "./redact.ts";

/** Least severity that is written; `off` writes nothing. */
export type LogLevel = "debug" | "info" | "warn" | "error" | "off";

/** Where lines go and what they carry. */
export interface LogOptions {
  /** Takes one line without its line end. */
  write(line: string): void;
  readonly level: LogLevel;
  readonly component: string;
  /** Applied to every value after DSN passwords are gone. */
  readonly redact?: (text: string) => string;
  /** Wall clock of `ts`, epoch ms; the machine's by default. */
  readonly nowMs?: () => number;
}

/**
 * A log in logfmt: `ts=... level=info component=backtest-job-runner event=job_claimed job_id=...`, then the bound fields,
 * then those of the call, which win over bound ones of the same name. The event `""` writes no `event` member, so that a
 * line can be `component=... status=disabled`. Undefined members are left out. An Error under `error` adds its stack as
 * `stack`. Values are escaped: an event is one line, whatever is in it.
 */
export function createLog(options: LogOptions): Log {
  return boundLog(options, {});
}

const severity: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3, off: 4 };

function boundLog(options: LogOptions, bound: LogFields): Log {
  const at = (level: LogLevel) => (event: string, fields: LogFields = {}) => {
    if (severity[level] < severity[options.level]) return;
    options.write(formatLine({ ...header(options, level), ...named(event), ...bound, ...fields }, options));
  };
  return {
    debug: at("debug"),
    info: at("info"),
    warn: at("warn"),
    error: at("error"),
    with: (fields) => boundLog(options, { ...bound, ...fields }),
  };
}

function header({ nowMs = Date.now, component }: LogOptions, level: LogLevel): LogFields {
  return { ts: new Date(nowMs()).toISOString(), level, component };
}

function named(event: string): LogFields {
  return event === "" ? {} : { event };
}

function formatLine(fields: LogFields, { redact = (text) => text }: LogOptions): string {
  const pairs: string[] = [];
  for (const [key, value] of Object.entries(fields)) {
    if (value === undefined) continue;
    pairs.push(`${key}=${quote(redact(redactSecrets(textOf(value))))}`);
    if (key === "error" && value instanceof Error) {
      pairs.push(`stack=${quote(redact(redactSecrets(stackOf(value))))}`);
    }
  }
  return pairs.join(" ");
}

function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  if (value instanceof Error) return value.message;
  if (typeof value !== "object" || value === null) return String(value);
  try {
    return String(
      JSON.stringify(value, (_key, member) => typeof member === "bigint" ? String(member) : member),
    );
  } catch {
    return "[cyclic]"; // a log line must never be what breaks the caller
  }
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
  if (!needsQuotes.test(text)) return text;
  return JSON.stringify(text).replace(
    rawInJson,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
