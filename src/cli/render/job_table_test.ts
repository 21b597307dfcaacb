import assert from "node:assert/strict";
import type { JobList } from "../../answers/job.ts";
import { jobTable } from "./job_table.ts";

const job: JobList["items"][number] = {
  job_id: "a-job",
  mode: "template",
  state: "running",
  stage: "stage_b",
  created_at: "2026-01-02T03:04:05.678Z",
  updated_at: "2026-01-02T03:04:05.678Z",
  started_at: null,
  finished_at: null,
  cancel_requested_at: null,
  processed_units: 3,
  total_units: 10,
};

Deno.test("jobTable() shows how far a job is, and that one that succeeded is done", () => {
  const [running, ended] = jobTable([
    job,
    { ...job, state: "succeeded", stage: "finalizing", processed_units: 0, total_units: 1 },
  ]).split("\n").filter((line) => line.includes("a-job"));
  assert.match(running!, / running +│ stage_b +│ +3\/10 │/);
  assert.match(ended!, / succeeded │ finalizing │ +done │/);
});
