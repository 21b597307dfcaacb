import assert from "node:assert/strict";
import { Registry } from "prom-client";
import { samples } from "../../../tests/helpers/metric_samples.ts";
import { databaseErrorKinds } from "../../ports/database_usage.ts";
import { registerDatabaseMetrics } from "./database_metrics.ts";

Deno.test("registerDatabaseMetrics() shows errors of every kind, and who waits for a connection", async () => {
  const registry = new Registry();
  let callsUnderWay = 3;
  const usage = {
    connectionsMax: 4,
    get callsUnderWay() {
      return callsUnderWay;
    },
    errors: (kind: string) => kind === "timeout" ? 2 : 0,
  };
  registerDatabaseMetrics(usage, registry);
  const first = await samples(registry);
  assert.equal(first.get("backtest_database_connections_max"), 4);
  const calls = (values: ReadonlyMap<string, number>) =>
    ["running", "waiting"].map((state) => values.get(`backtest_database_calls{state="${state}"}`));
  assert.deepEqual(calls(first), [3, 0]);
  callsUnderWay = 9;
  const second = await samples(registry);
  assert.deepEqual(calls(second), [4, 5]);
  // read twice, counted once
  const errors = databaseErrorKinds.map((kind) =>
    second.get(`backtest_database_errors_total{kind="${kind}"}`)
  );
  assert.deepEqual(errors, [0, 2, 0, 0, 0, 0, 0]);
});
