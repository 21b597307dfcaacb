import assert from "node:assert/strict";
import { Registry } from "prom-client";
import { samples } from "../../../tests/helpers/metric_samples.ts";
import { registerProcessMetrics } from "./process_metrics.ts";

Deno.test("registerProcessMetrics() shows the build and what the process uses", async () => {
  const registry = new Registry();
  registerProcessMetrics({ version: "1.2.3", schema: "0009" }, registry);
  const values = await samples(registry);
  assert.equal(values.get('backtest_build_info{version="1.2.3",schema="0009"}'), 1);
  const heap = values.get("process_heap_bytes")!;
  assert.ok(heap > 1e6 && heap < values.get("process_resident_memory_bytes")!, `${heap}`);
  const startedSeconds = values.get("process_start_time_seconds")!;
  const nowSeconds = Date.now() / 1000;
  assert.ok(startedSeconds <= nowSeconds + 1 && startedSeconds > nowSeconds - 86_400, `${startedSeconds}`);
});

Deno.test("registerProcessMetrics() counts processor time that only grows, once however often it is read", async () => {
  const registry = new Registry();
  registerProcessMetrics({ version: "dev", schema: "none" }, registry);
  const seconds = async () => (await samples(registry)).get("process_cpu_seconds_total")!;
  const first = await seconds();
  const second = await seconds();
  assert.ok(first > 0);
  assert.ok(second >= first && second < first + 5, `${first} ${second}`);
});
