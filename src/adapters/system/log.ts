import { redactSecrets } from "../../core/text/mod.ts";
import type { Log, LogFields, LogFormat } from "../../ports/log.ts";
import { jsonLine, textLine } from "./log_line.ts";

/** Least severity that is written; `off` writes nothing. */
export type LogLevel = "debug" | "info" | "warn" | "error" | "off";

/** Where lines go and what they carry. */
export interface LogOptions {
  /** Takes one line without its line end. */
  write(line: string): void;
  readonly level: LogLevel;
  readonly component: string;
  /** `text` unless told. */
  readonly format?: LogFormat;
  /** Applied to every text after the secrets that are known by their form are gone. */
  readonly redact?: (text: string) => string;
  /** Wall clock of `ts`, epoch ms; the machine's by default. */
  readonly nowMs?: () => number;
}

/**
 * A log with one event a line. As text: `ts=... level=info component=backtest-job-runner event=job_claimed job_id=...`,
 * then the bound fields, then those of the call, which win over bound ones of the same name. As JSON: one object, with
 * the members that many lines have in a fixed order before the others, and values of their own types.
 *
 * The event `""` writes no `event` member, so that a line can be `component=... status=disabled`. Undefined members are
 * left out. An Error under `error` adds its stack as `stack`. An event is one line, whatever is in it, and secrets are
 * hidden however deep they are.
 */
export function createLog(options: LogOptions): Log {
  return boundLog(options, {});
}

const severity: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3, off: 4 };
const lineOf = { text: textLine, json: jsonLine };

function boundLog(options: LogOptions, bound: LogFields): Log {
  const { redact: also = (text) => text, format = "text" } = options;
  const redact = (text: string) => also(redactSecrets(text));
  const at = (level: LogLevel) => (event: string, fields: LogFields = {}) => {
    if (severity[level] < severity[options.level]) return;
    options.write(
      lineOf[format]({ ...header(options, level), ...named(event), ...bound, ...fields }, redact),
    );
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
