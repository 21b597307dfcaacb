import assert from "node:assert/strict";
import { memoryLog } from "./log.ts";

Deno.test("memoryLog() records the lines of every log made from it, in order", () => {
  const log = memoryLog();
  log.with({ job_id: "j", stage: "stage_a" }).warn("lease_lost", { stage: "stage_b" });
  log.debug("tick");
  assert.deepEqual(log.lines, [
    { level: "warn", event: "lease_lost", fields: { job_id: "j", stage: "stage_b" } },
    { level: "debug", event: "tick", fields: {} },
  ]);
});
