import assert from "node:assert/strict";
import { metricsOfRank } from "../../../tests/helpers/any_metrics.ts";
import type { NewJob, Stage, TopVariant } from "./job.ts";
import {
  requireClaim,
  requireEnding,
  requireInteger,
  requireLease,
  requireNewJob,
  requireOwner,
  requirePlanes,
  requireProgress,
  requireShortlist,
  requireSnapshot,
  requireTopVariants,
  requireUuid,
} from "./job_arguments.ts";

const row: TopVariant = {
  rank: 1,
  variantKey: "key-1",
  indicatorVariantKey: "indicator-1",
  variantIndex: 0,
  totalReturnPct: 1.5,
  payload: {
    indicator_selections: [],
    signal_params: {},
    risk_params: { sl_enabled: false, sl_pct: null, tp_enabled: false, tp_pct: null },
    execution_params: {
      init_cash_quote: 10_000,
      fixed_quote: 100,
      safe_profit_percent: 30,
      fee_pct: 0.075,
      slippage_pct: 0.01,
    },
    direction_mode: "long-short",
    sizing_mode: "all_in",
  },
  metrics: null,
  sameAs: null,
  reportTableMd: null,
  trades: null,
};

function refuses(call: () => void, message: string): void {
  assert.throws(call, { name: "TypeError", message });
}

Deno.test("requireUuid() wants lower case", () => {
  requireUuid("job id", "0a000000-0000-4000-8000-000000000001");
  refuses(
    () => requireUuid("job id", "0A000000-0000-4000-8000-000000000001"),
    'Cannot use job id "0A000000-0000-4000-8000-000000000001": not a lower-case UUID',
  );
});

Deno.test("requireInteger() includes both ends of its range", () => {
  for (const value of [1, 250]) requireInteger(value, { name: "limit", max: 250 });
  refuses(
    () => requireInteger(251, { name: "limit", max: 250 }),
    "Cannot use limit 251: not an integer from 1 to 250",
  );
  refuses(
    () => requireInteger(2 ** 31, { name: "rank" }),
    "Cannot use rank 2147483648: not an integer from 1 to 2147483647",
  );
});

Deno.test("requireOwner() and requireLease() refuse blanks and attempt 0", () => {
  for (const owner of ["", " ", "a ", "\tb"]) assert.throws(() => requireOwner(owner), TypeError);
  const lease = { jobId: "00000000-0000-4000-8000-000000000001", lockedBy: "host-1", attempt: 1 };
  requireLease(lease);
  refuses(
    () => requireLease({ ...lease, attempt: 0 }),
    "Cannot use attempt 0: not an integer from 1 to 2147483647",
  );
});

Deno.test("requireProgress() lets any count pass while the total is unknown", () => {
  requireProgress({ stage: "stage_a", processedUnits: 7, totalUnits: 0 });
  requireProgress({ stage: "finalizing", processedUnits: 1, totalUnits: 1 });
  refuses(
    () => requireProgress({ stage: "stage_b", processedUnits: 8, totalUnits: 7 }),
    "Cannot store progress 8/7: more processed than there are",
  );
  assert.throws(
    () => requireProgress({ stage: "stage_c" as Stage, processedUnits: 0, totalUnits: 0 }),
    TypeError,
  );
});

Deno.test("requireEnding() wants a terminal state that needs no result, and a reason for a failure", () => {
  requireEnding({ state: "cancelled" });
  requireEnding({ state: "failed", error: { code: "c", message: "m", details: {} } });
  refuses(
    () => requireEnding({ state: "succeeded" }),
    'Cannot finish a job as "succeeded": not failed or cancelled',
  );
  refuses(
    () => requireEnding({ state: "failed", error: { code: "c", message: " ", details: {} } }),
    "Cannot finish a job as failed: error code or message is blank",
  );
});

Deno.test("requireTopVariants() wants unique ranks and keys and finite returns", () => {
  requireTopVariants([]);
  requireTopVariants([row, { ...row, rank: 2, variantKey: "key-2", reportTableMd: "| a |", trades: [] }]);
  refuses(() => requireTopVariants([row, row]), "Cannot store the variant at rank 1: the rank is taken");
  refuses(
    () => requireTopVariants([row, { ...row, rank: 2 }]),
    "Cannot store the variant at rank 2: variant key key-1 is taken",
  );
  refuses(
    () => requireTopVariants([{ ...row, totalReturnPct: Infinity }]),
    "Cannot store the variant at rank 1: total return Infinity is not finite",
  );
  refuses(
    () => requireTopVariants([{ ...row, reportTableMd: " " }]),
    "Cannot store the variant at rank 1: the report is blank",
  );
  const metrics = metricsOfRank(1);
  requireTopVariants([{ ...row, metrics }]);
  refuses(
    () => requireTopVariants([{ ...row, metrics: { ...metrics, sqn: NaN } }]),
    "Cannot store the variant at rank 1: metric sqn NaN is not finite",
  );
});

