import assert from "node:assert/strict";
import { type ApiWorld, apiWorld, type Sending } from "../helpers/api_world.ts";
import { requestBody, userId } from "../helpers/worker_harness.ts";

const strangerId = "22222222-2222-4222-8222-222222222222";
const missingId = "99999999-9999-4999-8999-999999999999";
const jobs = "/backtests/jobs";

/** A refusal that is fixed to the byte. */
interface FixedItem {
  readonly name: string;
  /** Brings the world about, and returns what is sent: `METHOD path` and the rest. */
  readonly send: (world: ApiWorld) => Promise<readonly (readonly [request: string, sending?: Sending])[]>;
  readonly status: 403 | 404 | 422;
  readonly message: string;
  /** The one list of items, or all details where there are no items. */
  readonly items?: readonly (readonly [path: string, code: string, message: string])[];
  readonly details?: Readonly<Record<string, unknown>>;
}

const post = (changes: Record<string, unknown>): Sending => ({ body: requestBody(changes) });
const bothCreations = (changes: Record<string, unknown>) => () =>
  Promise.resolve([["POST /backtests", post(changes)], [`POST ${jobs}`, post(changes)]] as const);
const creation = (changes: Record<string, unknown>) => () =>
  Promise.resolve([[`POST ${jobs}`, post(changes)]] as const);
const gets = (...paths: readonly string[]) => () =>
  Promise.resolve(paths.map((path) => [`GET ${path}`] as const));

async function submit({ send }: ApiWorld, sending: Sending = {}): Promise<string> {
  const { status, json, text } = await send("POST", jobs, { body: requestBody(), ...sending });
  assert.equal(status, 201, text);
  return json.job_id;
}

async function saveStrategy({ send }: ApiWorld, user: string): Promise<string> {
  const body = { name: "Averages", template: requestBody().template };
  const { status, json, text } = await send("POST", "/strategies", { body, user });
  assert.equal(status, 201, text);
  return json.strategy_id;
}

/** Everything that names one job. */
const ofJob = (id: string) =>
  [
    `GET ${jobs}/${id}`,
    `GET ${jobs}/${id}/top`,
    `POST ${jobs}/${id}/cancel`,
    `GET ${jobs}/${id}/events`,
    `GET ${jobs}/events?job_id=${id}`,
    `GET ${jobs}/${id}/top.csv`,
    `GET ${jobs}/${id}/top.parquet`,
    `GET ${jobs}/${id}/rows/1/trades.csv`,
    `GET ${jobs}/${id}/rows/1/equity.csv`,
    `GET ${jobs}/${id}/heatmap`,
  ].map((request) => [request] as const);

/** Everything that names one strategy. */
function ofStrategy(id: string) {
  const sending = post({ template: undefined, strategy_id: id });
  return [
    [`GET /strategies/${id}`],
    [`DELETE /strategies/${id}`],
    ["POST /backtests", sending],
    [`POST ${jobs}`, sending],
  ] as const;
}

const conflict = "Provide exactly one of strategy_id or template";
const mode = {
  status: 422,
  message: "POST /backtests requires exactly one mode: strategy_id xor template",
  items: [["body.strategy_id", "mode_conflict", conflict], ["body.template", "mode_conflict", conflict]],
} as const;
const cursor = {
  status: 422,
  message: "Invalid jobs cursor",
  items: [["query.cursor", "invalid_cursor", "cursor must be base64url(json)"]],
} as const;

