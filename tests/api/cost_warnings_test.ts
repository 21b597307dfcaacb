import assert from "node:assert/strict";
import { createInProcessCompute } from "../../src/adapters/wasm/in_process_compute.ts";
import { shownJob } from "../../src/usecases/job_status.ts";
import { topRows } from "../../src/usecases/top_rows.ts";
import { runJob } from "../../src/worker/run_job.ts";
import { apiWorld } from "../helpers/api_world.ts";
import { testConfig } from "../helpers/config.ts";
import { harness, requestBody, userId } from "../helpers/worker_harness.ts";

const borrow = "no_funding_or_borrow: short trades pay no borrow cost";
const funding = "positions in a futures market (market_id 2) neither pay nor earn funding";

/** The test request on a market, in a direction. */
function requestOf(marketId: number, direction_mode: string) {
  const { template } = requestBody() as { template: Record<string, unknown> };
  return requestBody({
    template: { ...template, direction_mode, instrument_id: { market_id: marketId, symbol: "BTCUSDT" } },
  });
}

const cases = [
  { market: 1, direction: "long-only", expected: [] },
  { market: 1, direction: "long-short", expected: [`${borrow} here`] },
  { market: 2, direction: "long-only", expected: [`no_funding_or_borrow: ${funding} here`] },
  { market: 2, direction: "short-only", expected: [`${borrow}, and ${funding} here`] },
] as const;

for (const { market, direction, expected } of cases) {
  Deno.test(`answers of ${direction} on market ${market} say which costs are not there, by every way`, async () => {
    await using compute = createInProcessCompute();
    const { markets } = testConfig();
    const body = requestOf(market, direction);
    const { send } = apiWorld({ compute });
    const { status, json } = await send("POST", "/backtests", { body });
    assert.equal(status, 200, JSON.stringify(json));
    const costs = (warnings: readonly string[]) => warnings.filter((text) => text.startsWith("no_funding"));
    assert.deepEqual(costs(json.warnings), expected);

    const { template, time_range, warmup_bars } = body as Record<string, unknown>;
    const variant = json.variants[0].payload;
    const one = await send("POST", "/backtests/variant-report", {
      body: { time_range, template, warmup_bars, variant },
    });
    assert.deepEqual(costs(one.json.warnings), expected);

    const { queue, results, jobs, submit, deps, clock } = harness();
    const { jobId } = await submit(body);
    const read = async () =>
      costs((await topRows({ jobId, userId }, { jobs, results, topKPersisted: 300, markets })).warnings);
    const job = await queue.claimNext({ lockedBy: "w", leaseSeconds: 60 });
    const claim = { job: job!, lockedBy: "w", sentMs: clock.monotonicMs() };
    const run = { deps: { ...deps, compute }, stop: new AbortController().signal };
    assert.equal((await runJob(claim, run)).outcome, "succeeded");
    assert.deepEqual(await read(), expected);
    const shown = shownJob((await jobs.get(jobId))!, markets);
    assert.deepEqual(costs(shown.warnings!), expected);
  });
}
