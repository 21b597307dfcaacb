import assert from "node:assert/strict";
import { createPool } from "../../src/adapters/wasm/pool.ts";
import { until } from "../helpers/until.ts";
import { userId } from "../helpers/worker_harness.ts";
import { hangingPool } from "./hanging_pool.ts";
import { runProgram } from "../helpers/program.ts";
import type { CancelRun } from "./cancel_process.ts";
import { rowsHash, runPoolJob } from "./pool_job.ts";

const bars = 300;

Deno.test("13 a job whose batch never ends is cancelled, and the next one on the same pool has the rows of a new pool", async () => {
  await using fresh = createPool({ threads: 2 });
  const expected = await runPoolJob({ compute: fresh, bars, batchUnits: 4 });
  await using pool = hangingPool({ threads: 2, graceMs: 100 });
  const stuck = runPoolJob({
    compute: pool.compute,
    bars,
    // one batch starts at the variant that hangs
    batchUnits: 3,
    during: async ({ jobs, jobId }) => {
      await until(() => pool.hanging > 0);
      await jobs.cancel({ jobId, userId });
    },
  });
  const { outcome, job } = await stuck;
  assert.equal(outcome, "cancelled");
  assert.equal(job.state, "cancelled");
  const next = await runPoolJob({ compute: pool.compute, bars, batchUnits: 4 });
  assert.equal(next.outcome, "succeeded");
  assert.equal(rowsHash(next.rows), rowsHash(expected.rows));
});

Deno.test("13 a cancel and a stop end a job in the middle of a single long plane, and its thread lives", async () => {
  const { code, stdout, stderr } = await runProgram(["400000", "1"], {
    script: "tests/pool/cancel_process.ts",
  });
  assert.equal(code, 0, stderr);
  const { ends } = JSON.parse(stdout) as CancelRun;
  // the plane alone takes longer than this
  assert.deepEqual(ends.map(({ end, outcome }) => [end, outcome]), [["cancel", "cancelled"], [
    "stop",
    "released",
  ]]);
  for (const { ms, workers } of ends) assert.ok(ms < 2500 && workers === 1, JSON.stringify(ends));
});
