import type { DefaultGrids } from "../request/default_grids.ts";
import type { Config } from "../config.ts";
import type { Market } from "../core/bars/mod.ts";
import type { ApiMetrics } from "../ports/api_metrics.ts";
import type { CandleSource } from "../ports/candle_source.ts";
import type { Clock } from "../ports/clock.ts";
import type { Compute } from "../ports/compute.ts";
import type { RuleProbe } from "../ports/rule_probe.ts";
import type { IndicatorCompute } from "../ports/indicator_compute.ts";
import type { JobChanges } from "../ports/job_changes.ts";
import type { JobRepository } from "../ports/job_repository.ts";
import type { JobResults } from "../ports/job_results.ts";
import type { JobWakeups } from "../ports/job_wakeups.ts";
import type { Log } from "../ports/log.ts";
import type { OptimizationReader } from "../ports/optimization_reader.ts";
import type { OwnCandles } from "../ports/own_candles.ts";
import type { RunRepository } from "../ports/run_repository.ts";
import type { StrategyRepository } from "../ports/strategy_repository.ts";
import type { CreateRunDeps } from "../usecases/create_run.ts";
import type { ReadinessCheck } from "../usecases/readiness_check.ts";
import type { ScenarioTasks } from "../usecases/scenario_tasks.ts";
import type { TakeRate } from "./limits/rate_limit.ts";

/** Who sent a request. */
export interface Caller {
  /** UUID, lower case. */
  readonly userId: string;
  /** Roles his token names; none unless given. */
  readonly roles?: readonly string[];
  /** He may list, read and cancel everybody's jobs; false unless given. */
  readonly isOperator?: boolean;
}

/** Returns who sent a request; rejects with `BacktestError` `unauthorized` when nobody proved to have. */
export type Authenticate = (request: Request) => Promise<Caller>;

/** Scenarios of workspaces, as routes use them. */
export interface ApiScenarios {
  readonly runs: RunRepository;
  /** Those of this process. */
  readonly tasks: ScenarioTasks;
}

/** What the database holds, as routes use it. */
export interface ApiJobs {
  readonly jobs: JobRepository;
  readonly results: JobResults;
  readonly strategies: StrategyRepository;
  readonly scenarios: ApiScenarios;
  /** Asked while somebody watches jobs, and then for all of them at once. */
  readonly changes: JobChanges;
  /** Hints that make those who watch look earlier. */
  readonly wakeups: JobWakeups;
  readonly optimizations: OptimizationReader;
}

/** Runs that agents drive, as routes use them. */
export type ApiRuns = Omit<CreateRunDeps, "config" | "newId">;

/** Callers' own candles, as routes use them. */
export interface ApiUploads {
  readonly own: OwnCandles;
  /** Counts the uploads of every caller. */
  readonly takeRate: TakeRate;
}

/** Everything the routes reach the world through. */
export interface ApiDeps {
  /** Null where nobody may bring candles: their routes do not exist then. */
  readonly uploads: ApiUploads | null;
  /** Null when jobs are disabled: their routes do not exist then. */
  readonly jobs: ApiJobs | null;
  /** Null likewise. */
  readonly runs: ApiRuns | null;
  readonly candles: CandleSource;
  /** The pool of the synchronous runs, of no one else. */
  readonly compute: Compute;
  readonly indicators: IndicatorCompute;
  readonly rules: RuleProbe;
  readonly defaults: DefaultGrids;
  readonly config: Config;
  readonly marketOf: (marketId: number) => Market;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: ApiMetrics;
  /** Makes a UUID v4. */
  readonly newId: () => string;
  /** Makes a W3C trace id: 32 lower-case hex digits that are not all 0. */
  readonly newTraceId: () => string;
  readonly authenticate: Authenticate;
  /** Counts the requests of every caller. */
  readonly takeRate: TakeRate;
  /** What `/readyz` asks, in this order. */
  readonly readiness: readonly ReadinessCheck[];
  /** The text of `/metrics` with its content type. */
  metricsText(): Promise<{ readonly text: string; readonly contentType: string }>;
  /** A file of the API's browser page by its name, null when there is none. */
  docsAsset(
    name: string,
  ): Promise<{ readonly body: Uint8Array<ArrayBuffer>; readonly contentType: string } | null>;
  /** Aborts when the process was told to stop: streams end, no run begins, and `/readyz` says so. */
  readonly stopping: AbortSignal;
  /** Aborts some time after `stopping`: runs under way must end now. */
  readonly stop: AbortSignal;
}
