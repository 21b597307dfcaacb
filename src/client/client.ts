import type { Estimate, IndicatorList, RuntimeDefaults } from "../answers/catalogue.ts";
import type { BacktestAnswer, MeasuredVariant } from "../answers/backtest.ts";
import type { DeletedCandles, OwnCandleList, UploadResult } from "../answers/candles.ts";
import type { StrategyList, StrategyView } from "../answers/strategy.ts";
import type { JobEvent, JobHeatmap, JobList, JobStatus, TopRows } from "../answers/job.ts";
import { trimEndOf } from "../core/text/mod.ts";
import { ApiError, toApiError } from "./api_error.ts";
import { eventStream } from "./event_stream.ts";

/** How a client reaches the API. */
export interface ClientOptions {
  /** For example `http://127.0.0.1:8000`; a path is kept. */
  readonly baseUrl: string;
  /** Sent as `Authorization: Bearer`; without it the cookies of the page are. */
  readonly token?: string;
  /** Sent with every request. */
  readonly headers?: Readonly<Record<string, string>>;
  /** In place of the global one. */
  readonly fetch?: (request: Request) => Promise<Response>;
  /** Waits before a broken event stream is opened again; `setTimeout` by default. */
  readonly sleep?: (ms: number, signal?: AbortSignal) => Promise<void>;
}

/** Settings of one call. */
export interface CallOptions {
  readonly signal?: AbortSignal;
}

/** How often in a row a broken event stream is opened again without having brought an event. */
const reconnectsMax = 5;
const reconnectMs = 1000;

/**
 * The API as functions. Uses `fetch` and streams only, so it runs in browsers, Node and Deno. Everything that is no
 * success rejects with `ApiError`, with code `unreachable` and status 0 when there was no answer.
 */
export class BacktestClient {
  readonly #options: ClientOptions;
  readonly #base: string;

  constructor(options: ClientOptions) {
    this.#options = options;
    this.#base = trimEndOf(options.baseUrl, "/");
  }

  /** Queues a request. With a key the same body gives the same job. */
  async submitJob(
    request: unknown,
    options: CallOptions & { readonly idempotencyKey?: string } = {},
  ): Promise<JobStatus> {
    const { idempotencyKey: key } = options;
    return await this.#post("/backtests/jobs", {
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
    return await this.#json(`/backtests/jobs${search(query)}`, options);
  }

  /** Where a job stands. */
  async job(jobId: string, options: CallOptions = {}): Promise<JobStatus> {
    return await this.#json(jobPath(jobId), options);
  }

  /** A job's ranked variants. */
  async topRows(jobId: string, options: CallOptions & { readonly limit?: number } = {}): Promise<TopRows> {
    const { limit } = options;
    return await this.#json(`${jobPath(jobId)}/top${search(limit === undefined ? {} : { limit })}`, options);
  }

  /** Cancels a job; returns it as it is now. */
  async cancelJob(jobId: string, options: CallOptions = {}): Promise<JobStatus> {
    return await this.#json(`${jobPath(jobId)}/cancel`, { ...options, method: "POST" });
  }

  /** The returns around a job's winner over two axes. */
  async heatmap(
    jobId: string,
    options: CallOptions & { readonly x?: string; readonly y?: string } = {},
  ): Promise<JobHeatmap> {
    const { x, y } = options;
    const axes = { ...(x === undefined ? {} : { x }), ...(y === undefined ? {} : { y }) };
    return await this.#json(`${jobPath(jobId)}/heatmap${search(axes)}`, options);
  }

