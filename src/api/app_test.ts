import assert from "node:assert/strict";
import { apiWorld } from "../../tests/helpers/api_world.ts";
import { requestBody } from "../../tests/helpers/worker_harness.ts";
import { BacktestError } from "../core/errors/mod.ts";

Deno.test("createApp() answers an unknown path with the envelope of not_found", async () => {
  const { send } = apiWorld();
  const { status, json } = await send("GET", "/nowhere");
  assert.equal(status, 404);
  assert.deepEqual(json, {
    error: { code: "not_found", message: "No such path: /nowhere", details: { path: "/nowhere" } },
  });
});

Deno.test("createApp() answers a wrong method with 405 and Allow", async () => {
  const { send } = apiWorld();
  const { status, headers, json } = await send("DELETE", "/indicators");
  assert.equal(status, 405);
  assert.equal(headers.get("allow"), "GET, HEAD");
  assert.deepEqual(json.error, {
    code: "method_not_allowed",
    message: "Cannot use DELETE here, only GET, HEAD",
    details: { allow: ["GET", "HEAD"] },
  });
});

Deno.test("createApp() refuses a body that is not sent as JSON, or is none", async () => {
  const { send } = apiWorld();
  const form = await send("POST", "/backtests", { body: "a=1", headers: { "content-type": "text/plain" } });
  assert.equal(form.status, 415);
  assert.equal(form.json.error.code, "unsupported_media_type");
  assert.match(form.json.error.message, /got "text\/plain"$/);
  const cut = await send("POST", "/backtests", { body: '{"time_range":' });
  assert.equal(cut.status, 422);
  assert.equal(cut.json.error.code, "validation_error");
  assert.deepEqual(
    cut.json.error.details.errors.map(({ path, code }: { path: string; code: string }) => [path, code]),
    [["body", "json_invalid"]],
  );
});

Deno.test("createApp() answers 401 to a caller nobody knows, but estimates for everyone", async () => {
  const { send } = apiWorld();
  const nobody = { user: null };
  for (
    const [method, path] of [
      ["POST", "/backtests"],
      ["POST", "/backtests/variant-report"],
      ["GET", "/backtests/runtime-defaults"],
      ["GET", "/indicators"],
    ] as const
  ) {
    const { status, json } = await send(method, path, method === "POST" ? { ...nobody, body: {} } : nobody);
    assert.equal(status, 401, path);
    assert.equal(json.error.code, "unauthorized");
  }
  assert.equal((await send("POST", "/indicators/estimate", { ...nobody, body: {} })).status, 422);
});

Deno.test("createApp() gives the same bad request the same bytes, its items sorted by code points", async () => {
  const { send } = apiWorld();
  const body = {
    ...requestBody({ top_k: 0, warmup_bars: "x", Zebra: 1, alpha: 2 }),
    time_range: undefined,
    strategy_id: "no-uuid",
  };
  const first = await send("POST", "/backtests", { body });
  const again = await send("POST", "/backtests", { body: JSON.parse(JSON.stringify(body)) });
  assert.equal(first.status, 422);
  assert.equal(first.text, again.text);
  assert.equal(first.json.error.message, "Validation failed");
  assert.deepEqual(
    first.json.error.details.errors.map(({ path, code }: { path: string; code: string }) =>
      `${path} ${code}`
    ),
    [
      "body.Zebra extra_forbidden",
      "body.alpha extra_forbidden",
      "body.strategy_id uuid_parsing",
      "body.time_range required",
      "body.top_k greater_than",
      "body.warmup_bars int_type",
    ],
  );
  assert.deepEqual(Object.keys(first.json.error.details.errors[0]), ["path", "code", "message"]);
});

Deno.test("createApp() shows of an unexpected failure a scrubbed reason, and logs the rest", async () => {
  const { send, log } = apiWorld({
    authenticate: () =>
      Promise.reject(new Error("No answer from postgres://bob:secret@db/x at /srv/app/x.ts")),
  });
  const { status, json, text } = await send("GET", "/indicators");
  assert.equal(status, 500);
  assert.deepEqual(json.error, {
    code: "unexpected_error",
    message: "Unexpected backtest operation error",
    details: { reason: "No answer from postgres://*** at <path>" },
  });
  assert.doesNotMatch(text, /secret|app_test|at async/);
  assert.ok(
    log.lines.some(({ event, fields }) => event === "request_failed" && fields.error instanceof Error),
  );
});

Deno.test("createApp() names a storage failure", async () => {
  const { send } = apiWorld({
    authenticate: () =>
      Promise.reject(new BacktestError("storage_unavailable", "Cannot read: connection refused")),
  });
  const { status, json } = await send("GET", "/indicators");
  assert.equal(status, 500);
  assert.equal(json.error.message, "Backtest storage operation failed");
  assert.deepEqual(json.error.details, { reason: "Cannot read: connection refused" });
});

Deno.test("createApp() measures requests by route, never by path", async () => {
  const { send, answered } = apiWorld();
  await send("GET", "/indicators");
  await send("GET", "/some/secret/path");
  assert.deepEqual(answered.map(({ method, route, status }) => [method, route, status]), [
    ["GET", "/indicators", 200],
    ["GET", "unmatched", 404],
  ]);
});

Deno.test("createApp() measures a method nobody knows as OTHER, so that callers cannot make up series", async () => {
  const { send, answered } = apiWorld();
  for (const method of ["BREW", "get-all-1", "get-all-2"]) await send(method, "/indicators");
  assert.deepEqual(answered.map(({ method }) => method), ["OTHER", "OTHER", "OTHER"]);
});

Deno.test("S000-44 createApp() without jobs has the synchronous routes and no jobs routes", async () => {
  const { send } = apiWorld({ jobs: null });
  assert.equal((await send("POST", "/backtests", { body: requestBody() })).status, 200);
  for (const path of ["/backtests/jobs", "/backtests/jobs/00000000-0000-4000-8000-000000000001"]) {
    assert.equal((await send("GET", path)).status, 404, path);
  }
  const saved = {
    ...requestBody(),
    template: undefined,
    strategy_id: "00000000-0000-4000-8000-000000000001",
  };
  const { status, json } = await send("POST", "/backtests", { body: saved });
  assert.equal(status, 422);
  assert.equal(json.error.details.errors[0].path, "body.strategy_id");
});
