import assert from "node:assert/strict";
import { BacktestError } from "../core/errors/mod.ts";
import { jobError } from "./job_error.ts";

Deno.test("13 a failed job stores its details without secrets and paths, however deep they lie", () => {
  const details = {
    dsn: "postgres://backtest:hunter2@db:5432/backtest",
    password: "hunter2",
    errors: [{ path: "body.template", message: "see /etc/backtest/secret or token=hunter2" }],
    market_id: 1,
    range: { bars: [1, null, true] },
  };
  const stored = jobError(new BacktestError("market_data_unavailable", "gone", { details }), "stage_a");
  assert.ok(!/hunter2|\/etc/.test(JSON.stringify(stored)), JSON.stringify(stored));
  assert.deepEqual(stored.details.errors, [{
    path: "body.template",
    message: "see <path> or token=***",
  }]);
  assert.equal(stored.details.password, "***");
  assert.deepEqual([stored.details.market_id, stored.details.range], [1, { bars: [1, null, true] }]);
});
