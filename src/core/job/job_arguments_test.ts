import assert from "node:assert/strict";
import { metricsOfRank } from "../../../tests/helpers/any_metrics.ts";
import type { Stage, TopVariant } from "./job.ts";
import {
  requireEnding,
  requireInteger,
  requireLease,
  requireOwner,
  requireProgress,
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
