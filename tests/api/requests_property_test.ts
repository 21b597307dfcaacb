import assert from "node:assert/strict";
import fc from "fast-check";
import { createIndicatorCompute } from "../../src/adapters/wasm/indicator_compute.ts";
import { leaseOf, reportedVariant } from "../contract/job_stores.ts";
import { type AnyRequest, anyRequest } from "../helpers/any_request.ts";
import { type ApiWorld, apiWorld } from "../helpers/api_world.ts";
import { testConfig } from "../helpers/config.ts";
import { requestBody, userId } from "../helpers/worker_harness.ts";

const runs = 600;
const strangerId = "22222222-2222-4222-8222-222222222222";
const jobId = "00000000-0000-4000-8000-000000000001";
const foreignJobId = "00000000-0000-4000-8000-000000000002";
const strategyId = "00000000-0000-4000-8000-000000000003";
const queuedJobId = "00000000-0000-4000-8000-000000000004";
const missingId = "99999999-9999-4999-8999-999999999999";

const indicators = createIndicatorCompute();
const config = testConfig();
const small = { ...config.guards, maxVariantsPerCompute: 2000, maxVariantsExhaustive: 2000 };

/** An API with a finished job, a queued one and a strategy of the caller's, and a job of somebody else's. */
async function world(): Promise<ApiWorld> {
  const made = apiWorld({ indicators, config: { ...config, guards: small } });
  const template = requestBody().template;
  await made.send("POST", "/backtests/jobs", { body: requestBody() });
  const lease = leaseOf((await made.queue.claimNext({ lockedBy: "worker-1", leaseSeconds: 60 }))!);
  // invented trades are at odds with the candles, and then there is no equity to rebuild
  await made.queue.succeed(lease, [1, 2].map((rank) => ({ ...reportedVariant(rank), trades: [] })));
  await made.send("POST", "/backtests/jobs", { body: requestBody(), user: strangerId });
  const saved = await made.send("POST", "/strategies", { body: { name: "Averages", template } });
  assert.equal(saved.json.strategy_id, strategyId);
  await made.send("POST", "/backtests/jobs", { body: requestBody() });
  return made;
}

const document = (await apiWorld().send("GET", "/openapi.json")).json;
const payload =
  (await apiWorld().send("POST", "/backtests", { body: requestBody() })).json.variants[0].payload;
const { top_k: _, preselect: __, top_trades_n: ___, ...frame } = requestBody();
const accepted = {
  "POST /backtests": requestBody(),
  "POST /backtests/jobs": requestBody(),
  "POST /backtests/variant-report": { ...frame, variant: payload, include_trades: true },
  "POST /strategies": { name: "Averages", template: frame.template },
  "POST /indicators/estimate": {
    timeframe: "1d",
    time_range: frame.time_range,
    indicators: (frame.template as { indicator_grids: unknown }).indicator_grids,
    risk: {
      sl: { mode: "explicit", values: [1, 2] },
      tp: { mode: "range", start: 1, stop_incl: 3, step: 1 },
    },
  },
};
const known = {
  job_id: [jobId, queuedJobId, foreignJobId, missingId],
  strategy_id: [strategyId, missingId],
  rank: [1, 2, 0, 301],
  limit: [1, 50, 0, 300, 301],
  state: ["", "queued", "running", "moon"],
  x: ["sl_pct", "tp_pct", "moon"],
  start: ["2026-01-11T00:00:00Z", "2026-01-11T00:00:00+03:00", "2026-01-11"],
  end: ["2026-03-01T00:00:00Z", "2026-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z"],
  indicator_id: ["ma.sma", "ma.ema", "momentum.rsi", "trend.moon"],
  symbol: ["BTCUSDT", "btcusdt"],
  market_id: [1, 9],
  keys: ["window", "momentum.rsi", "long_threshold", "__proto__"],
};
const request = anyRequest({ document, known, accepted });

interface Sent {
  readonly status: number;
  readonly type: string;
  readonly text: string;
}

async function send(
  { api }: ApiWorld,
  { method, path, contentType, body, headers }: AnyRequest,
): Promise<Sent> {
  const all = new Headers({ "x-test-user": userId });
  for (const [name, value] of [["content-type", contentType], ...Object.entries(headers)] as const) {
    if (value !== null && /^[\x20-\x7e\xa0-\xff]*$/.test(value)) all.set(name, value);
  }
  const bytes = body === null ? null : new TextEncoder().encode(body);
  const answer = await api.fetch(
    new Request(`http://127.0.0.1${path}`, { method, headers: all, ...(bytes ? { body: bytes } : {}) }),
  );
  const type = answer.headers.get("content-type") ?? "";
  if (!type.startsWith("text/event-stream")) {
    return { status: answer.status, type, text: await answer.text() };
  }
  await answer.body!.cancel();
  return { status: answer.status, type, text: "" };
}

/** The one form of an error, its items sorted and nothing in them but what belongs there. */
function requireProblem({ status, type, text }: Sent): void {
  assert.match(type, /^application\/json/);
  const { error, ...rest } = JSON.parse(text);
  assert.deepEqual(rest, {});
  assert.deepEqual(Object.keys(error), ["code", "message", "details"]);
  assert.ok(error.message.length > 0 && !/\n\s+at |\.ts:\d/.test(text), text);
  assert.equal(error.code === "validation_error", status === 422, text);
  const names = Object.keys(error.details);
  assert.deepEqual(names, [...names].sort());
  const items: Record<string, string>[] = error.details.errors ?? [];
  for (const item of items) {
    assert.deepEqual(Object.keys(item), ["path", "code", "message"]);
    assert.match(item.path!, /^(body|query|path|header)(\.|$)/, text);
  }
  const order = items.map(({ path, code, message }) => [path, code, message]);
  const rank = (a: string, b: string) => a < b ? -1 : a > b ? 1 : 0;
  const before = (a: typeof order[0], b: typeof order[0]) =>
    rank(a[0]!, b[0]!) || rank(a[1]!, b[1]!) || rank(a[2]!, b[2]!);
  assert.deepEqual(order, [...order].sort(before));
}

Deno.test("any request of the document is answered, never with 500, and refused in one form with equal bytes", async () => {
  const statuses = new Map<number, number>();
  await fc.assert(
    fc.asyncProperty(request, async (sent) => {
      const here = await world();
      const answer = await send(here, sent);
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
      assert.ok(answer.status < 500, `${answer.status} ${answer.text}`);
      if (answer.status < 400) return;
      requireProblem(answer);
      assert.deepEqual(await send(here, sent), answer);
    }),
    { seed: 20_260_101, numRuns: runs },
  );
  // draws that never reach a handler, or that no handler refuses, would prove nothing
  for (const status of [200, 201, 403, 404, 405, 415, 422]) {
    assert.ok((statuses.get(status) ?? 0) >= 3, `${status}: ${JSON.stringify([...statuses])}`);
  }
});
