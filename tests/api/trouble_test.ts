import assert from "node:assert/strict";
import { BacktestError } from "../../src/core/errors/mod.ts";
import type { CandleSource } from "../../src/ports/candle_source.ts";
import { type ApiWorld, apiWorld } from "../helpers/api_world.ts";
import { candleSource, requestBody } from "../helpers/worker_harness.ts";

const jobs = "/backtests/jobs";
/** The second job: the first is not stored. */
const jobId = "00000000-0000-4000-8000-000000000002";

/** Fails the first time as told, and works from then on. */
function failingOnce(error: unknown): CandleSource {
  let failed = false;
  return {
    load(wanted, options) {
      if (failed) return candleSource.load(wanted, options);
      failed = true;
      return Promise.reject(error);
    },
  };
}

const run = ({ send }: ApiWorld) => send("POST", "/backtests", { body: requestBody() });

Deno.test("S003-28 S003-29 candles that are not there are the caller's error in one answer, a source that is down is not, and the next one is right", async () => {
  const cases = [
    [422, "no_candles", "no market data for requested range"],
    [
      503,
      "market_data_unavailable",
      'Cannot read candles of market 1 symbol "BTCUSDT": connect ECONNREFUSED 127.0.0.1:8123',
    ],
  ] as const;
  for (const [wanted, code, message] of cases) {
    const world = apiWorld({ candles: failingOnce(new BacktestError(code, message)) });
    const { status, json } = await run(world);
    assert.deepEqual([status, json], [wanted, { error: { code, message, details: {} } }]);
    assert.equal((await run(world)).status, 200);
  }
});

Deno.test("S003-30 S002-21 a source that breaks is a 500 with a scrubbed reason, its stack in the log, and the server serves on", async () => {
  const broken: readonly unknown[] = [
    new TypeError("boom of clickhouse://bob:hunter2@db:9000/x in /srv/app/source.ts"),
    "a text",
    null,
    undefined,
    { toString: () => "an object" },
  ];
  for (const error of broken) {
    const world = apiWorld({ candles: failingOnce(error) });
    const { status, json, text } = await run(world);
    assert.equal(status, 500, text);
    assert.equal(json.error.message, "Unexpected backtest operation error");
    assert.deepEqual(Object.keys(json.error.details), ["reason"]);
    assert.doesNotMatch(text, /hunter2|\/srv|\bat /);
    assert.ok(world.log.lines.some(({ event, level }) => event === "request_failed" && level === "error"));
    assert.equal((await run(world)).status, 200);
  }
});

Deno.test("S003-30 a database that is away is a 500 that names storage on every route of jobs, and the server serves on", async () => {
  const world = apiWorld();
  let isAway = true;
  const away = <T extends object>(port: T): T =>
    new Proxy(port, {
      get(target, name, receiver) {
        if (!isAway) return Reflect.get(target, name, receiver);
        const message = "Cannot ask postgres://bob:hunter2@db/x: connect ECONNREFUSED 127.0.0.1:5432";
        return () => Promise.reject(new BacktestError("storage_unavailable", message));
      },
    });
  const { jobs: stores } = world.deps;
  const api = apiWorld({
    jobs: {
      ...stores!,
      jobs: away(stores!.jobs),
      results: away(stores!.results),
      strategies: away(stores!.strategies),
    },
  });
  const routes = [
    [`POST ${jobs}`, 201],
    [`GET ${jobs}`, 200],
    [`GET ${jobs}/${jobId}`, 200],
    [`GET ${jobs}/${jobId}/top`, 200],
    [`GET ${jobs}/${jobId}/top.csv`, 200],
    [`POST ${jobs}/${jobId}/cancel`, 200],
    ["GET /strategies", 200],
  ] as const;
  const send = (route: string) => {
    const [method, path] = route.split(" ") as [string, string];
    return api.send(method, path, route === `POST ${jobs}` ? { body: requestBody() } : {});
  };
  for (const [route] of routes) {
    const { status, json } = await send(route);
    assert.deepEqual([status, json.error], [500, {
      code: "unexpected_error",
      message: "Backtest storage operation failed",
      details: { reason: "Cannot ask postgres://*** connect ECONNREFUSED 127.0.0.1:5432" },
    }], route);
    assert.equal((await run(api)).status, 200);
  }
  isAway = false;
  for (const [route, expected] of routes) assert.equal((await send(route)).status, expected, route);
});
