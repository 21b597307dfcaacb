import { manualClock } from "../memory/clock.ts";
import { type MemoryJobs, memoryJobs } from "../memory/jobs.ts";
import type { MemoryRuns } from "../memory/runs.ts";
import { type MemoryLog, memoryLog } from "../memory/log.ts";
import { memoryStrategies } from "../memory/strategy_repository.ts";
import { FolderOwnCandles } from "../../src/adapters/candles/own/own_candles.ts";
import { docsAsset } from "../../src/adapters/swagger_ui/docs_asset.ts";
import { ruleProbe } from "./rule_probe.ts";
import { createIndicatorCompute } from "../../src/adapters/wasm/indicator_compute.ts";
import { type Api, createApp } from "../../src/api/app.ts";
import type { ApiDeps, ApiJobs } from "../../src/api/deps.ts";
import type { RateState } from "../../src/api/limits/rate_limit.ts";
import { BacktestError } from "../../src/core/errors/mod.ts";
import type { AnsweredRequest } from "../../src/ports/api_metrics.ts";
import { noRunMetrics } from "../../src/ports/run_metrics.ts";
import { scenarioTasks } from "../../src/usecases/scenario_tasks.ts";
import { testConfig } from "./config.ts";
import { declaredAnswers } from "./declared_answers.ts";
import { continuousMarket } from "./markets.ts";
import { runWorld } from "./run_world.ts";
import { scriptedCompute } from "./scripted_compute.ts";
import { candleSource, userId } from "./worker_harness.ts";

/** An answer as a test looks at it. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** The body as it came. */
  readonly text: string;
  /** The body as JSON; undefined when it is none. */
  // deno-lint-ignore no-explicit-any
  readonly json: any;
}

/** What a request is sent with. */
export interface Sending {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** The caller, `null` for nobody; the user of the harness by default. */
  readonly user?: string | null;
  readonly signal?: AbortSignal;
}

/** The API over in-memory stores and a scripted compute, without a port. */
export interface ApiWorld extends MemoryJobs {
  readonly api: Api;
  readonly deps: ApiDeps;
  readonly log: MemoryLog;
  readonly answered: AnsweredRequest[];
  /**
   * `send("GET", "/backtests/jobs")`; a body that is no text is sent as JSON. Throws for an answer that is not as declared.
   */
  send(method: string, path: string, sending?: Sending): Promise<Answer>;
}

/** What a test may give of an API's parts; scenarios are worked on over the runs that it gives. */
export type ApiChanges = Partial<Omit<ApiDeps, "jobs">> & {
  readonly jobs?: Omit<ApiJobs, "scenarios"> | null;
  /** In place of those in memory. */
  readonly runStores?: MemoryRuns;
};

/** Builds an API world; what `changes` gives replaces the parts made here. The caller is the header `x-test-user`. */
export function apiWorld({ jobs: given, runStores: givenRuns, ...changes }: ApiChanges = {}): ApiWorld {
  const clock = manualClock(Date.UTC(2026, 0, 1));
  const log = memoryLog();
  const stores = memoryJobs(clock);
  const answered: AnsweredRequest[] = [];
  let ids = 0;
  const parts: Omit<ApiDeps, "jobs"> = {
    // made by the first upload, which hardly any test sends
    uploads: {
      own: new FolderOwnCandles({ directory: "build/test-uploads", bytesMax: 1 << 20 }),
      takeRate: unlimited,
    },
    runs: runWorld({
      stores: givenRuns ?? stores.runStores,
      candles: changes.candles ?? candleSource,
      clock,
      log,
    }),
    candles: candleSource,
    compute: scriptedCompute({ score: (base, risk) => base * 10 + (risk ?? 0) }),
    indicators: createIndicatorCompute(),
    rules: ruleProbe,
    defaults: {},
    config: testConfig(),
    marketOf: () => continuousMarket,
    clock,
    log,
    metrics: { requestAnswered: (request) => void answered.push(request), syncRuns() {}, eventStreams() {} },
    newId: () => `00000000-0000-4000-8000-${String(++ids).padStart(12, "0")}`,
    newTraceId: () => crypto.randomUUID().replaceAll("-", ""),
    authenticate(request) {
      const caller = request.headers.get("x-test-user");
      if (caller) return Promise.resolve({ userId: caller });
      return Promise.reject(new BacktestError("unauthorized", "Authentication is required"));
    },
    takeRate: unlimited,
    readiness: [],
    metricsText: () => Promise.resolve({ text: "", contentType: "text/plain; version=0.0.4" }),
    docsAsset,
    stopping: new AbortController().signal,
    stop: new AbortController().signal,
    ...changes,
  };
  const { runs, held } = givenRuns ?? stores.runStores;
  const tasks = scenarioTasks({
    ...parts,
    held,
    holder: "api-world",
    bounds: parts.config.scenarios,
    loadTimeoutSeconds: 60,
    metrics: noRunMetrics,
  });
  const jobs = given === undefined ? { ...stores, strategies: memoryStrategies(clock) } : given;
  const deps: ApiDeps = { ...parts, jobs: jobs && { ...jobs, scenarios: { runs, tasks } } };
  const api = createApp(deps);
  const requireDeclared = declaredAnswers(deps);
  return {
    ...stores,
    api,
    deps,
    log,
    answered,
    async send(method, path, sending = {}) {
      const answer = await read(await api.fetch(toRequest(method, path, sending)));
      const { status, headers, text } = answer;
      requireDeclared({ method, path, status, text, contentType: headers.get("content-type") ?? "" });
      return answer;
    },
  };
}

/** Counts nothing. */
function unlimited(): Promise<RateState> {
  return Promise.resolve({ limit: 9, windowSeconds: 9, remaining: 9, resetSeconds: 9, exceeded: false });
}

function toRequest(method: string, path: string, { body, headers, user = userId, signal }: Sending): Request {
  return new Request(`http://127.0.0.1:8000${path}`, {
    method,
    headers: {
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...(user === null ? {} : { "x-test-user": user }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    ...(signal ? { signal } : {}),
  });
}

async function read(response: Response): Promise<Answer> {
  const text = await response.text();
  const { status, headers } = response;
  try {
    return { status, headers, text, json: JSON.parse(text) };
  } catch {
    return { status, headers, text, json: undefined };
  }
}
