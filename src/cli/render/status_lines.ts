import type { JobStatus } from "../../usecases/job_status.ts";

/** A job as `name  value` lines; members that are null are left out. */
export function statusLines(status: JobStatus): string {
  const { last_error_json, ...members } = status;
  const lines = Object.entries(members).filter(([, value]) => value !== null);
  if (last_error_json) lines.push(["last_error_json", JSON.stringify(last_error_json)]);
  const width = Math.max(...lines.map(([name]) => name.length));
  return lines.map(([name, value]) => `${name.padEnd(width)}  ${value}\n`).join("");
}
