import { runJob } from "../../src/worker/run_job.ts";
import type { AnyRequest, RequestWorld } from "./any_request.ts";
import { type ApiWorld, apiWorld } from "./api_world.ts";
import { harness, requestBody, userId } from "./worker_harness.ts";

/** An API with things in its stores that requests can be about. */
export type SeededApi = Pick<ApiWorld, "send" | "queue" | "results">;

/** Ids of what {@link seed} has stored. */
export interface Seeded {
  /** The caller's, succeeded, with rows, trades and planes. */
  readonly finishedJobId: string;
  /** The caller's, queued. */
  readonly queuedJobId: string;
  /** Another user's, queued. */
  readonly foreignJobId: string;
  /** The caller's. */
  readonly strategyId: string;
  /** The caller's, complete, in the workspace {@link workspaceId}. */
  readonly scenarioId: string;
  /** The caller's, cancelled before anybody worked on it. */
  readonly optimizationId: string;
  /** Of a list of the caller's jobs with one job after it. */
  readonly cursor: string;
  /** The caller's, succeeded. */
  readonly endedRunIds: readonly [string, string];
  /** The caller's, at its first step. */
  readonly waitingRunId: string;
}

const strangerId = "22222222-2222-4222-8222-222222222222";
const missingId = "99999999-9999-4999-8999-999999999999";

/** Stores a finished job, a queued one and a strategy of the caller's, and a job of somebody else's. */
export async function seed(api: SeededApi): Promise<Seeded> {
  const submit = async (user: string): Promise<string> =>
    (await api.send("POST", "/backtests/jobs", { body: requestBody(), user })).json.job_id;
  const finishedJobId = await submit(userId);
  const { deps, clock } = harness();
  const job = (await api.queue.claimNext({ lockedBy: "worker-1", leaseSeconds: 60 }))!;
  const { outcome } = await runJob({ job, lockedBy: "worker-1", sentMs: clock.monotonicMs() }, {
    deps: { ...deps, queue: api.queue, results: api.results },
    stop: new AbortController().signal,
  });
  if (outcome !== "succeeded") throw new Error(`Cannot seed the stores: the job is ${outcome}`);
  const foreignJobId = await submit(strangerId);
  const body = { name: "Averages", template: requestBody().template };
  const { json: { strategy_id: strategyId } } = await api.send("POST", "/strategies", { body });
  const queuedJobId = await submit(userId);
  const scenarioId = await completeScenario(api);
  const optimizationId = await cancelledOptimization(api);
  const { json: { next_cursor: cursor } } = await api.send("GET", "/backtests/jobs?limit=1");
  return {
    ...{ finishedJobId, queuedJobId, foreignJobId, strategyId, scenarioId, optimizationId, cursor },
    ...await seedRuns(api),
  };
}

/** Where the seeded scenario is. */
export const workspaceId = "seeded";

/** A scenario over the days of the harness. */
const scenario = {
  symbol: "BTCUSDT",
  market_id: 1,
  start_date: "2026-01-11",
  end_date: "2026-02-20",
  template_slug: "protective-put-95pct-12m",
  underlying_units: 1000,
  loan_amount: 5000,
  margin_call_ltv: 0.7,
};

