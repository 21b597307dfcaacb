import assert from "node:assert/strict";
import { createInProcessCompute } from "../../src/adapters/wasm/in_process_compute.ts";
import { topRows } from "../../src/usecases/top_rows.ts";
import { runJob } from "../../src/worker/run_job.ts";
import { apiWorld } from "../helpers/api_world.ts";
import { harness, requestBody, userId } from "../helpers/worker_harness.ts";

/** The test request with rules instead. */
function requestOf(enter: string) {
  const { template } = requestBody() as { template: Record<string, unknown> };
  const { indicator_grids: _, signal_grids: __, ...rest } = template;
  return requestBody({ template: { ...rest, rules: { long: { enter } } } });
}

for (
  const { enter, trades } of [{ enter: "close > 0", trades: true }, { enter: "close > high", trades: false }]
) {
  Deno.test(`answers of a strategy that ${trades ? "trades" : "never trades"} say so by every way`, async () => {
    await using compute = createInProcessCompute();
    const body = requestOf(enter);
    const { send } = apiWorld({ compute });
    const { status, json } = await send("POST", "/backtests", { body });
    assert.equal(status, 200, JSON.stringify(json));
    const said = (warnings: readonly string[]) =>
      warnings.some((text) => text.startsWith("rule_no_trades: "));
    assert.equal(said(json.warnings), !trades);

    const { queue, results, jobs, submit, deps, clock } = harness();
    const { jobId } = await submit(body);
    const read = async () =>
      said((await topRows({ jobId, userId }, { jobs, results, topKPersisted: 300, markets: {} })).warnings);
    assert.equal(await read(), false);
    const job = await queue.claimNext({ lockedBy: "w", leaseSeconds: 60 });
    const claim = { job: job!, lockedBy: "w", sentMs: clock.monotonicMs() };
    const run = { deps: { ...deps, compute }, stop: new AbortController().signal };
    assert.equal((await runJob(claim, run)).outcome, "succeeded");
    assert.equal(await read(), !trades);
  });
}
