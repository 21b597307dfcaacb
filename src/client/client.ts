import type { Estimate, IndicatorList, RuntimeDefaults } from "../answers/catalogue.ts";
import type { BacktestAnswer, MeasuredVariant } from "../answers/backtest.ts";
import type { DeletedCandles, OwnCandleList, UploadResult } from "../answers/candles.ts";
import type { StrategyList, StrategyView } from "../answers/strategy.ts";
import type { JobEvent, JobHeatmap, JobList, JobStatus, TopRows } from "../answers/job.ts";
import type {
  OptimizationAnswer,
  OptimizationEvent,
  OptimizationList,
  OptimizationTasks,
} from "../answers/optimization.ts";
import { followed } from "./follow.ts";
import { RunClient } from "./run_client.ts";
import { ScenarioClient } from "./scenario_client.ts";
import { type CallOptions, type ClientOptions, type QueryValue, search, Transport } from "./transport.ts";

export type { CallOptions, ClientOptions } from "./transport.ts";

/**
 * The API as functions. Uses `fetch` and streams only, so it runs in browsers, Node and Deno. Everything that is no
 * success rejects with `ApiError`, with code `unreachable` and status 0 when there was no answer.
 */
export class BacktestClient {
  readonly #options: ClientOptions;
  readonly #api: Transport;
  /** Loans hedged with puts. */
  readonly scenarios: ScenarioClient;
  /** Runs that an agent drives. */
  readonly runs: RunClient;

  constructor(options: ClientOptions) {
    this.#options = options;
    this.#api = new Transport(options);
    this.scenarios = new ScenarioClient(this.#api);
    this.runs = new RunClient(this.#api, options);
  }

  /** Queues a request. With a key the same body gives the same job. */
  async submitJob(
    request: unknown,
    options: CallOptions & { readonly idempotencyKey?: string } = {},
  ): Promise<JobStatus> {
    const { idempotencyKey: key } = options;
    return await this.#api.post("/backtests/jobs", {
      ...options,
      sent: request,
      headers: key === undefined ? {} : { "idempotency-key": key },
    });
  }

  /** One page of the caller's jobs, newest first. */
  async listJobs(
    query: {
      readonly state?: string;
      readonly limit?: number;
      readonly cursor?: string;
      /** Whose jobs, or `all`; for operators. */
      readonly user_id?: string;
    } = {},
    options: CallOptions = {},
  ): Promise<JobList> {
    return await this.#api.json(`/backtests/jobs${search(query)}`, options);
  }

  /** Where a job stands. */
  async job(jobId: string, options: CallOptions = {}): Promise<JobStatus> {
    return await this.#api.json(jobPath(jobId), options);
  }

