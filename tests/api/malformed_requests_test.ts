import assert from "node:assert/strict";
import { operationsOf } from "../helpers/any_request.ts";
import { type Answer, type ApiWorld, apiWorld } from "../helpers/api_world.ts";
import { requestBody, userId } from "../helpers/worker_harness.ts";

const document = (await apiWorld().send("GET", "/openapi.json")).json;
const operations = operationsOf(document);
const id = "00000000-0000-4000-8000-000000000001";
const concrete = (path: string) => path.replace("{rank}", "1").replaceAll(/\{.+?\}/g, id);
const withBody = operations.filter(({ body }) => body !== null).map((operation) => ({
  ...operation,
  path: concrete(operation.path),
}));
const methods = ["GET", "POST", "PUT", "PATCH", "DELETE"];

function requireProblem(
  answer: Answer,
  { status, code }: { readonly status: number; readonly code: string },
) {
  assert.deepEqual([answer.status, answer.json?.error.code], [status, code], answer.text);
  assert.deepEqual(Object.keys(answer.json), ["error"]);
  assert.deepEqual(Object.keys(answer.json.error), ["code", "message", "details"]);
  assert.match(answer.headers.get("content-type")!, /^application\/json/);
}

async function requireNothingStored({ jobs, deps }: ApiWorld): Promise<void> {
  assert.deepEqual((await jobs.listForUser({ userId, limit: 9 })).items, []);
  assert.deepEqual((await deps.jobs!.strategies.listForUser({ userId, limit: 9 })).items, []);
}

Deno.test("every path of the document refuses every other method with 405 and says which are allowed", async () => {
  const world = apiWorld();
  const byPath = Map.groupBy(operations, ({ path }) => path);
  let refused = 0;
  for (const [path, there] of byPath) {
    const known = new Set(there.map(({ method }) => method));
    // "events" has the form of {job_id}
    if (path === "/backtests/jobs/events") continue;
    for (const method of methods.filter((method) => !known.has(method))) {
      const answer = await world.send(method, concrete(path), method === "GET" ? {} : { body: "{}" });
      requireProblem(answer, { status: 405, code: "method_not_allowed" });
      const allowed = [...known, ...(known.has("GET") ? ["HEAD"] : [])].sort();
      assert.equal(answer.headers.get("allow"), allowed.join(", "), `${method} ${path}`);
      assert.deepEqual(answer.json.error.details, { allow: allowed });
      refused++;
    }
  }
  assert.ok(refused > 60, `${refused} requests`);
  await requireNothingStored(world);
});

Deno.test("paths that are not in the document are 404 in the envelope, close as they may be", async () => {
  const world = apiWorld();
  const paths = [
    "/nowhere",
    "/backtest",
    "/Backtests",
    "/backtests/",
    "/backtests/jobs/",
    "//backtests",
    "/api/backtests",
    `/backtests/jobs/${id}/`,
    `/backtests/jobs/${id}/stop`,
    `/backtests/jobs/${id}/top.json`,
    `/backtests/jobs/${id}/rows/1`,
    `/backtests/jobs/${id}/rows/1/2/trades.csv`,
    `/backtests/jobs%2F${id}`,
    "/indicators/ma.sma",
    "/docs/../openapi.json/x",
    "/%00",
    "/%E0%A4%A",
    "/.env",
    "/__proto__",
  ];
  for (const path of paths) {
    for (const method of ["GET", "POST"]) {
      const answer = await world.send(method, path, method === "POST" ? { body: requestBody() } : {});
      requireProblem(answer, { status: 404, code: "not_found" });
      assert.equal((await world.send(method, path)).text, answer.text);
    }
  }
  for (const path of ["/docs/..%2f..%2fdeno.json", "/docs/%2e%2e%2fpackage.json", "/docs/%00"]) {
    requireProblem(await world.send("GET", path), { status: 404, code: "not_found" });
  }
  await requireNothingStored(world);
});

