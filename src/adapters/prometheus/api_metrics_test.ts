import assert from "node:assert/strict";
import { Registry } from "prom-client";
import { prometheusApiMetrics } from "./api_metrics.ts";

Deno.test("prometheusApiMetrics() counts requests by method, route and status", async () => {
  const registry = new Registry();
  const metrics = prometheusApiMetrics(registry);
  const request = { method: "GET", route: "/backtests/jobs/:job_id", seconds: 0.02 };
  metrics.requestAnswered({ ...request, status: 200 });
  metrics.requestAnswered({ ...request, status: 200 });
  metrics.requestAnswered({ ...request, status: 404 });
  metrics.syncRuns({ active: 2, waiting: 3 });
  const text = await registry.metrics();
  const labels = 'method="GET",route="/backtests/jobs/:job_id"';
  assert.ok(text.includes(`backtest_api_requests_total{${labels},status="200"} 2\n`), text);
  assert.ok(text.includes(`backtest_api_requests_total{${labels},status="404"} 1\n`));
  assert.ok(text.includes(`backtest_api_request_duration_seconds_count{${labels}} 3\n`));
  assert.match(text, /^backtest_api_sync_runs_active 2$/m);
  assert.match(text, /^backtest_api_sync_runs_waiting 3$/m);
});