Deno.test("S000-33 requireSnapshot() refuses reports before the job has succeeded", () => {
  requireSnapshot([row]);
  refuses(
    () => requireSnapshot([{ ...row, reportTableMd: "| a |" }]),
    "Cannot store a report at rank 1: the job has not succeeded",
  );
  refuses(
    () => requireSnapshot([{ ...row, metrics: metricsOfRank(1) }]),
    "Cannot store a report at rank 1: the job has not succeeded",
  );
});

const hash = "0".repeat(64);
const job: NewJob = {
  jobId: "00000000-0000-4000-8000-000000000001",
  userId: "00000000-0000-4000-8000-000000000002",
  mode: "template",
  requestJson: { top_k: 1 },
  requestHash: hash,
  specHash: null,
  specPayloadJson: null,
  engineParamsHash: hash,
  backtestRuntimeConfigHash: hash,
};

Deno.test("13 requireNewJob() wants ids, hashes, a request, and a strategy exactly in saved mode", () => {
  const saved: NewJob = { ...job, mode: "saved", specHash: hash, specPayloadJson: { a: 1 } };
  requireNewJob(job);
  requireNewJob(saved);
  const bad: Partial<NewJob>[] = [
    { jobId: "1" },
    { userId: "1" },
    { requestHash: "A".repeat(64) },
    { engineParamsHash: "0" },
    { backtestRuntimeConfigHash: "" },
    { requestJson: {} },
    { requestJson: [1] as never },
    { mode: "saved" },
    { specHash: hash },
    { specPayloadJson: { a: 1 } },
  ];
  for (const change of bad) assert.throws(() => requireNewJob({ ...job, ...change }), TypeError);
  for (
    const change of [{ specHash: null }, { specPayloadJson: null }, { specPayloadJson: {} }, {
      specHash: "0",
    }]
  ) {
    assert.throws(() => requireNewJob({ ...saved, ...change }), TypeError);
  }
  refuses(
    () => requireNewJob({ ...job, requestJson: {} }),
    "Cannot store an empty request: it needs at least one member",
  );
});

Deno.test("13 requireClaim() wants an owner, a time of at least a second and, if any, a budget of at least one", () => {
  const claim = { lockedBy: "host-1", leaseSeconds: 1 };
  requireClaim(claim);
  requireClaim({ ...claim, maxAttempts: 1 });
  for (const change of [{ lockedBy: "" }, { leaseSeconds: 0 }, { leaseSeconds: 1.5 }, { maxAttempts: 0 }]) {
    assert.throws(() => requireClaim({ ...claim, ...change }), TypeError);
  }
});

Deno.test("13 requireShortlist() wants indexes and positive totals", () => {
  const shortlist = { stageAIndexes: [0, 1], stageAVariantsTotal: 1, riskTotal: 1, preselectUsed: 1 };
  requireShortlist(shortlist);
  const bad = [{ stageAIndexes: [] }, { stageAIndexes: [0, -1] }, { riskTotal: 0 }, { preselectUsed: 0 }, {
    stageAVariantsTotal: 0,
  }];
  for (const change of bad) assert.throws(() => requireShortlist({ ...shortlist, ...change }), TypeError);
});

Deno.test("13 requirePlanes() wants every plane to have the shape of two axes in their order", () => {
  const axes = [
    { name: "a", values: [1, 2, 3], winner: 2 },
    { name: "b", values: [1, 2], winner: 0 },
    { name: "c", values: [1, 2, 3], winner: 0 },
  ];
  const plane = { x: 0, y: 1, returns: [[1, 2, null], [4, 5, 6]] };
  const square = { x: 0, y: 2, returns: [[1, 2, 3], [4, 5, 6], [7, 8, 9]] };
  requirePlanes({ variantKey: "k", axes, planes: [plane, square] });
  assert.throws(() => requirePlanes({ variantKey: " ", axes, planes: [plane] }), TypeError);
  const misfits = [
    { ...plane, y: 3 },
    { ...square, x: 2, y: 0 },
    { ...square, x: 0, y: 0 },
    { ...plane, returns: [[1, 2, null]] },
    { ...plane, returns: [[1, 2, null], [4, 5]] },
  ];
  for (const misfit of misfits) {
    refuses(
      () => requirePlanes({ variantKey: "k", axes, planes: [plane, misfit] }),
      `Cannot store plane ${misfit.x}, ${misfit.y}: it does not fit its axes`,
    );
  }
  const outside = [{ ...axes[0]!, winner: 3 }, ...axes.slice(1)];
  assert.throws(() => requirePlanes({ variantKey: "k", axes: outside, planes: [] }), TypeError);
});
