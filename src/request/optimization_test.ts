import assert from "node:assert/strict";
import { BacktestError, findingsOf } from "../core/errors/mod.ts";
import { rankingMetrics } from "../core/ranking/mod.ts";
import { requestBody } from "../../tests/helpers/worker_harness.ts";
import { testConfig } from "../../tests/helpers/config.ts";
import { parseOptimization, resolveSharing, sharingOfJob, withTasks } from "./optimization.ts";

const config = testConfig().optimizations;
const byReturn = {};

function refusal(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    assert.ok(error instanceof BacktestError, String(error));
    const [{ path, code, message }] = findingsOf(error).items as [
      { path: string; code: string; message: string },
    ];
    return `${path} ${code}: ${message}`;
  }
  throw new Error("Not refused");
}

const sent = (members: Record<string, unknown>) => parseOptimization(requestBody(members));
const resolved = (members: Record<string, unknown>, effective: object = byReturn) =>
  resolveSharing(sent(members).sharing, { effective, config });

Deno.test("S004-01 what is left out of an optimisation's request is two tasks at a time, five in the summary, no stop", () => {
  assert.deepEqual(resolved({}), {
    concurrencyLimit: 2,
    earlyStop: null,
    topN: 5,
    taskVariants: 200_000,
    tasksMax: 1000,
  });
  const nulls = { concurrency_limit: null, early_stop_policy: null, top_n: null };
  assert.deepEqual(resolved(nulls), resolved({}));
  assert.deepEqual(
    sent({ concurrency_limit: 3 }).request,
    sent({}).request,
    "how it is shared is no part of it",
  );
});

Deno.test("a limit, a list and a policy outside their bounds are refused by their paths", () => {
  const policy = { metric: "total_return_pct", threshold: 1 };
  const cases: [Record<string, unknown>, RegExp][] = [
    [{ concurrency_limit: 0 }, /^body\.concurrency_limit greater_than: /],
    [{ concurrency_limit: 1.5 }, /^body\.concurrency_limit int_type: /],
    [{ concurrency_limit: 17 }, /^body\.concurrency_limit max_value: concurrency_limit must be <= 16$/],
    [{ top_n: 51 }, /^body\.top_n less_than_equal: /],
    [{ early_stop_policy: {} }, /^body\.early_stop_policy\.metric required: /],
    [
      { early_stop_policy: { ...policy, threshold: "40" } },
      /^body\.early_stop_policy\.threshold float_type: /,
    ],
    [{ early_stop_policy: { ...policy, threshold: Infinity } }, /^body\.early_stop_policy\.threshold /],
    [{ early_stop_policy: { ...policy, until: 1 } }, /^body\.early_stop_policy\.until extra_forbidden: /],
    [
      { early_stop_policy: { ...policy, metric: "sharpe" } },
      /^body\.early_stop_policy\.metric literal_error: /,
    ],
    [
      { early_stop_policy: { ...policy, metric: "profit_factor" } },
      /^body\.early_stop_policy\.metric value_error: .* must be total_return_pct, which the sweep is ranked by first, got profit_factor$/,
    ],
    [
      { early_stop_policy: { ...policy, mode: "min" } },
      /^body\.early_stop_policy\.mode value_error: .* must be max for total_return_pct, or left out, got min$/,
    ],
  ];
  for (const [members, expected] of cases) assert.match(refusal(() => resolved(members)), expected);
  assert.match(refusal(() => resolved({}, { fold_equal: true })), /^body\.fold_equal mode_conflict: /);
});

Deno.test("a policy is on the metric that the sweep is ranked by, in that metric's direction", () => {
  for (const primary_metric of rankingMetrics) {
    const effective = { ranking: { primary_metric } };
    const mode = primary_metric === "max_drawdown_pct" ? "min" : "max";
    const early_stop_policy = { metric: primary_metric, threshold: -20 };
    for (const said of [{}, { mode }]) {
      const { earlyStop } = resolved({ early_stop_policy: { ...early_stop_policy, ...said } }, effective);
      assert.deepEqual(earlyStop, { metric: primary_metric, threshold: -20, mode });
    }
  }
});

Deno.test("a plain job is shared where the config says so, unless it folds equal trades", () => {
  assert.equal(sharingOfJob({}, { parallelWorkers: 1, config }), null);
  assert.equal(sharingOfJob({ fold_equal: true }, { parallelWorkers: 8, config }), null);
  const sharing = sharingOfJob({}, { parallelWorkers: 8, config })!;
  assert.deepEqual([sharing.concurrencyLimit, sharing.earlyStop, sharing.topN], [8, null, 5]);
  const plan = { stageATotal: 8, shortlistTotal: 8, expandsAll: true, riskTotal: 2 };
  assert.equal(withTasks({ ...sharing, taskVariants: 4 }, plan).tasksTotal, 6);
});
