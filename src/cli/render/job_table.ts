import Table from "cli-table3";
import type { JobList } from "../../answers/job.ts";

/** Jobs as a plain table for a terminal. */
export function jobTable(jobs: readonly JobList["items"][number][]): string {
  const table = new Table({
    head: ["job", "state", "stage", "progress", "created"],
    colAligns: ["left", "left", "left", "right", "left"],
    style: { head: [], border: [], compact: true },
  });
  for (const job of jobs) {
    table.push([
      job.job_id,
      job.state,
      job.stage,
      // the counters are those of the last stage, which counts nothing
      job.state === "succeeded" ? "done" : `${job.processed_units}/${job.total_units}`,
      job.created_at,
    ]);
  }
  return table.toString();
}
