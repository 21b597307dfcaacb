import assert from "node:assert/strict";
import { createPool } from "../../src/adapters/wasm/pool.ts";
import type { IndicatorGrid } from "../../src/core/grid/mod.ts";
import type { Compute, SweepInput } from "../../src/ports/compute.ts";
import { rowsHash, runPoolJob } from "./pool_job.ts";

const bars = 300;

/** The same pool, but the first window of the first indicator becomes 0, on which its kernel traps. */
function poisoning(compute: Compute): Compute {
  return {
    threads: compute.threads,
    open: ({ plan, timeline }: SweepInput) => {
      const [first, ...others] = plan.indicators as readonly [IndicatorGrid, ...IndicatorGrid[]];
      const axes = first.axes.map((axis) =>
        axis.name === "window" ? { ...axis, values: axis.values.with(0, 0) } : axis
      );
      return compute.open({ timeline, plan: { ...plan, indicators: [{ ...first, axes }, ...others] } });
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

Deno.test("one batch that traps fails its job with a clear error, and the next job on the same threads succeeds", async () => {
  await using fresh = createPool({ threads: 2 });
  const expected = await runPoolJob({ compute: fresh, bars, batchUnits: 5 });
  await using pool = createPool({ threads: 2 });
  const poisoned = await runPoolJob({ compute: poisoning(pool), bars, batchUnits: 5 });
  assert.equal(poisoned.outcome, "failed");
  assert.equal(poisoned.job.state, "failed");
  assert.match(poisoned.job.lastError ?? "", /Cannot compute: the module trapped \(\w+.*\)$/);
  assert.equal(poisoned.job.lastErrorJson?.code, "backtest_job_runner_failed");
  assert.equal(poisoned.job.stage, "stage_a");
  assert.deepEqual(poisoned.rows, []);
  const next = await runPoolJob({ compute: pool, bars, batchUnits: 5 });
  assert.equal(next.outcome, "succeeded");
  assert.equal(rowsHash(next.rows), rowsHash(expected.rows));
});
