import assert from "node:assert/strict";
import { createInProcessCompute } from "../../src/adapters/wasm/in_process_compute.ts";
import { variantMetricsSchema } from "../../src/answers/parts.ts";
import type { VariantMetrics } from "../../src/core/report/mod.ts";
import { formatMetric } from "../../src/core/report/report_format.ts";
import { metricFormats, type MetricName } from "../../src/core/report/report_rows.ts";
import { figureNames, figureOfRow, flagNames } from "../../src/core/report/variant_metrics.ts";
import { topRows } from "../../src/usecases/top_rows.ts";
import { runJob } from "../../src/worker/run_job.ts";
import { apiWorld } from "../helpers/api_world.ts";
import { harness, requestBody, userId } from "../helpers/worker_harness.ts";

Deno.test("every row of a synchronous answer without reports has the metrics that a job stores for it", async () => {
  await using compute = createInProcessCompute();
  const { queue, results, jobs, submit, deps, clock } = harness();
  const { jobId } = await submit(requestBody());
  const job = await queue.claimNext({ lockedBy: "w", leaseSeconds: 60 });
  const read = () => topRows({ jobId, userId }, { jobs, results, topKPersisted: 300, markets: {} });
  const claim = { job: job!, lockedBy: "w", sentMs: clock.monotonicMs() };
  const run = { deps: { ...deps, compute }, stop: new AbortController().signal };
  assert.equal((await runJob(claim, run)).outcome, "succeeded");
  const { items } = await read();
  assert.ok(items.some(({ metrics }) => metrics!.trades! > 0));
  const { send } = apiWorld({ compute });
  const { json } = await send("POST", "/backtests", { body: requestBody() });
  const metricsOf = (rows: readonly { metrics: VariantMetrics | null }[]) =>
    rows.map(({ metrics }) => JSON.stringify(metrics));
  assert.equal(json.variants[0].report, null);
  assert.deepEqual(metricsOf(json.variants), metricsOf(items));

  for (const { metrics, report_table_md, total_return_pct } of items) {
    assert.deepEqual(Object.keys(variantMetricsSchema.parse(metrics)), [...figureNames, ...flagNames]);
    assert.equal(metrics!.total_return_pct, total_return_pct);
    for (const [row, name] of Object.entries(figureOfRow)) {
      const printed = formatMetric(metrics![name], metricFormats[row as MetricName]);
      assert.ok(report_table_md!.includes(`|${row}|${printed}|`), `${row}: ${printed}`);
    }
  }
});
