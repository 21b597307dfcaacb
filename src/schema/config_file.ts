import { cashMax, cashMin, costPctMax, runStepsMax } from "../core/limits/mod.ts";
import { z } from "zod";
import { badRowsChoices, parseDayStart, timeframeMs } from "../core/bars/mod.ts";
import { isUsuallyFutures } from "../core/execution/mod.ts";
import {
  concurrencyLimitMax,
  stageTasksMax,
  taskRetriesDefault,
  topTasksMax,
} from "../core/optimization/mod.ts";
import { minTradesMax, rankingMetrics, shippedPreselect, usualMinTrades } from "../core/ranking/mod.ts";
import { timeoutHoldsMax } from "../core/run/mod.ts";
import { apiConfigSchema } from "./api_config.ts";
import { marketHoursSchema } from "./market_hours.ts";
import { fileReadingSchema } from "./file_reading.ts";
import { scenariosConfigSchema } from "./scenarios_config.ts";
import { timeframeKeySchema } from "./timeframe.ts";

const integer = z.bigint("an integer > 0")
  .gt(0n, { error: "an integer > 0", abort: true })
  .lte(BigInt(Number.MAX_SAFE_INTEGER), "a smaller integer")
  .transform(Number);

const preselect = z.union([integer, z.literal("all")], "an integer > 0 or all");

const anyNumber = z.union([z.number(), z.bigint()], "a number").transform(Number);
const positive = anyNumber.pipe(z.number().gt(0, "a number > 0"));
const cash = anyNumber.pipe(
  z.number().gte(cashMin, `a number ${cashMin}..${cashMax}`).lte(cashMax, `a number ${cashMin}..${cashMax}`),
);
const feePercent = anyNumber.pipe(
  z.number().gte(0, `a number 0..${costPctMax}`).lte(costPctMax, `a number 0..${costPctMax}`),
);
const slippageText = `a number >= 0 and < ${costPctMax}: at a whole one nothing can be sold`;
const slippagePercent = anyNumber.pipe(z.number().gte(0, slippageText).lt(costPctMax, slippageText));
const percent = anyNumber.pipe(z.number().gte(0, "a number 0..100").lte(100, "a number 0..100"));
const marketId = z.string().regex(/^[1-9]\d*$/, "a market id > 0");

const ranking = z.strictObject({
  primary_metric_default: z.literal([...rankingMetrics]).default("total_return_pct"),
  /** Never the primary one; null for none. */
  secondary_metric_default: z.literal([...rankingMetrics]).nullable().default(null),
  /** Trades without a loss that make a profit factor infinite. */
  min_trades: integer.pipe(z.number().lte(minTradesMax, `at most ${minTradesMax}`)).default(usualMinTrades),
}).superRefine(({ primary_metric_default, secondary_metric_default }, context) => {
  if (secondary_metric_default !== primary_metric_default) return;
  context.addIssue({
    code: "custom",
    path: ["secondary_metric_default"],
    message: "null or another metric than primary_metric_default",
    input: secondary_metric_default,
  });
});

const guards = z.strictObject({
  max_variants_per_compute: integer.default(600_000),
  /** Of the whole product with `preselect: "all"`; the tables count variants as 32-bit integers. */
  max_variants_exhaustive: integer.pipe(z.number().lte(2 ** 31 - 1, "at most 2147483647")).default(
    600_000_000,
  ),
  max_compute_bytes_total: integer.default(5 * 1024 ** 3),
});

const cpu = z.strictObject({ max_threads: integer.optional(), max_numba_threads: integer.optional() })
  .refine(
    ({ max_threads, max_numba_threads }) => max_threads === undefined || max_numba_threads === undefined,
    {
      path: ["max_numba_threads"],
      error: "left out where max_threads is set",
    },
  );