  /** A file of a job: `top.csv`, `top.parquet`, `rows/1/trades.csv`, `rows/1/trades.parquet`, `rows/1/equity.csv`. */
  async file(jobId: string, name: string, options: CallOptions = {}): Promise<Uint8Array<ArrayBuffer>> {
    // not bytes(), which Node 20 and browsers of 2023 do not have
    return new Uint8Array(await (await this.#send(`${jobPath(jobId)}/${name}`, options)).arrayBuffer());
  }

  /**
   * The states of some jobs as they come, until all have ended. A stream that breaks is opened again where it broke;
   * rejects when that fails {@link reconnectsMax} times in a row, or the API refuses.
   */
  async *watchJobs(jobIds: readonly string[], options: CallOptions = {}): AsyncGenerator<JobEvent> {
    const query = jobIds.map((jobId) => `job_id=${encodeURIComponent(jobId)}`).join("&");
    const running = new Set(jobIds.map((jobId) => jobId.toLowerCase()));
    let lastId = "";
    for (let failures = 0; running.size > 0 && !options.signal?.aborted;) {
      try {
        const headers = lastId === "" ? {} : { "last-event-id": lastId };
        const response = await this.#send(`/backtests/jobs/events?${query}`, { ...options, headers });
        if (response.status === 204 || response.body === null) return;
        for await (const { event, data, id } of eventStream(response.body)) {
          failures = 0;
          lastId = id;
          if (event !== "job") continue;
          const state: JobEvent = JSON.parse(data);
          if (state.terminal) running.delete(state.job_id);
          yield state;
        }
      } catch (error) {
        if (options.signal?.aborted) return;
        if (error instanceof ApiError && error.status >= 400 && error.status < 500) throw error;
        if (failures >= reconnectsMax) throw error;
      }
      if (running.size > 0) {
        if (++failures > reconnectsMax) throw new Error("The event stream ended before the jobs did");
        await (this.#options.sleep ?? sleep)(reconnectMs, options.signal);
      }
    }
  }

  /** Runs a sweep and waits for its ranked variants; aborting the signal cancels it. */
  async runBacktest(request: unknown, options: CallOptions = {}): Promise<BacktestAnswer> {
    return await this.#post("/backtests", { ...options, sent: request });
  }

  /** The report of one variant. */
  async variantReport(request: unknown, options: CallOptions = {}): Promise<MeasuredVariant> {
    return await this.#post("/backtests/variant-report", { ...options, sent: request });
  }

  /** The numbers a request gets where it is silent. */
  async runtimeDefaults(options: CallOptions = {}): Promise<RuntimeDefaults> {
    return await this.#json("/backtests/runtime-defaults", options);
  }

  /** What can be swept. */
  async indicators(options: CallOptions = {}): Promise<IndicatorList> {
    return await this.#json("/indicators", options);
  }

  /** What a grid would cost. */
  async estimate(request: unknown, options: CallOptions = {}): Promise<Estimate> {
    return await this.#post("/indicators/estimate", { ...options, sent: request });
  }

  /** Saves a template under a name. */
  async saveStrategy(
    strategy: { readonly name: string; readonly template: unknown },
    options: CallOptions = {},
  ): Promise<StrategyView> {
    return await this.#post("/strategies", { ...options, sent: strategy });
  }

  /** One page of the caller's strategies, newest first. */
  async listStrategies(
    query: { readonly limit?: number; readonly cursor?: string } = {},
    options: CallOptions = {},
  ): Promise<StrategyList> {
    return await this.#json(`/strategies${search(query)}`, options);
  }

  /** A strategy with its template. */
  async strategy(strategyId: string, options: CallOptions = {}): Promise<StrategyView> {
    return await this.#json(`/strategies/${encodeURIComponent(strategyId)}`, options);
  }

  /** Deletes a strategy; jobs made of it keep their copy. */
  async deleteStrategy(strategyId: string, options: CallOptions = {}): Promise<void> {
    await this.#send(`/strategies/${encodeURIComponent(strategyId)}`, { ...options, method: "DELETE" });
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
    return await this.#json(`/candles${search(query)}`, { ...options, method: "POST", body });
  }

  /** The candles that the caller has brought. */
  async listCandles(options: CallOptions = {}): Promise<OwnCandleList> {
    return await this.#json("/candles", options);
  }

  /** Deletes candles of an instrument that the caller has brought, in one timeframe or in all. */
  async deleteCandles(
    query: { readonly market_id: number; readonly symbol: string; readonly candle_timeframe?: string },
    options: CallOptions = {},
  ): Promise<DeletedCandles> {
    return await this.#json(`/candles${search(query)}`, { ...options, method: "DELETE" });
  }

  async #post<T>(
    path: string,
    { sent, headers, ...options }: CallOptions & {
      readonly sent: unknown;
      readonly headers?: Readonly<Record<string, string>>;
    },
  ): Promise<T> {
    return await this.#json(path, {
      ...options,
      method: "POST",
      body: JSON.stringify(sent),
      headers: { "content-type": "application/json", ...headers },
    });
  }

  async #json<T>(path: string, init: RequestInit & CallOptions): Promise<T> {
    return await (await this.#send(path, init)).json();
  }

  async #send(path: string, init: RequestInit & CallOptions): Promise<Response> {
    const { token, headers, fetch = (request) => globalThis.fetch(request) } = this.#options;
    const request = new Request(`${this.#base}${path}`, {
      method: init.method ?? "GET",
      credentials: "include",
      headers: {
        ...headers,
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(init.headers as Record<string, string> | undefined),
      },
      ...(init.body === undefined ? {} : { body: init.body }),
      ...(init.signal ? { signal: init.signal } : {}),
    });
    const response = await fetch(request).catch((cause) => {
      if (init.signal?.aborted) throw cause;
      const reason = cause instanceof Error ? cause.message : String(cause);
      const shown = this.#base.replace(/\/\/[^/@]*@/, "//***@");
      throw new ApiError(`Cannot reach ${shown}: ${reason}`, { code: "unreachable", status: 0 });
    });
    if (response.ok) return response;
    throw await toApiError(response);
  }
}

function jobPath(jobId: string): string {
  return `/backtests/jobs/${encodeURIComponent(jobId)}`;
}

/** Of a list each value is sent. */
type QueryValue = string | number | boolean | readonly string[] | undefined;

function search(members: Readonly<Record<string, QueryValue>>): string {
  const sent = Object.entries(members).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : value === undefined ? [] : [value]).map((one) => [name, String(one)])
  );
  return sent.length === 0 ? "" : `?${new URLSearchParams(sent)}`;
}

function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal?.addEventListener("abort", done);
  });
}
