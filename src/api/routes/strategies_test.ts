import assert from "node:assert/strict";
import { apiWorld } from "../../../tests/helpers/api_world.ts";
import { requestBody } from "../../../tests/helpers/worker_harness.ts";
import { encodeJobCursor } from "../../core/job/mod.ts";

const strangerId = "22222222-2222-4222-8222-222222222222";
const template = requestBody().template as Record<string, unknown>;
const body = { name: " Averages é ", template };

Deno.test("POST /strategies saves a template that GET gives back", async () => {
  const { send } = apiWorld();
  const saved = await send("POST", "/strategies", { body });
  assert.equal(saved.status, 201);
  assert.deepEqual(Object.keys(saved.json), ["strategy_id", "name", "created_at", "spec_hash", "template"]);
  assert.equal(saved.json.name, "Averages é");
  assert.equal(saved.json.created_at, "2026-01-01T00:00:00.000Z");
  assert.deepEqual(saved.json.template, { ...template, signal_grids: {} });
  const read = await send("GET", `/strategies/${saved.json.strategy_id}`);
  assert.equal(read.status, 200);
  assert.deepEqual(read.json, saved.json);
  const { template: _, ...summary } = saved.json;
  assert.deepEqual((await send("GET", "/strategies")).json, { items: [summary], next_cursor: null });
});

Deno.test("POST /strategies names the member that is wrong and saves nothing", async () => {
  const { send } = apiWorld();
  const cases: readonly (readonly [unknown, string])[] = [
    [{ template }, "body.name required"],
    [{ name: " ", template }, "body.name too_short"],
    [{ name: "x".repeat(201), template }, "body.name"],
    [{ name: "a\u0000b", template }, "body.name value_error"],
    [{ name: "x" }, "body.template required"],
    [{ ...body, user_id: strangerId }, "body.user_id extra_forbidden"],
    [{ name: "x", template: { ...template, timeframe: "2w" } }, "body.template.timeframe literal_error"],
  ];
  for (const [sent, expected] of cases) {
    const { status, json } = await send("POST", "/strategies", { body: sent });
    assert.equal(status, 422);
    const [{ path, code }] = json.error.details.errors;
    assert.equal(json.error.code, "validation_error");
    assert.ok(`${path} ${code}`.startsWith(expected), `${path} ${code}`);
  }
  assert.deepEqual((await send("GET", "/strategies")).json, { items: [], next_cursor: null });
});

Deno.test("S004-21 strategies of another user are forbidden and in no list", async () => {
  const { send } = apiWorld();
  const { strategy_id } = (await send("POST", "/strategies", { body })).json;
  const path = `/strategies/${strategy_id}`;
  for (const method of ["GET", "DELETE"]) {
    const { status, json } = await send(method, path, { user: strangerId });
    assert.equal(status, 403);
    assert.deepEqual(json.error, {
      code: "forbidden",
      message: "Backtest strategy does not belong to current user",
      details: { strategy_id },
    });
  }
  assert.deepEqual((await send("GET", "/strategies", { user: strangerId })).json, {
    items: [],
    next_cursor: null,
  });
  assert.equal((await send("GET", path)).status, 200);
});

Deno.test("DELETE /strategies/{id} makes a strategy 404 for its owner, too", async () => {
  const { send } = apiWorld();
  const { strategy_id } = (await send("POST", "/strategies", { body })).json;
  const path = `/strategies/${strategy_id}`;
  const deleted = await send("DELETE", path);
  assert.equal(deleted.status, 204);
  assert.equal(deleted.text, "");
  for (const method of ["GET", "DELETE"]) {
    const { status, json } = await send(method, path);
    assert.equal(status, 404);
    assert.deepEqual(json.error, {
      code: "not_found",
      message: "Backtest strategy was not found",
      details: { strategy_id },
    });
  }
  const { status, json } = await send("GET", "/strategies/x");
  assert.equal(status, 422);
  assert.deepEqual(json.error.details.errors.map(({ path, code }: Record<string, string>) => [path, code]), [
    ["path.strategy_id", "uuid_parsing"],
  ]);
});

Deno.test("strategies need a caller, and a database", async () => {
  const { send } = apiWorld();
  for (
    const [method, path] of [["POST", "/strategies"], ["GET", "/strategies"], ["DELETE", "/strategies/x"]]
  ) {
    const { status, json, headers } = await send(method!, path!, {
      user: null,
      ...(method === "POST" ? { body: "{" } : {}),
    });
    assert.equal(status, 401);
    assert.equal(json.error.code, "unauthorized");
    assert.equal(headers.get("www-authenticate"), "Bearer");
  }
  const without = apiWorld({ jobs: null });
  assert.equal((await without.send("GET", "/strategies")).status, 404);
});

Deno.test("GET /strategies pages 7 strategies as 3, 3 and 1 without repeat or gap", async () => {
  const { send } = apiWorld();
  const saved: string[] = [];
  for (let n = 0; n < 7; n++) saved.push((await send("POST", "/strategies", { body })).json.strategy_id);
  const pages: string[][] = [];
  for (let cursor: string | null = ""; cursor !== null;) {
    const { status, json } = await send("GET", `/strategies?limit=3&cursor=${cursor}`);
    assert.equal(status, 200);
    pages.push(json.items.map(({ strategy_id }: { strategy_id: string }) => strategy_id));
    cursor = json.next_cursor;
    assert.ok(pages.length <= 3, "the pages do not end");
  }
  assert.deepEqual(pages.map(({ length }) => length), [3, 3, 1]);
  assert.deepEqual(pages.flat(), saved.toReversed());
});

Deno.test("GET /strategies refuses cursor and limit in this order, also the cursor of another list", async () => {
  const { send } = apiWorld();
  const ofJobs = encodeJobCursor({ createdAtMs: 0, jobId: strangerId });
  for (const cursor of ["e30", "moon", ofJobs]) {
    const { status, json } = await send("GET", `/strategies?limit=0&cursor=${cursor}`);
    assert.equal(status, 422);
    assert.equal(json.error.message, "Invalid strategies cursor");
    assert.deepEqual(json.error.details.errors, [
      { path: "query.cursor", code: "invalid_cursor", message: "cursor must be base64url(json)" },
    ]);
  }
  for (const [limit, code] of [["0", "greater_than"], ["251", "max_value"], ["x", "int_parsing"]]) {
    const { status, json } = await send("GET", `/strategies?limit=${limit}`);
    const [item] = json.error.details.errors;
    assert.deepEqual([status, item.path, item.code], [422, "query.limit", code]);
  }
});
