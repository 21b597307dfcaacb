import assert from "node:assert/strict";
import { toProblem } from "../../src/api/problem.ts";
import { BacktestError, type ErrorCode } from "../../src/core/errors/mod.ts";
import { operationsOf } from "../helpers/any_request.ts";
import { apiWorld } from "../helpers/api_world.ts";

/** Every code there is: a missing or an unknown one does not compile. */
const codes: Readonly<Record<ErrorCode, true>> = {
  validation_error: true,
  not_found: true,
  forbidden: true,
  unauthorized: true,
  conflict: true,
  method_not_allowed: true,
  unsupported_media_type: true,
  payload_too_large: true,
  request_timeout: true,
  deadline_exceeded: true,
  shutting_down: true,
  rate_limited: true,
  overloaded: true,
  no_candles: true,
  market_data_unavailable: true,
  storage_unavailable: true,
  backtest_job_runner_failed: true,
  malformed_request: true,
  headers_too_large: true,
  unexpected_error: true,
};

const table = Deno.readTextFileSync(new URL("../../docs/api.md", import.meta.url)).split("\n## Errors\n")[1]!;
const documented = [...table.matchAll(/^\| (\d{3}) +\| `(\w+)`/gm)].map(([, status, code]) =>
  `${status} ${code}`
);

Deno.test("the errors of docs/api.md are those that the codes of the engine are answered with", () => {
  const answered = Object.keys(codes).map((code) => {
    const { status, body } = toProblem(new BacktestError(code as ErrorCode, "Cannot"));
    return `${status} ${body.error.code}`;
  });
  assert.ok(documented.length > 10);
  assert.deepEqual(documented.toSorted(), [...new Set(answered)].sort());
});

Deno.test("the error statuses of every operation are in the table of docs/api.md, each with its code", async () => {
  const document = (await apiWorld().send("GET", "/openapi.json")).json;
  const known = new Set(documented);
  const problem = { $ref: "#/components/schemas/Problem" };
  let seen = 0;
  for (const { method, path } of operationsOf(document)) {
    const { responses } = document.paths[path][method.toLowerCase()];
    for (const [status, { description, content }] of Object.entries<Record<string, never>>(responses)) {
      const schema = content?.["application/json"]?.["schema"];
      if (JSON.stringify(schema) !== JSON.stringify(problem)) continue;
      const named = [...String(description).matchAll(/\(`(\w+)`\)/g)].map(([, code]) => code);
      assert.ok(named.length > 0, `${method} ${path}: ${status} ${description}`);
      for (const code of named) {
        assert.ok(known.has(`${status} ${code}`), `${method} ${path}: ${status} ${description}`);
      }
      seen++;
    }
  }
  assert.ok(seen > 50);
});
