/**
 * An agent that is long above its moving average and short below it, over a year of daily bars. It needs nothing but HTTP,
 * and may be started again at any time: the key of a decision is its step, so that what was sent twice counts once.
 *
 * Usage: `deno run --allow-net docs/examples/agent/agent.ts [http://127.0.0.1:8000]`
 */

const api = Deno.args[0] ?? "http://127.0.0.1:8000";

const market = {
  instrument_id: { market_id: 100, symbol: "SP500" },
  timeframe: "1d",
  direction_mode: "long-short",
  sizing_mode: "all_in",
  execution: { init_cash_quote: 10_000, fee_pct: 0.1, slippage_pct: 0.05 },
};
const time_range = { start: "2019-01-01T00:00:00Z", end: "2020-01-01T00:00:00Z" };

// deno-lint-ignore no-explicit-any -- what comes back is described at /openapi.json
type Answer = any;

async function send(method: string, path: string, body?: unknown, key?: string): Promise<Answer> {
  const response = await fetch(`${api}${path}`, {
    method,
    headers: {
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...(key === undefined ? {} : { "idempotency-key": key }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${answer.error.message}`);
  return answer;
}

/** What the agent thinks: this is the part to replace. */
function decide({ bars, indicators }: Answer): "long" | "short" | "hold" {
  const close = bars.at(-1)[4];
  const average = indicators[0].values.at(-1);
  if (close === null || average === null || close === average) return "hold";
  return close > average ? "long" : "short";
}

const run = await send("POST", "/backtests/runs", {
  ...market,
  time_range,
  lookback_bars: 5,
  decision_timeout_seconds: 300,
  indicators: [{ indicator_id: "ma.sma", inputs: { source: "close" }, params: { window: 50 } }],
  agent_name: "moving-average",
});
const path = `/backtests/runs/${run.run_id}`;

let context = await send("GET", `${path}/context?wait=30`);
while (context?.phase === "loading") context = await send("GET", `${path}/context?wait=30`);
while (context?.state === "running") {
  const decision = { step_index: context.step_index, action: decide(context) };
  const answer = await send("POST", `${path}/decisions`, decision, `step-${context.step_index}`);
  context = answer.next_context;
}

let ended = await send("GET", path);
// baselines are made a moment after the end
for (let i = 0; i < 40 && ended.state === "succeeded" && ended.compare_url === null; i++) {
  await new Promise((resolve) => setTimeout(resolve, 250));
  ended = await send("GET", path);
}
if (ended.state !== "succeeded") throw new Error(`The run is ${ended.state}: ${ended.error?.message}`);

// the same signals as a sweep of one variant
const explicit = (value: unknown) => ({ mode: "explicit", values: [value] });
const grid = { indicator_id: "ma.sma", params: { window: explicit(50) }, source: explicit("close") };
const sweep = await send("POST", "/backtests", {
  time_range,
  template: { ...market, indicator_grids: [grid] },
  top_k: 1,
});
const row = sweep.variants[0].metrics;
const ofSweep: Record<string, unknown> = {
  total_return: row.total_return_pct / 100,
  sharpe_ratio: row.sharpe_ratio,
  max_drawdown: row.max_drawdown_pct / 100,
  num_trades: row.trades,
};

const compared = ended.compare_url === null ? { runs: [ended] } : await send("GET", ended.compare_url);
const columns: [string, Record<string, unknown>][] = [
  ...compared.runs.map((one: Answer) => [one.agent_name, one.metrics] as const),
  ["sweep", ofSweep],
];
console.log(["metric", ...columns.map(([name]) => name)].join("\t"));
for (const name of Object.keys(ended.metrics)) {
  console.log([name, ...columns.map(([, metrics]) => metrics[name] ?? "-")].join("\t"));
}
