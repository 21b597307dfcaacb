import type { Trade } from "../../src/core/execution/mod.ts";
import type { Job, Lease, NewJob, RunData, TopVariant } from "../../src/core/job/mod.ts";
import type { OptimizationTask } from "../../src/core/optimization/mod.ts";
import type { JobPorts } from "../../src/ports/job_ports.ts";
import { metricsOfRank } from "../helpers/any_metrics.ts";

/** The job ports over one empty store. */
export interface JobStores extends JobPorts {
  /** Makes the lease of a running job run out; earlier leases may run out with it. */
  expireLease(jobId: string): Promise<void>;
  /** Makes the lease of a running task run out; earlier leases may run out with it. */
  expireTask(task: OptimizationTask): Promise<void>;
  /** Lets the time come for which a queued task waits, if that is within the hour. */
  makeTaskDue(taskId: string): Promise<void>;
  /** Lets the time come for which a queued job waits, if that is within the hour. */
  makeDue(jobId: string): Promise<void>;
  /** Lets the store's clock reach the next millisecond. */
  tick(): Promise<void>;
  close(): Promise<void>;
}

/** One adapter of the job ports. */
export interface JobStoresFactory {
  readonly name: string;
  /** Set when a server in this process starts timers of its own, which a leak check would blame on a test. */
  readonly ownTimers?: boolean;
  open(): Promise<JobStores>;
}

/** Registers a test that gets stores of its own. */
export function testStores(
  name: string,
  options: { readonly factory: JobStoresFactory; readonly run: (stores: JobStores) => Promise<void> },
): void {
  const { factory, run } = options;
  Deno.test({
    name: `${name} [${factory.name}]`,
    ...(factory.ownTimers && { sanitizeOps: false, sanitizeResources: false }),
    async fn() {
      const stores = await factory.open();
      try {
        await run(stores);
      } finally {
        await stores.close();
      }
    },
  });
}

/** Owner of the jobs that a test does not give to someone else. */
export const userId = "11111111-1111-4111-8111-111111111111";

/** Another owner. */
export const strangerId = "22222222-2222-4222-8222-222222222222";

/** The UUID of the `n`-th test job; they sort as their numbers do. */
export function jobIdOf(n: number): string {
  return `00000000-0000-4000-8000-${n.toString(16).padStart(12, "0")}`;
}

/** The `n`-th test job, in template mode. */
export function newJob(n: number, changes: Partial<NewJob> = {}): NewJob {
  return {
    jobId: jobIdOf(n),
    userId,
    mode: "template",
    requestJson: { top_k: n, template: { symbol: "BTCUSDT", fees: [0.075, -1e-7, null, "é\n"] } },
    requestHash: "a".repeat(64),
    specHash: null,
    specPayloadJson: null,
    engineParamsHash: "b".repeat(64),
    backtestRuntimeConfigHash: "c".repeat(64),
    ...changes,
  };
}

/** Creates jobs `1..count` one after the other, so that they are claimed in this order. */
export async function createJobs(stores: JobStores, count: number): Promise<readonly Job[]> {
  const created: Job[] = [];
  for (let n = 1; n <= count; n++) created.push(await stores.jobs.create(newJob(n), { maxActive: 1000 }));
  return created;
}

/** Creates job 1 and claims it. */
export async function runningJob(
  stores: JobStores,
  claim = { lockedBy: "worker-1", leaseSeconds: 60 },
): Promise<{ readonly job: Job; readonly lease: Lease }> {
  await createJobs(stores, 1);
  const job = await stores.queue.claimNext(claim);
  if (!job) throw new Error("Cannot claim the test job");
  return { job, lease: leaseOf(job) };
}

/** The fence a worker got with its claim. */
export function leaseOf(job: Job): Lease {
  return { jobId: job.jobId, lockedBy: job.lockedBy ?? "nobody", attempt: job.attempt };
}

/** Leases that must not work on a job with `lease` whose lease may also have expired. */
export function foreignLeases(lease: Lease): readonly Lease[] {
  return [
    { ...lease, jobId: jobIdOf(999) },
    { ...lease, lockedBy: "worker-2" },
    { ...lease, attempt: lease.attempt + 1 },
  ];
}

/** What a job may have found out about its candles. */
export const runData: RunData = {
  data: {
    first_bar: "2024-01-01T00:00:00Z",
    last_bar: "2024-01-02T03:00:00Z",
    bars: 27,
    missing_bars: 1,
    gaps: { count: 1, longest: 1 },
    partial_last_bar: true,
  },
  warnings: ["partial_last_bar: the last bar is partial and left out"],
  barsBefore: 200,
};

/** A result row; those of one `seed` have keys of their own. */
export function topVariant(rank: number, changes: Partial<TopVariant> = {}): TopVariant {
  return {
    rank,
    variantKey: rank.toString(16).padStart(64, "0"),
    indicatorVariantKey: "f".repeat(64),
    variantIndex: rank * 7,
    totalReturnPct: 12.345678901234567 / rank,
    payload: {
      indicator_selections: [{ indicator_id: "ma.ema", inputs: { source: "close" }, params: { window: 20 } }],
      signal_params: {},
      risk_params: { sl_enabled: true, sl_pct: 1.5, tp_enabled: false, tp_pct: null },
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
    ...changes,
  };
}

/** A final row: with metrics and report, and with trades when it is the best one. */
export function reportedVariant(rank: number): TopVariant {
  return topVariant(rank, {
    metrics: metricsOfRank(rank),
    reportTableMd: `| rank | ${rank} |`,
    trades: rank === 1 ? [trade] : null,
  });
}

const trade: Trade = {
  trade_id: 0,
  direction: "long",
  entry_bar_index: 3,
  exit_bar_index: 9,
  entry_ts: "2026-01-01T00:04:00.000Z",
  exit_ts: "2026-01-01T00:10:00.000Z",
  entry_fill_price: 100.1,
  exit_fill_price: 0.1 + 0.2,
  qty_base: 5e-324,
  entry_quote_amount: 1.7976931348623157e308,
  exit_quote_amount: 1e21,
  entry_fee_quote: 1e-7,
  exit_fee_quote: 0,
  gross_pnl_quote: -12.5,
  net_pnl_quote: -12.6,
  locked_profit_quote: 0,
  exit_reason: "signal_exit",
};