const jobs = z.strictObject({
  enabled: z.boolean(),
  top_k_persisted_default: integer,
  max_active_jobs_per_user: integer,
  /** In place of it for some users, by id, and for those with a role. */
  quotas: z.strictObject({
    users: z.record(z.uuid("a user id").toLowerCase(), integer).default({}),
    roles: z.record(z.string().min(1), integer).default({}),
  }).prefault({}),
  claim_poll_seconds: positive,
  lease_seconds: integer,
  heartbeat_seconds: integer,
  /** Null: time triggers no snapshot. */
  snapshot_seconds: integer.nullable().default(null),
  /** Null: progress triggers no snapshot. */
  snapshot_variants_step: integer.nullable().default(null),
  /** Above 1: a sweep is cut into tasks, of which so many are open at a time. */
  parallel_workers: integer.pipe(z.number().lte(concurrencyLimitMax, `at most ${concurrencyLimitMax}`)),
  /** How often a job may be started before an upstream failure, or the death of its worker, fails it. */
  max_attempts: integer.default(3),
  /** Whether queued jobs are claimed by age alone, or from their owners in turn. */
  claim_policy: z.literal(["fifo", "fair"], "fifo or fair").default("fifo"),
  /** How long a candle source may take before the job is put off as an upstream failure. */
  candle_load_seconds: positive.default(120),
  /** How long ended jobs are kept by a `jobs prune` that names no age; null: it must name one. */
  retention_days: integer.nullable().default(null),
}).superRefine(({ heartbeat_seconds, lease_seconds }, context) => {
  if (heartbeat_seconds < lease_seconds) return;
  context.addIssue({
    code: "custom",
    path: ["heartbeat_seconds"],
    message: `less than lease_seconds (${lease_seconds})`,
    input: heartbeat_seconds,
  });
});

const optimizations = z.strictObject({
  /** Tasks of one optimisation that may be open at the same time, at most. */
  concurrency_max: integer.pipe(z.number().lte(concurrencyLimitMax, `at most ${concurrencyLimitMax}`))
    .default(16),
  /** Tasks that a summary lists. */
  top_n_default: integer.pipe(z.number().lte(topTasksMax, `at most ${topTasksMax}`)).default(5),
  /** Variants of a task, about. */
  task_variants: integer.pipe(z.number().lte(2 ** 31 - 1, "at most 2147483647")).default(200_000),
  /** Tasks of a stage at most; they are larger then. */
  tasks_max: integer.pipe(z.number().lte(stageTasksMax, `at most ${stageTasksMax}`)).default(1000),
  /** How often a task may be started again before it fails, and the optimisation with it. */
  max_retries: integer.pipe(z.number().lte(100, "at most 100")).default(taskRetriesDefault),
});

const runs = z.strictObject({
  /** Steps that a run may have. */
  steps_max: integer.pipe(z.number().lte(runStepsMax, `at most ${runStepsMax}`)).default(runStepsMax),
  /** Timeouts in a row after which a run is abandoned. */
  timeout_holds_max: integer.default(timeoutHoldsMax),
  /** How long a process that works on a run may be silent before the run fails. */
  heartbeat_stale_seconds: integer.default(300),
  /** How often each API looks after runs. */
  reaper_seconds: integer.default(60),
  /** How long ended runs are kept. */
  retention_days: integer.default(30),
  /** Whether a process that starts fails the runs that any process works on: only where there is one. */
  recover_on_startup: z.boolean().default(false),
}).superRefine(({ heartbeat_stale_seconds, reaper_seconds }, context) => {
  if (reaper_seconds * 2 <= heartbeat_stale_seconds) return;
  context.addIssue({
    code: "custom",
    path: ["reaper_seconds"],
    message:
      `at most half of heartbeat_stale_seconds (${heartbeat_stale_seconds}): it is how often runs are confirmed`,
    input: reaper_seconds,
  });
});

const reporting = z.strictObject({
  top_trades_n_default: integer.default(3),
  eager_top_reports_enabled: z.boolean().default(false),
});

const feePctByMarketId: Readonly<Record<string, number>> = { 1: 0.075, 2: 0.1, 3: 0.075, 4: 0.1 };

const execution = z.strictObject({
  init_cash_quote_default: cash.default(10_000),
  fixed_quote_default: cash.default(100),
  safe_profit_percent_default: percent.default(30),
  slippage_pct_default: slippagePercent.default(0.01),
  fee_pct_default_by_market_id: z.record(marketId, feePercent).default({})
    .transform((fees) => Object.keys(fees).length === 0 ? feePctByMarketId : fees),
});

