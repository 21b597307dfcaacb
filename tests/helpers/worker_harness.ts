import { ruleProbe } from "./rule_probe.ts";
import { parseRequest } from "../../src/request/parse.ts";
import { type ManualClock, manualClock } from "../memory/clock.ts";
import { type MemoryJobs, memoryJobs } from "../memory/jobs.ts";
import { type MemoryLog, memoryLog } from "../memory/log.ts";
import { emptyCandles, wholeSeries } from "../../src/core/bars/mod.ts";
import type { Job, Lease, TopVariant } from "../../src/core/job/mod.ts";
import type { CandleSource } from "../../src/ports/candle_source.ts";
import type { JobChanges } from "../../src/ports/job_changes.ts";
import type { JobQueue } from "../../src/ports/job_queue.ts";
import type { JobRepository } from "../../src/ports/job_repository.ts";
import type { JobResults } from "../../src/ports/job_results.ts";
import type { OptimizationReader } from "../../src/ports/optimization_reader.ts";
import type { JobWakeups } from "../../src/ports/job_wakeups.ts";
import { noTaskMetrics } from "../../src/ports/task_metrics.ts";
import type { ClaimOutcome, RunnerMetrics } from "../../src/ports/runner_metrics.ts";
import { fixedBatchSize } from "../../src/sweep/batch_size.ts";
import { submitJob } from "../../src/usecases/submit_job.ts";
import type { WorkerDeps, WorkerSettings } from "../../src/worker/job_context.ts";
import { runJob } from "../../src/worker/run_job.ts";
import type { SharingDeps } from "../../src/worker/sharing.ts";
import { testConfig } from "./config.ts";
import { continuousMarket } from "./markets.ts";
import { type Script, type ScriptedCompute, scriptedCompute } from "./scripted_compute.ts";

/** Owner of every job of the harness. */
export const userId = "11111111-1111-4111-8111-111111111111";

/** Trace of every request that submits a job of the harness. */
export const traceId = "0af7651916cd43dd8448eb211c80319c";

const dayMs = 86_400_000;
const firstDayMs = Date.UTC(2026, 0, 1);

/** A request of 6 base variants and, with the default risk grid, 24 expanded ones over 60 daily bars. */
export function requestBody(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    time_range: { start: "2026-01-11T00:00:00Z", end: "2026-03-01T00:00:00Z" },
    template: {
      instrument_id: { market_id: 1, symbol: "BTCUSDT" },
      timeframe: "1d",
      indicator_grids: [{
        indicator_id: "ma.sma",
        params: { window: { mode: "explicit", values: [2, 3, 4, 5, 6, 7] } },
        source: { mode: "explicit", values: ["close"] },
      }],
      risk_grid: {
        sl_enabled: true,
        tp_enabled: true,
        sl: { mode: "explicit", values: [1, 2] },
        tp: { mode: "explicit", values: [3, 4] },
      },
    },
    warmup_bars: 5,
    top_k: 5,
    preselect: 4,
    top_trades_n: 2,
    ...changes,
  };
}

/** 60 days of a price that wanders a little, the same every time. */
export const candleSource: CandleSource = {
  load() {
    const candles = emptyCandles(60);
    for (let i = 0; i < 60; i++) {
      const close = 100 + 10 * Math.sin(i / 3) + i / 10;
      candles.tsOpenMs[i] = firstDayMs + i * dayMs;
      candles.open[i] = close - 1;
      candles.high[i] = close + 2;
      candles.low[i] = close - 2;
      candles.close[i] = close;
      candles.volume[i] = 1000 + i;
    }
    return Promise.resolve(wholeSeries({ candles, timeframeMs: dayMs }));
  },
};

/** A write a worker sent, in order. */
export interface WriteCall {
  readonly method: string;
  readonly args: readonly unknown[];
}

/** What the worker told of itself, in order. */
export interface RecordedMetrics {
  readonly answers: string[];
  readonly outcomes: ClaimOutcome[];
  readonly stages: string[];
  /** Codes of the failures that jobs were put off for. */
  readonly putOff: string[];
  readonly refused: string[];
  claims: number;
  exhausted: number;
}

/** A worker over the in-memory twin, with everything it does on record. */
export interface Harness {
  readonly clock: ManualClock;
  readonly log: MemoryLog;
  readonly jobs: JobRepository;
  readonly queue: JobQueue;
  readonly results: JobResults;
  readonly wakeups: JobWakeups;
  readonly changes: JobChanges;
  readonly optimizations: OptimizationReader;
  readonly compute: ScriptedCompute;
  readonly writes: WriteCall[];
  readonly metrics: RecordedMetrics;
  readonly deps: WorkerDeps;
  submit(changes?: Record<string, unknown>): Promise<Job>;
  /** Claims the next job and runs it to its end. */
  runNext(options?: { readonly stop?: AbortSignal; readonly lockedBy?: string }): Promise<ClaimOutcome>;
}

