/** Members of a log line. Errors are written with their stack; the stack goes nowhere else. */
export type LogFields = Readonly<Record<string, unknown>>;

/** How lines are written: as `key=value` pairs, or as one JSON object each. */
export type LogFormat = "text" | "json";

/** All of them, the usual one first. */
export const logFormats: readonly LogFormat[] = ["text", "json"];

/** Structured log: one event per line, each with the fields bound by `with`. */
export interface Log {
  debug(event: string, fields?: LogFields): void;
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  error(event: string, fields?: LogFields): void;
  /** A log whose lines also carry `fields`. */
  with(fields: LogFields): Log;
}
