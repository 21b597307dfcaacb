import fc from "fast-check";
import { exitReasons, type Trade, tradeMembers } from "../../src/core/execution/mod.ts";
import type { SameAs } from "../../src/core/grid/mod.ts";
import type { ArchivedJob, RunData, StoredTopVariant } from "../../src/core/job/mod.ts";
import { anyMetrics } from "./any_metrics.ts";

const finite = fc.double({ noNaN: true, noDefaultInfinity: true });
const hex = (length: number) => fc.stringMatching(new RegExp(`^[0-9a-f]{${length}}$`));
const uuid = fc.uuid({ version: 4 });
const int32 = fc.nat(2 ** 31 - 1);
const time = fc.integer({ min: Date.UTC(2000, 0), max: Date.UTC(2100, 0) });
const text = fc.string({ unit: "grapheme", maxLength: 12 })
  .filter((value) => value.isWellFormed() && !value.includes("\0"));
const filledText = text.filter((value) => value.trim() !== "");
const leaf = fc.oneof(finite, text, fc.boolean(), fc.constant(null));
const json = fc.oneof(leaf, fc.array(leaf, { maxLength: 3 }), fc.dictionary(text, leaf, { maxKeys: 3 }));
const object = fc.dictionary(text, json, { maxKeys: 4 });
const filledObject = fc.dictionary(text, json, { minKeys: 1, maxKeys: 4 });

const trade: fc.Arbitrary<Trade> = fc.record(
  Object.fromEntries(
    tradeMembers.map((name) => [
      name,
      name === "direction"
        ? fc.constantFrom("long", "short")
        : name === "exit_reason"
        ? fc.constantFrom(...exitReasons)
        : /_ts$/.test(name)
        ? time.map((ms) => new Date(ms).toISOString())
        : /_index$|_id$/.test(name)
        ? int32
        : finite,
    ]),
  ),
  { requiredKeys: tradeMembers.filter((name) => !/_ts$/.test(name)) },
) as unknown as fc.Arbitrary<Trade>;

const ending = fc.oneof(
  fc.constant({ state: "succeeded" as const, lastError: null, lastErrorJson: null }),
  fc.constant({ state: "cancelled" as const, lastError: null, lastErrorJson: null }),
  fc.record({
    state: fc.constant("failed" as const),
    lastError: text,
    lastErrorJson: fc.record({ code: text, message: text, details: object }),
  }),
);

const mode = fc.oneof(
  fc.constant({ mode: "template" as const, specHash: null, specPayloadJson: null }),
  fc.record({ mode: fc.constant("saved" as const), specHash: hex(64), specPayloadJson: filledObject }),
);

const count = fc.nat(1_000_000);
const barOpen = fc.option(time.map((ms) => new Date(ms).toISOString()));

/** What a job may have found out about its candles. */
const anyRunData: fc.Arbitrary<RunData> = fc.record({
  data: fc.record({
    first_bar: barOpen,
    last_bar: barOpen,
    bars: count,
    missing_bars: count,
    gaps: fc.record({ count, longest: count }),
    partial_last_bar: fc.boolean(),
  }),
  warnings: fc.array(filledText, { maxLength: 3 }),
  barsBefore: count,
});

const job = fc.record({
  jobId: uuid,
  userId: uuid,
  mode,
  ending,
  stage: fc.constantFrom("stage_a" as const, "stage_b" as const, "finalizing" as const),
  createdAtMs: time,
  updatedAtMs: time,
  startedAtMs: fc.option(time),
  finishedAtMs: time,
  cancelRequestedAtMs: fc.option(time),
  requestJson: filledObject,
  requestHash: hex(64),
  engineParamsHash: hex(64),
  backtestRuntimeConfigHash: hex(64),
  progress: fc.tuple(int32, int32).map(([a, b]) => ({
    processedUnits: Math.min(a, b),
    totalUnits: Math.max(a, b),
  })),
  progressUpdatedAtMs: fc.option(time),
  attempts: fc.tuple(fc.nat(9), fc.nat(9)).map(([a, b]) => ({
    attempt: Math.max(a, b),
    retries: Math.min(a, b),
  })),
  traceId: fc.option(hex(32)),
  runData: fc.option(anyRunData),
}).map(({ mode, ending, progress, attempts, ...rest }) => ({
  ...rest,
  ...mode,
  ...ending,
  ...progress,
  ...attempts,
  lockedBy: null,
  lockedAtMs: null,
  leaseExpiresAtMs: null,
  heartbeatAtMs: null,
  notBeforeMs: null,
}));

const anySameAs: fc.Arbitrary<SameAs> = fc.record({
  count: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
  params: fc.dictionary(
    fc.stringMatching(/^[a-z.]{1,20}$/),
    fc.oneof(fc.tuple(finite, finite), fc.array(filledText, { minLength: 1, maxLength: 3 })),
  ),
});

const variant = fc.record({
  variantKey: hex(64),
  indicatorVariantKey: hex(64),
  variantIndex: int32,
  totalReturnPct: finite,
  payload: object as unknown as fc.Arbitrary<StoredTopVariant["payload"]>,
  metrics: fc.option(anyMetrics),
  sameAs: fc.option(anySameAs),
  reportTableMd: fc.option(filledText),
  trades: fc.option(fc.array(trade, { maxLength: 3 })),
  updatedAtMs: time,
});

const shortlist = fc.record({
  stageAIndexes: fc.array(int32, { minLength: 1, maxLength: 5 }),
  stageAVariantsTotal: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
  riskTotal: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
  preselectUsed: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
  updatedAtMs: time,
});

const axis = fc.record({
  name: filledText,
  values: fc.oneof(
    fc.array(finite, { minLength: 2, maxLength: 2 }),
    fc.array(text, { minLength: 2, maxLength: 2 }),
  ),
  winner: fc.nat(1),
});

const planes = fc.record({
  variantKey: hex(64),
  axes: fc.tuple(axis, axis),
  planes: fc.array(
    fc.record({
      x: fc.constant(0),
      y: fc.constant(1),
      returns: fc.array(fc.array(fc.option(finite), { minLength: 2, maxLength: 2 }), {
        minLength: 2,
        maxLength: 2,
      }),
    }),
    { maxLength: 1 },
  ),
  updatedAtMs: time,
});

/** Any job that can have ended, with any rows it can have left. */
export const anyArchive: fc.Arbitrary<ArchivedJob> = fc.record({
  job,
  idempotency: fc.option(fc.record({ key: fc.stringMatching(/^[!-~]{1,255}$/), bodyHash: hex(64) })),
  variants: fc.uniqueArray(variant, { maxLength: 3, selector: ({ variantKey }) => variantKey }),
  shortlist: fc.option(shortlist),
  planes: fc.option(planes),
}).map(({ job, idempotency, variants, shortlist, planes }) => ({
  job,
  idempotency,
  topVariants: variants.map((row, i) => ({
    ...row,
    ...(job.state === "succeeded" ? {} : { metrics: null, sameAs: null, reportTableMd: null, trades: null }),
    jobId: job.jobId,
    rank: i + 1,
  })),
  shortlist: shortlist && { ...shortlist, jobId: job.jobId },
  planes: planes && { ...planes, jobId: job.jobId },
}));
