import type { JobStatus } from "../../answers/job.ts";
import { warningLines } from "./warning_lines.ts";

/** A job as `name  value` lines; members that are null are left out, objects are JSON. Warnings come below. */
export function statusLines(status: JobStatus): string {
  const { last_error_json, data, warnings, ...members } = status;
  const lines = Object.entries({ ...members, data: json(data), last_error_json: json(last_error_json) })
    .filter(([, value]) => value !== null);
  const width = Math.max(...lines.map(([name]) => name.length));
  const text = lines.map(([name, value]) => `${name.padEnd(width)}  ${value}\n`).join("");
  return text + warningLines(warnings ?? []);
}

function json(value: object | null): string | null {
  return value && JSON.stringify(value);
}