async function completeScenario(api: SeededApi): Promise<string> {
  const path = `/workspaces/${workspaceId}/scenario`;
  const { json: { job_id } } = await api.send("POST", path, { body: scenario });
  for (let turn = 0; turn < 10_000; turn++) {
    const { json: { status, error } } = await api.send("GET", path);
    if (status === "complete") return job_id;
    if (status === "failed") throw new Error(`Cannot seed the stores: the scenario failed: ${error}`);
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  throw new Error("Cannot seed the stores: the scenario does not end");
}

/** A run of one step over all bars. */
const runBody = {
  instrument_id: { market_id: 1, symbol: "BTCUSDT" },
  timeframe: "1d",
  time_range: { start: "2026-01-11T00:00:00Z", end: "2026-03-01T00:00:00Z" },
  warmup_bars: 5,
  decision_every: 1000,
  decision_timeout_seconds: 86_400,
  agent_name: "Agent",
};

async function seedRuns(api: SeededApi): Promise<Pick<Seeded, "endedRunIds" | "waitingRunId">> {
  const start = async (): Promise<string> => {
    const { json: { run_id } } = await api.send("POST", "/backtests/runs", { body: runBody });
    for (let phase = "loading"; phase === "loading";) {
      phase = (await api.send("GET", `/backtests/runs/${run_id}`)).json.phase;
    }
    return run_id;
  };
  const ended = async () => {
    const id = await start();
    const { status, text } = await api.send("POST", `/backtests/runs/${id}/decisions`, {
      body: { step_index: 0, action: "flat" },
      headers: { "idempotency-key": "seed" },
    });
    if (status !== 200) throw new Error(`Cannot seed the runs: ${text}`);
    // its baselines come a little later, and are shown with it
    for (let url = null; url === null;) {
      url = (await api.send("GET", `/backtests/runs/${id}`)).json.compare_url;
    }
    return id;
  };
  return { endedRunIds: [await ended(), await ended()], waitingRunId: await start() };
}

async function cancelledOptimization(api: SeededApi): Promise<string> {
  const { json: { id } } = await api.send("POST", "/optimizations", { body: requestBody() });
  const { status, text } = await api.send("POST", `/optimizations/${id}/cancel`);
  if (status !== 202) throw new Error(`Cannot seed the stores: ${text}`);
  return id;
}

/** What requests to an API that was seeded are drawn from. */
export async function requestWorld(seeded: Seeded): Promise<RequestWorld> {
  const { send } = apiWorld();
  const document = (await send("GET", "/openapi.json")).json;
  const payload = (await send("POST", "/backtests", { body: requestBody() })).json.variants[0].payload;
  const { top_k: _, preselect: __, top_trades_n: ___, ...frame } = requestBody();
  const { template: ____, ...saved } = requestBody({ strategy_id: seeded.strategyId });
  const runs = [requestBody(), saved];
  const report = { ...frame, variant: payload, include_trades: true };
  const indicators = (frame.template as { indicator_grids: unknown }).indicator_grids;
  const risk = {
    sl: { mode: "explicit", values: [1, 2] },
    tp: { mode: "range", start: 1, stop_incl: 3, step: 1 },
  };
  return {
    document,
    right: right(seeded),
    wrong: wrong(seeded),
    accepted: {
      "POST /backtests": runs,
      "POST /backtests/jobs": runs,
      "POST /backtests/variant-report": [report],
      "POST /optimizations": runs,
      "POST /optimizations/{id}/cancel": [{}],
      "POST /strategies": [{ name: "Averages", template: frame.template }],
      "POST /workspaces/{workspace_id}/scenario": [scenario],
      "POST /backtests/runs": [runBody],
      "POST /backtests/runs/{run_id}/decisions": [{ step_index: 0, action: "flat" }],
      "POST /indicators/estimate": [{ timeframe: "1d", time_range: frame.time_range, indicators, risk }],
    },
    kept: new Set(["template", "strategy_id", "overrides", "variant"]),
  };
}

const windows = [
  { mode: "explicit", values: [2, 3] },
  { mode: "range", start: 2, stop_incl: 8, step: 2 },
];
const sources = [{ mode: "explicit", values: ["close"] }, { mode: "explicit", values: ["hl2", "open"] }];
const percents = [
  { mode: "explicit", values: [1, 2.5] },
  { mode: "range", start: 1, stop_incl: 2, step: 0.25 },
];

const ofScenarios = {
  start_date: ["2026-01-11", "2026-01-12"],
  end_date: ["2026-02-20"],
  template_slug: ["protective-put-95pct-12m", "unhedged"],
  compare_with: [[], ["protective-put-atm-3m"]],
  margin_call_ltv: [0.5, 0.7],
  volatility: [0, 0.2, 5, "realized"],
  risk_free_rate: [-0.5, 0.04],
  dividend_yield: [0, 0.5],
};

function right(
  { finishedJobId, strategyId, scenarioId, optimizationId, cursor, endedRunIds, waitingRunId }: Seeded,
): RequestWorld["right"] {
  return {
    run_id: [...endedRunIds],
    "/backtests/runs/{run_id}/decisions.run_id": [waitingRunId],
    run_ids: [endedRunIds.join(",")],
    "/backtests/runs/latest/metrics.agent_name": ["Agent"],
    "/backtests/runs.state": ["", "running", "SUCCEEDED"],
    kind: ["", "interactive", "Baseline"],
    session: ["s-1"],
    "X-Session-Id": ["s-1", "A_b-9"],
    // nobody lets the time of a wait go by
    wait: ["0", "00"],
    step_index: [0],
    metadata: [{}, { llm_max_output_tokens: 7, note: null }],
    lookback_bars: [1, 500],
    job_id: [finishedJobId],
    "/scenarios/{job_id}.job_id": [scenarioId],
    "/scenarios/{job_id}/path.csv.job_id": [scenarioId],
    workspace_id: [workspaceId],
    id: [optimizationId],
    "/optimizations.status": ["", "queued", "Early-Stopped"],
    concurrency_limit: [1, 2],
    top_n: [1, 10],
    reason: ["enough"],
    ...ofScenarios,
    strategy_id: [strategyId],
    rank: ["1", "2"],
    "Last-Event-ID": ["", "0123456789ab", "moon"],
    limit: ["1", "50", "250"],
    state: ["", "queued", "SUCCEEDED", "canceled"],
    cursor: [""],
    "/backtests/jobs.cursor": ["", cursor],
    user_id: [userId],
    name: ["Averages", "é", "x".repeat(50)],
    x: ["sl_pct"],
    y: ["tp_pct"],
    start: ["2026-01-11T00:00:00Z", "2026-01-12T03:00:00+03:00"],
    end: ["2026-03-01T00:00:00Z", "2026-02-20T00:00:00.000Z"],
    "instrument_id.market_id": [1, 2, 3, 4],
    symbol: ["BTCUSDT", "btcusdt"],
    timeframe: ["1d"],
    indicator_id: ["ma.sma", "ma.ema"],
    "indicator_selections.params": [{ window: 2 }, { window: 7 }],
    inputs: [{ source: "close" }],
    params: windows.map((window) => ({ window })),
    source: sources,
    signal_grids: [{}, null],
    signal_params: [{}],
    sl: percents,
    tp: percents,
    risk_params: [
      { sl_enabled: true, sl_pct: 2.5, tp_enabled: true, tp_pct: 3 },
      { sl_enabled: false, sl_pct: null, tp_enabled: true, tp_pct: 4.5 },
    ],
    risk_grid: percents.map((sl) => ({ sl, tp_pct: 3 })),
    ranking: [{ primary_metric: "profit_factor" }, {
      primary_metric: "max_drawdown_pct",
      secondary_metric: "total_return_pct",
    }],
    warmup_bars: [1, 5, 20],
    top_k: [2, 50, 300],
    top_trades_n: [1, 2],
    preselect: [1, 4, 20_000, "all"],
    init_cash_quote: [1000, 1e6],
  };
}

function wrong({ queuedJobId, foreignJobId }: Seeded): RequestWorld["wrong"] {
  return {
    job_id: [queuedJobId, foreignJobId, missingId],
    workspace_id: ["empty", "a b"],
    id: [queuedJobId, foreignJobId, missingId],
    concurrency_limit: [0, 1e9],
    start_date: ["2026-02-30"],
    template_slug: ["collar"],
    margin_call_ltv: [0, 1],
    risk_free_rate: [0.6, "0.1"],
    strategy_id: [missingId],
    run_id: [missingId],
    run_ids: ["", missingId],
    rank: ["0", "301"],
    limit: ["0", "300", "301"],
    state: ["running", "moon"],
    cursor: ["e30", btoa(`{"created_at":"0000-01-01T00:00:00Z","job_id":"${missingId}"}`)],
    x: ["tp_pct", "moon"],
    start: ["2026-01-11"],
    end: ["2026-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z"],
    indicator_id: ["momentum.rsi", "trend.moon"],
    "instrument_id.market_id": [9],
    timeframe: ["1m"],
    top_k: [301, 1e9],
    keys: ["window", "momentum.rsi", "long_threshold", "__proto__"],
  };
}

/** An answer, as far as requests are compared by it. */
export interface Answered {
  readonly status: number;
  readonly type: string;
  /** Of an event stream as much as holds its first event. */
  readonly text: string;
}

/** Sends a drawn request as the caller. */
export async function sendAny(
  { fetch }: { fetch(request: Request): Promise<Response> },
  { method, path, contentType, body, headers }: AnyRequest,
): Promise<Answered> {
  const all = new Headers({ "x-test-user": userId });
  for (const [name, value] of [["content-type", contentType], ...Object.entries(headers)] as const) {
    if (value !== null && /^[\x20-\x7e\xa0-\xff]*$/.test(value)) all.set(name, value);
  }
  const bytes = body === null ? null : new TextEncoder().encode(body);
  const answer = await fetch(
    new Request(`http://127.0.0.1${path}`, { method, headers: all, ...(bytes ? { body: bytes } : {}) }),
  );
  const type = answer.headers.get("content-type") ?? "";
  const { status } = answer;
  if (!type.startsWith("text/event-stream")) return { status, type, text: await answer.text() };
  let text = "";
  for await (const chunk of answer.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    if (text.includes("\nid: ")) break;
  }
  return { status, type, text };
}