const fixed: readonly FixedItem[] = [
  {
    name: "fixed item: both of strategy_id and template",
    send: bothCreations({ strategy_id: missingId }),
    ...mode,
  },
  {
    name: "fixed item: neither strategy_id nor template",
    send: bothCreations({ template: undefined }),
    ...mode,
  },
  {
    name: "fixed item: overrides without strategy_id",
    send: bothCreations({ overrides: { sizing_mode: "fixed_quote" } }),
    status: 422,
    message: "POST /backtests overrides are allowed only in saved mode",
    items: [["body.overrides", "mode_conflict", "overrides are allowed only with strategy_id"]],
  },
  {
    name: "fixed item: top_k above the persisted cap",
    send: creation({ top_k: 301 }),
    status: 422,
    message: "Backtest jobs request top_k must be <= backtest.jobs.top_k_persisted_default",
    items: [["body.top_k", "max_value", "top_k must be <= 300"]],
  },
  {
    name: "fixed item: sent top_trades_n above top_k",
    send: creation({ top_k: 2, top_trades_n: 3 }),
    status: 422,
    message: "Backtest jobs request top_trades_n must be <= top_k",
    items: [["body.top_trades_n", "max_value", "top_trades_n must be <= top_k"]],
  },
  {
    name: "S003-01 fixed item: quota reached",
    async send(world) {
      for (let n = 0; n < 3; n++) await submit(world);
      return [[`POST ${jobs}`, post({})]];
    },
    status: 422,
    message: "Active backtest jobs quota exceeded (max=3)",
    items: [["body", "quota_exceeded", "active jobs limit reached (3/3)"]],
  },
  {
    name: "fixed item: top limit <= 0",
    send: gets(`${jobs}/${missingId}/top?limit=0`),
    status: 422,
    message: "Top rows limit must be > 0",
    items: [["query.limit", "greater_than", "limit must be > 0, got 0"]],
  },
  {
    name: "fixed item: top limit above the cap",
    send: gets(`${jobs}/${missingId}/top?limit=301`),
    status: 422,
    message: "Top rows limit must be <= backtest.jobs.top_k_persisted_default",
    items: [["query.limit", "max_value", "limit must be <= 300, got 301"]],
  },
  {
    name: "fixed item: unknown state filter",
    send: gets(`${jobs}?state=done`, `${jobs}?state=succeeded,failed`, `${jobs}?state=early-stopped`),
    status: 422,
    message: "Invalid jobs state filter",
    items: [[
      "query.state",
      "invalid_value",
      "state must be one of: queued, running, succeeded, failed, cancelled",
    ]],
  },
  { name: "fixed item: bad cursor", send: gets(`${jobs}?cursor=e30`, `${jobs}?cursor=%25%25`), ...cursor },
  {
    name: "fixed item: list limit of 0",
    send: gets(`${jobs}?limit=0`),
    status: 422,
    message: "Jobs list limit must be > 0, got 0",
    items: [["query.limit", "greater_than", "limit must be > 0"]],
  },
  {
    name: "fixed item: list limit above 250",
    send: gets(`${jobs}?limit=251`),
    status: 422,
    message: "Jobs list limit must be <= 250, got 251",
    items: [["query.limit", "max_value", "limit must be <= 250"]],
  },
  {
    name: "fixed item: job missing",
    send: () => Promise.resolve(ofJob(missingId)),
    status: 404,
    message: "Backtest job was not found",
    details: { job_id: missingId },
  },
  {
    name: "fixed item: job of another user",
    send: async (world) => ofJob(await submit(world, { user: strangerId })),
    status: 403,
    message: "Backtest job does not belong to current user",
    details: { job_id: "00000000-0000-4000-8000-000000000001" },
  },
  {
    name: "fixed item: strategy missing",
    send: () => Promise.resolve(ofStrategy(missingId)),
    status: 404,
    message: "Backtest strategy was not found",
    details: { strategy_id: missingId },
  },
  {
    name: "fixed item: strategy deleted, for its owner, too",
    async send(world) {
      const id = await saveStrategy(world, userId);
      assert.equal((await world.send("DELETE", `/strategies/${id}`)).status, 204);
      return ofStrategy(id);
    },
    status: 404,
    message: "Backtest strategy was not found",
    details: { strategy_id: "00000000-0000-4000-8000-000000000001" },
  },
  {
    name: "fixed item: strategy of another user",
    send: async (world) => ofStrategy(await saveStrategy(world, strangerId)),
    status: 403,
    message: "Backtest strategy does not belong to current user",
    details: { strategy_id: "00000000-0000-4000-8000-000000000001" },
  },
];

for (const { name, send, status, message, items, details } of fixed) {
  Deno.test(name, async () => {
    const world = apiWorld();
    const requests = await send(world);
    const before = await stored(world);
    const code = { 403: "forbidden", 404: "not_found", 422: "validation_error" }[status];
    const shown = details ?? { errors: items!.map(([path, code, message]) => ({ path, code, message })) };
    const expected = JSON.stringify({ error: { code, message, details: shown } });
    for (const [request, sending] of requests) {
      const [method, path] = request.split(" ") as [string, string];
      for (let times = 0; times < 2; times++) {
        const answer = await world.send(method, path, sending);
        assert.deepEqual([request, answer.status, answer.text], [request, status, expected]);
      }
    }
    assert.deepEqual(await stored(world), before);
  });
}

/** Every job and strategy of both users. */
async function stored({ jobs, deps }: ApiWorld): Promise<unknown> {
  return await Promise.all([userId, strangerId].map(async (user) => [
    (await jobs.listForUser({ userId: user, limit: 250 })).items,
    (await deps.jobs!.strategies.listForUser({ userId: user, limit: 250 })).items,
  ]));
}