Deno.test("every operation with a body refuses each other content type with 415, and none", async () => {
  const world = apiWorld();
  assert.equal(withBody.length, 10);
  const types = [
    "text/plain",
    "text/json",
    "application/jsonp",
    "application/json5",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/xml",
    "json",
    ", application/json",
    "text/plain; application/json",
  ];
  for (const { method, path } of withBody) {
    for (const type of types) {
      const answer = await world.send(method, path, {
        body: requestBody(),
        headers: { "content-type": type },
      });
      requireProblem(answer, { status: 415, code: "unsupported_media_type" });
      assert.deepEqual(answer.json.error.details, { content_type: type });
    }
    const bare = await world.api.fetch(
      new Request(`http://127.0.0.1${path}`, {
        method,
        body: new TextEncoder().encode("{}"),
        headers: { "x-test-user": userId },
      }),
    );
    assert.equal(bare.status, 415);
    assert.deepEqual((await bare.json()).error.details, { content_type: null });
    for (const type of ["application/json", "Application/JSON ; charset=UTF-8"]) {
      const answer = await world.send(method, path, { body: "{}", headers: { "content-type": type } });
      // a cancel needs not say why
      const isCancel = path.endsWith("/cancel");
      requireProblem(
        answer,
        isCancel ? { status: 404, code: "not_found" } : { status: 422, code: "validation_error" },
      );
    }
  }
  await requireNothingStored(world);
});

Deno.test("every operation with a body refuses what is no JSON object with 422, naming body, and repeats itself", async () => {
  const world = apiWorld();
  const whole = JSON.stringify(requestBody());
  const broken: readonly string[] = [
    "",
    " ",
    "{",
    whole.slice(0, -1),
    `${whole}}`,
    `${whole}${whole}`,
    whole.replaceAll('"', "'"),
    whole.replace(":", "="),
    '{"a":NaN}',
    '{"a":Infinity}',
    '{"a":01}',
    '{"a":1,}',
    '{"a":"\n"}',
    "{/* */}",
    "undefined",
    "[".repeat(50_000),
    "\u0000",
    '{"a":"\\ud800',
  ];
  const otherwise = ["null", "7", "true", '"text"', "[]", `[${whole}]`];
  for (const { method, path } of withBody) {
    for (const body of broken) {
      const answer = await world.send(method, path, { body });
      requireProblem(answer, { status: 422, code: "validation_error" });
      const [item, ...rest] = answer.json.error.details.errors;
      assert.deepEqual([item.path, item.code, rest], ["body", "json_invalid", []], body.slice(0, 40));
      assert.ok(answer.text.length < 500);
      assert.equal((await world.send(method, path, { body })).text, answer.text);
    }
    for (const body of otherwise) {
      const answer = await world.send(method, path, { body });
      requireProblem(answer, { status: 422, code: "validation_error" });
      const [item] = answer.json.error.details.errors;
      assert.deepEqual([item.path, item.code], ["body", "dict_type"], body.slice(0, 40));
    }
  }
  await requireNothingStored(world);
});

Deno.test("every operation with a body refuses a member nobody knows, wherever it stands, by its path", async () => {
  const world = apiWorld();
  for (const { method, path } of withBody) {
    for (const name of ["user_id", "job_id", "attempt", "__proto__", "toString"]) {
      const body = `{"${name}":1}`;
      const { json } = await world.send(method, path, { body });
      const found = json.error.details.errors.map((item: Record<string, string>) =>
        `${item.path} ${item.code}`
      );
      assert.ok(found.includes(`body.${name} extra_forbidden`), `${path} ${name}: ${found}`);
    }
  }
  const { status, json } = await world.send("POST", "/backtests/jobs", {
    body: {
      ...requestBody(),
      time_range: { ...requestBody().time_range as object, zone: "UTC" },
      template: { ...requestBody().template as object, leverage: 2 },
    },
  });
  assert.equal(status, 422);
  assert.deepEqual(json.error.details.errors, [
    {
      path: "body.template.leverage",
      code: "extra_forbidden",
      message: "Extra inputs are not permitted; known are instrument_id, timeframe, indicator_grids, " +
        "rules, signal_grids, risk_grid, direction_mode, sizing_mode, execution",
    },
    {
      path: "body.time_range.zone",
      code: "extra_forbidden",
      message: "Extra inputs are not permitted; known are start, end",
    },
  ]);
});

Deno.test("13 a body that is packed is refused as such, not as bad JSON", async () => {
  const world = apiWorld();
  const body = JSON.stringify(requestBody());
  for (const [encoding, status] of [["gzip", 415], ["identity, br", 415], ["Identity", 422]] as const) {
    const headers = { "content-encoding": encoding };
    const answer = await world.send("POST", "/backtests/jobs", {
      body: status === 422 ? "{}" : body,
      headers,
    });
    requireProblem(answer, { status, code: status === 415 ? "unsupported_media_type" : "validation_error" });
  }
  await requireNothingStored(world);
});
