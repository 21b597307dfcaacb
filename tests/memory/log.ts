import type { Log, LogFields } from "../../src/ports/log.ts";

/** One recorded event. */
export interface LogLine {
  readonly level: "debug" | "info" | "warn" | "error";
  readonly event: string;
  /** Bound fields and those of the call; the latter win. */
  readonly fields: LogFields;
}

/** A log that keeps its lines, and those of every log made from it with `with`, in the order of writing. */
export interface MemoryLog extends Log {
  readonly lines: readonly LogLine[];
}

/** An empty recording log. */
export function memoryLog(): MemoryLog {
  const lines: LogLine[] = [];
  return { ...recording(lines, {}), lines };
}

function recording(lines: LogLine[], bound: LogFields): Log {
  const at = (level: LogLine["level"]) => (event: string, fields: LogFields = {}) => {
    lines.push({ level, event, fields: { ...bound, ...fields } });
  };
  return {
    debug: at("debug"),
    info: at("info"),
    warn: at("warn"),
    error: at("error"),
    with: (fields) => recording(lines, { ...bound, ...fields }),
  };
}
