import assert from "node:assert/strict";
import { BacktestError, type ErrorCode } from "../core/errors/mod.ts";
import { toProblem } from "./problem.ts";

Deno.test("toProblem() maps every code to its status, unknown ones to 500", () => {
  const statuses: readonly (readonly [ErrorCode, number, string])[] = [
    ["validation_error", 422, "validation_error"],
    ["unauthorized", 401, "unauthorized"],
    ["forbidden", 403, "forbidden"],
    ["not_found", 404, "not_found"],
    ["conflict", 409, "conflict"],
    ["payload_too_large", 413, "payload_too_large"],
    ["unsupported_media_type", 415, "unsupported_media_type"],
    ["rate_limited", 429, "rate_limited"],
    ["request_timeout", 408, "request_timeout"],
    ["malformed_request", 400, "malformed_request"],
    ["headers_too_large", 431, "headers_too_large"],
    ["overloaded", 503, "overloaded"],
    ["no_candles", 422, "no_candles"],
    ["market_data_unavailable", 503, "market_data_unavailable"],
    ["storage_unavailable", 500, "unexpected_error"],
    ["backtest_job_runner_failed", 500, "unexpected_error"],
    ["unexpected_error", 500, "unexpected_error"],
    ["something_new" as ErrorCode, 500, "unexpected_error"],
  ];
  for (const [code, status, shown] of statuses) {
    const problem = toProblem(new BacktestError(code, "Why"));
    assert.equal(problem.status, status, code);
    assert.equal(problem.body.error.code, shown, code);
  }
  assert.equal(toProblem("thrown text").status, 500);
});

Deno.test("toProblem() tells candles that cannot be read just now from those that are not there", () => {
  const details = { market_id: 1, symbol: "BTCUSDT" };
  const none = toProblem(new BacktestError("no_candles", "There is no file", { details }));
  assert.equal(none.status, 422);
  assert.deepEqual(none.headers, {});
  const down = toProblem(new BacktestError("market_data_unavailable", "No answer", { details }));
  assert.equal(down.status, 503);
  assert.equal(down.body.error.code, "market_data_unavailable");
  assert.deepEqual(down.headers, { "retry-after": "5" });
});

Deno.test("toProblem() sorts details and turns what is no JSON into text", () => {
  const details = {
    zulu: 1n,
    alpha: { b: NaN, a: undefined },
    when: new Date(0),
    errors: [{ path: "b", code: "x", message: "m", value: "secret" }, { path: "a", code: "x", message: "m" }],
  };
  const { body } = toProblem(new BacktestError("validation_error", "Why", { details }));
  assert.equal(
    JSON.stringify(body.error.details),
    '{"alpha":{"a":"undefined","b":"NaN"},' +
      '"errors":[{"path":"a","code":"x","message":"m"},{"path":"b","code":"x","message":"m"}],' +
      `"when":"${new Date(0)}","zulu":"1"}`,
  );
});

Deno.test("toProblem() says when to come back", () => {
  const details = { retry_after_seconds: 4.2 };
  assert.deepEqual(toProblem(new BacktestError("rate_limited", "Why", { details })).headers, {
    "retry-after": "5",
  });
});

Deno.test("13 toProblem() shows no more of a text in the details than somebody can read", () => {
  const details = { path: "/".repeat(15_000), list: ["x".repeat(15_000)] };
  const { body } = toProblem(new BacktestError("not_found", "Why", { details }));
  assert.ok(JSON.stringify(body).length < 2200);
});