const backtest = z.strictObject({
  warmup_bars_default: integer.default(200),
  top_k_default: integer.default(300),
  preselect_default: preselect.default(shippedPreselect),
  ranking: ranking.prefault({}),
  guards: guards.prefault({}),
  cpu: cpu.prefault({}),
  sync: z.strictObject({ sync_deadline_seconds: positive }),
  jobs,
  optimizations: optimizations.prefault({}),
  runs: runs.prefault({}),
  reporting: reporting.prefault({}),
  execution: execution.prefault({}),
}).superRefine(({ top_k_default, jobs: { top_k_persisted_default } }, context) => {
  if (top_k_default <= top_k_persisted_default) return;
  context.addIssue({
    code: "custom",
    path: ["top_k_default"],
    message: `at most jobs.top_k_persisted_default (${top_k_persisted_default})`,
    input: top_k_default,
  });
});

const dayStart = z.string("a time and a zone such as 17:00 America/New_York").transform((text, context) => {
  try {
    return parseDayStart(text, "day_start");
  } catch {
    context.addIssue({
      code: "custom",
      message: "a time and a zone such as 17:00 America/New_York",
      input: text,
    });
    return z.NEVER;
  }
});

const market = z.strictObject({
  calendar: z.literal(
    ["continuous", "sessions"],
    "continuous, or sessions, whose hours and holidays are told from the candles",
  ),
  days_per_year: anyNumber.pipe(z.number().gte(1, "a number 1..366").lte(366, "a number 1..366")).optional(),
  futures: z.boolean().optional(),
  day_start: dayStart.nullable().default(null),
  partial_last_bar: z.literal(["skip", "trade"], "skip or trade").default("skip"),
  hours: marketHoursSchema.optional(),
  files: fileReadingSchema.prefault({}),
}).superRefine(({ calendar, hours }, context) => {
  if (hours === undefined || calendar === "sessions") return;
  context.addIssue({
    code: "custom",
    path: ["hours"],
    message: "absent where calendar is continuous: such a market is always open",
    input: "hours",
  });
});

const cryptoMarkets = {
  1: { calendar: "continuous" },
  2: { calendar: "continuous" },
  3: { calendar: "continuous" },
  4: { calendar: "continuous" },
} as const;

/** `backtest.yaml` with integers as bigints; absent keys get their defaults. */
export const configFileSchema = z.strictObject({
  version: z.literal(1n, "1"),
  backtest,
  markets: z.record(marketId, market).prefault(cryptoMarkets).transform((markets) =>
    Object.fromEntries(
      Object.entries(markets).map(([id, market]) => [
        id,
        {
          calendar: market.calendar,
          daysPerYear: market.days_per_year ?? null,
          futures: market.futures ?? isUsuallyFutures(id),
          dayStart: market.day_start,
          partialLastBar: market.partial_last_bar,
          ...(market.hours === undefined ? {} : { hours: market.hours }),
          files: market.files,
        },
      ]),
    )
  ),
  api: apiConfigSchema.prefault({}),
  scenarios: scenariosConfigSchema.prefault({}),
  log: z.strictObject({ format: z.literal(["text", "json"], "text or json").default("text") }).prefault({}),
  candles: z.strictObject({
    /** Where `<market_id>/<SYMBOL>.csv` files are looked for. */
    directory: z.string().trim().min(1).default("data/candles"),
    /** ClickHouse tables by the length of their candles, that of minutes among them. */
    tables: z.record(
      timeframeKeySchema,
      z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,99}$/, "the name of a table"),
    ).default({}).transform((tables) =>
      Object.entries({ "1m": "canonical_candles_1m", ...tables })
        .map(([timeframe, name]) => ({ name, timeframeMs: timeframeMs(timeframe) }))
    ),
    /** Null: bad rows are skipped in a sweep and refused on import. */
    bad_rows: z.literal([...badRowsChoices], "refuse or skip").nullable().default(null),
    uploads: z.string().trim().min(1).nullable().default("data/uploads"),
  }).prefault({}),
});

/** What {@link configFileSchema} reads. */
export type ConfigFile = z.output<typeof configFileSchema>;