  /** A job's ranked variants. */
  async topRows(jobId: string, options: CallOptions & { readonly limit?: number } = {}): Promise<TopRows> {
    const { limit } = options;
    return await this.#api.json(
      `${jobPath(jobId)}/top${search(limit === undefined ? {} : { limit })}`,
      options,
    );
  }

  /** Cancels a job; returns it as it is now. */
  async cancelJob(jobId: string, options: CallOptions = {}): Promise<JobStatus> {
    return await this.#api.json(`${jobPath(jobId)}/cancel`, { ...options, method: "POST" });
  }

  /** The returns around a job's winner over two axes. */
  async heatmap(
    jobId: string,
    options: CallOptions & { readonly x?: string; readonly y?: string } = {},
  ): Promise<JobHeatmap> {
    const { x, y } = options;
    const axes = { ...(x === undefined ? {} : { x }), ...(y === undefined ? {} : { y }) };
    return await this.#api.json(`${jobPath(jobId)}/heatmap${search(axes)}`, options);
  }

  /** A file of a job: `top.csv`, `top.parquet`, `rows/1/trades.csv`, `rows/1/trades.parquet`, `rows/1/equity.csv`. */
  async file(jobId: string, name: string, options: CallOptions = {}): Promise<Uint8Array<ArrayBuffer>> {
    // not bytes(), which Node 20 and browsers of 2023 do not have
    return new Uint8Array(await (await this.#api.send(`${jobPath(jobId)}/${name}`, options)).arrayBuffer());
  }

  /**
   * The states of some jobs as they come, until all have ended. A stream that breaks is opened again where it broke;
   * rejects when that fails a few times in a row, or the API refuses.
   */
  async *watchJobs(jobIds: readonly string[], options: CallOptions = {}): AsyncGenerator<JobEvent> {
    const query = jobIds.map((jobId) => `job_id=${encodeURIComponent(jobId)}`).join("&");
    yield* this.#watch<JobEvent>({
      ...options,
      kind: "job",
      path: `/backtests/jobs/events?${query}`,
      ids: jobIds,
    });
  }

  /** Queues a sweep that many workers share. With a key the same body gives the same optimization. */
  async submitOptimization(
    request: unknown,
    options: CallOptions & { readonly idempotencyKey?: string } = {},
  ): Promise<OptimizationAnswer> {
    const { idempotencyKey: key } = options;
    return await this.#api.post("/optimizations", {
      ...options,
      sent: request,
      headers: key === undefined ? {} : { "idempotency-key": key },
    });
  }

  /** One page of the caller's optimizations, newest first. */
  async listOptimizations(
    query: { readonly status?: string; readonly limit?: number; readonly cursor?: string } = {},
    options: CallOptions = {},
  ): Promise<OptimizationList> {
    return await this.#api.json(`/optimizations${search(query)}`, options);
  }

  /** Where an optimization stands. Its rows, files and heat map are those of the job with the same id. */
  async optimization(id: string, options: CallOptions = {}): Promise<OptimizationAnswer> {
    return await this.#api.json(optimizationPath(id), options);
  }

  /** One page of an optimization's tasks, in order. */
  async optimizationTasks(
    id: string,
    query: { readonly limit?: number; readonly cursor?: string } = {},
    options: CallOptions = {},
  ): Promise<OptimizationTasks> {
    return await this.#api.json(`${optimizationPath(id)}/tasks${search(query)}`, options);
  }

  /** Cancels an optimization; returns it as it is now. */
  async cancelOptimization(
    id: string,
    options: CallOptions & { readonly reason?: string } = {},
  ): Promise<OptimizationAnswer> {
    const { reason } = options;
    return await this.#api.post(`${optimizationPath(id)}/cancel`, {
      ...options,
      sent: reason === undefined ? {} : { reason },
    });
  }

  /** The states of an optimization as they come, until it has ended; a broken stream is opened again, see `watchJobs`. */
  async *watchOptimization(id: string, options: CallOptions = {}): AsyncGenerator<OptimizationEvent> {
    yield* this.#watch<OptimizationEvent>({
      ...options,
      kind: "optimization",
      path: `${optimizationPath(id)}/events`,
      ids: [id],
    });
  }

  /** Runs a sweep and waits for its ranked variants; aborting the signal cancels it. */
  async runBacktest(request: unknown, options: CallOptions = {}): Promise<BacktestAnswer> {
    return await this.#api.post("/backtests", { ...options, sent: request });
  }

  /** The report of one variant. */
  async variantReport(request: unknown, options: CallOptions = {}): Promise<MeasuredVariant> {
    return await this.#api.post("/backtests/variant-report", { ...options, sent: request });
  }

  /** The numbers a request gets where it is silent. */
  async runtimeDefaults(options: CallOptions = {}): Promise<RuntimeDefaults> {
    return await this.#api.json("/backtests/runtime-defaults", options);
  }

  /** What can be swept. */
  async indicators(options: CallOptions = {}): Promise<IndicatorList> {
    return await this.#api.json("/indicators", options);
  }

  /** What a grid would cost. */
  async estimate(request: unknown, options: CallOptions = {}): Promise<Estimate> {
    return await this.#api.post("/indicators/estimate", { ...options, sent: request });
  }

  /** Saves a template under a name. */
  async saveStrategy(
    strategy: { readonly name: string; readonly template: unknown },
    options: CallOptions = {},
  ): Promise<StrategyView> {
    return await this.#api.post("/strategies", { ...options, sent: strategy });
  }

  /** One page of the caller's strategies, newest first. */
  async listStrategies(
    query: { readonly limit?: number; readonly cursor?: string } = {},
    options: CallOptions = {},
  ): Promise<StrategyList> {
    return await this.#api.json(`/strategies${search(query)}`, options);
  }

  /** A strategy with its template. */
  async strategy(strategyId: string, options: CallOptions = {}): Promise<StrategyView> {
    return await this.#api.json(`/strategies/${encodeURIComponent(strategyId)}`, options);
  }

  /** Deletes a strategy; jobs made of it keep their copy. */
  async deleteStrategy(strategyId: string, options: CallOptions = {}): Promise<void> {
    await this.#api.send(`/strategies/${encodeURIComponent(strategyId)}`, { ...options, method: "DELETE" });
  }

  /**
   * Brings files of one series as the caller's own candles of an instrument. The query has `market_id`, `symbol` and what the
   * files do not say, by the names that the API's document has.
   */
  async uploadCandles(
    files: readonly { readonly name: string; readonly content: Blob }[],
    query: Readonly<Record<string, QueryValue>>,
    options: CallOptions = {},
  ): Promise<UploadResult> {
    const body = new FormData();
    for (const { name, content } of files) body.append("file", content, name);
    return await this.#api.json(`/candles${search(query)}`, { ...options, method: "POST", body });
  }

  /** The candles that the caller has brought. */
  async listCandles(options: CallOptions = {}): Promise<OwnCandleList> {
    return await this.#api.json("/candles", options);
  }

  /** Deletes candles of an instrument that the caller has brought, in one timeframe or in all. */
  async deleteCandles(
    query: { readonly market_id: number; readonly symbol: string; readonly candle_timeframe?: string },
    options: CallOptions = {},
  ): Promise<DeletedCandles> {
    return await this.#api.json(`/candles${search(query)}`, { ...options, method: "DELETE" });
  }

  async *#watch<Event extends Pick<JobEvent, "job_id" | "terminal">>(
    { ids, ...watch }: CallOptions & {
      /** Name of the events. */
      readonly kind: string;
      readonly path: string;
      readonly ids: readonly string[];
    },
  ): AsyncGenerator<Event> {
    const running = new Set(ids.map((id) => id.toLowerCase()));
    if (running.size === 0) return;
    const ended = ({ terminal, job_id }: Event) => {
      if (terminal) running.delete(job_id);
      return running.size === 0;
    };
    yield* followed<Event>({ ...watch, ended }, { transport: this.#api, client: this.#options });
  }
}

function jobPath(jobId: string): string {
  return `/backtests/jobs/${encodeURIComponent(jobId)}`;
}

function optimizationPath(id: string): string {
  return `/optimizations/${encodeURIComponent(id)}`;
}
