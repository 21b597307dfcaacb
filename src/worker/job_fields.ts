import type { Job } from "../core/job/mod.ts";
import type { LogFields } from "../ports/log.ts";

/** What every log line about a claimed job carries, whoever writes it. */
export function jobFields({ jobId, attempt, traceId }: Job, lockedBy: string): LogFields {
  return {
    job_id: jobId,
    attempt,
    locked_by: lockedBy,
    ...(traceId === null ? {} : { trace_id: traceId }),
  };
}
