import assert from "node:assert/strict";
import { sharingOf, stopCondition } from "./sharing_options.ts";

Deno.test("--stop-when reads a metric, a direction and a number", () => {
  assert.deepEqual(stopCondition("total_return_pct >= 40"), {
    metric: "total_return_pct",
    threshold: 40,
    mode: "max",
  });
  assert.deepEqual(stopCondition(" max_drawdown_pct<=12.5 "), {
    metric: "max_drawdown_pct",
    threshold: 12.5,
    mode: "min",
  });
  assert.equal(stopCondition("total_return_pct >= -20").threshold, -20);
});

Deno.test("--stop-when refuses what it cannot read, with what would help", () => {
  for (const text of ["", "40", "total_return_pct > 40", "total_return_pct >= forty", "a >= 1 or b >= 2"]) {
    assert.throws(() => stopCondition(text), /expected a metric, >= or <= and a number/);
  }
  assert.throws(() => stopCondition("total_return >= 1"), /"total_return" is no metric.*total_return_pct/);
});

Deno.test("without --workers and --stop-when a job is a plain one", () => {
  assert.equal(sharingOf({}), null);
  assert.deepEqual(sharingOf({ workers: 3 }), { concurrency_limit: 3 });
  const stopWhen = stopCondition("profit_factor >= 2");
  assert.deepEqual(sharingOf({ stopWhen }), { early_stop_policy: stopWhen });
});