/** What a harness may be told to do differently. */
export interface HarnessOptions extends Partial<Script> {
  readonly settings?: Partial<WorkerSettings>;
  readonly batchUnits?: number;
  readonly candles?: CandleSource;
  /** Replaces answers of the queue or the results. */
  readonly sabotage?: (stores: Stores) => Partial<Stores>;
  /** Lets the worker share sweeps. */
  readonly sharing?: Partial<SharingDeps>;
}

type Stores = MemoryJobs;

/** Builds a harness whose scores are all different unless `score` says otherwise. */
export function harness(options: HarnessOptions = {}): Harness {
  const clock = manualClock(firstDayMs);
  const log = memoryLog();
  const stores = memoryJobs(clock);
  const writes: WriteCall[] = [];
  const told = { ...stores, ...options.sabotage?.(stores) };
  const queue = recorded(told.queue, writes);
  const results = recorded(told.results, writes);
  const compute = scriptedCompute({
    score: (base, risk) => base * 10 + (risk ?? 0),
    ...options,
  });
  const metrics = { answers: [], outcomes: [], stages: [], putOff: [], refused: [], claims: 0, exhausted: 0 };
  const deps: WorkerDeps = {
    queue,
    results,
    wakeups: told.wakeups,
    random: () => 0.5,
    candles: options.candles ?? candleSource,
    compute,
    rules: ruleProbe,
    clock,
    log,
    metrics: recordingMetrics(metrics),
    defaults: {},
    marketOf: () => continuousMarket,
    settings: {
      claimPollSeconds: 1,
      claimPolicy: "fifo",
      maxAttempts: 3,
      loadTimeoutSeconds: 120,
      leaseSeconds: 60,
      heartbeatSeconds: 15,
      snapshotSeconds: null,
      snapshotVariantsStep: null,
      topKPersisted: 300,
      guards: { maxVariants: 600_000, maxVariantsExhaustive: 600_000_000, maxBytes: 5_368_709_120 },
      preselectDefault: 20_000,
      ...options.settings,
    },
    batchSize: () => fixedBatchSize(options.batchUnits ?? 2),
    ...(options.sharing ? { sharing: sharingOf(told, { ...options, writes }) } : {}),
  };
  let submitted = 0;
  return {
    clock,
    log,
    ...stores,
    compute,
    writes,
    metrics,
    deps,
    submit: (changes) =>
      submitJob({ parsed: parseRequest(requestBody(changes)), userId, traceId }, {
        jobs: stores.jobs,
        config: testConfig(),
        defaults: {},
        newId: () => `00000000-0000-4000-8000-${String(++submitted).padStart(12, "0")}`,
      }),
    async runNext({ stop = new AbortController().signal, lockedBy = "worker-1" } = {}) {
      const sentMs = clock.monotonicMs();
      const job = await stores.queue.claimNext({ lockedBy, leaseSeconds: deps.settings.leaseSeconds });
      if (job === null) throw new Error("Cannot run a job: the queue is empty");
      return (await runJob({ job, lockedBy, sentMs }, { deps, stop })).outcome;
    },
  };
}

function sharingOf(
  { coordinator, tasks }: Stores,
  { sharing, writes }: Pick<HarnessOptions, "sharing"> & { readonly writes: WriteCall[] },
): SharingDeps {
  return {
    coordinator: recorded(coordinator, writes),
    tasks: recorded(tasks, writes),
    metrics: noTaskMetrics,
    newId: () => crypto.randomUUID(),
    moduleHash: "a".repeat(64),
    maxRetries: 5,
    ...sharing,
  };
}

/** A lease that fences the job's current attempt. */
export function leaseOf(job: Job): Lease {
  return { jobId: job.jobId, lockedBy: job.lockedBy ?? "", attempt: job.attempt };
}

/** The rows of the snapshot writes, in order. */
export function snapshots(writes: readonly WriteCall[]): (readonly TopVariant[])[] {
  return writes.filter(({ method }) => method === "replaceTopVariants")
    .map(({ args }) => args[1] as readonly TopVariant[]);
}

function recorded<T extends object>(port: T, writes: WriteCall[]): T {
  return new Proxy(port, {
    get(target, name, receiver) {
      const member = Reflect.get(target, name, receiver);
      if (typeof member !== "function") return member;
      return (...args: unknown[]) => {
        writes.push({ method: String(name), args });
        return member.apply(target, args);
      };
    },
  });
}

function recordingMetrics(record: RecordedMetrics): RunnerMetrics {
  return {
    claimAnswered: ({ result }) => void record.answers.push(result),
    jobClaimed: () => void record.claims++,
    jobProcessed: ({ outcome }) => void record.outcomes.push(outcome),
    attemptsExhausted: () => void record.exhausted++,
    jobPutOff: (cause) => void record.putOff.push(cause),
    writeRefused: (write) => void record.refused.push(write),
    stageDone: (stage) => void record.stages.push(stage),
  };
}
