import assert from "node:assert/strict";
import { type ApiWorld, apiWorld } from "../helpers/api_world.ts";
import { leaseOf, reportedVariant, topVariant } from "../contract/job_stores.ts";
import { requestBody } from "../helpers/worker_harness.ts";

const strangerId = "22222222-2222-4222-8222-222222222222";
const missingId = "99999999-9999-4999-8999-999999999999";
const path = "/backtests/jobs";

async function submit(world: ApiWorld, changes: Record<string, unknown> = {}): Promise<string> {
  const { status, json } = await world.send("POST", path, { body: requestBody(changes) });
  assert.equal(status, 201, JSON.stringify(json));
  return json.job_id;
}

async function claim(world: ApiWorld) {
  return leaseOf((await world.queue.claimNext({ lockedBy: "worker-1", leaseSeconds: 60 }))!);
}

Deno.test("S002-01 POST /backtests/jobs answers 201 with the status object and nothing of lease or attempt", async () => {
  const world = apiWorld();
  const { status, json } = await world.send("POST", path, { body: requestBody() });
  assert.equal(status, 201);
  assert.deepEqual(Object.keys(json), [
    "job_id",
    "mode",
    "state",
    "stage",
    "created_at",
    "updated_at",
    "started_at",
    "finished_at",
    "cancel_requested_at",
    "progress_updated_at",
    "processed_units",
    "total_units",
    "request_hash",
    "engine_params_hash",
    "backtest_runtime_config_hash",
    "spec_hash",
    "last_error",
    "last_error_json",
    "trace_id",
    "data",
    "warnings",
  ]);
  assert.equal(json.state, "queued");
  assert.equal(json.created_at, "2026-01-01T00:00:00.000Z");
});

Deno.test("POST /backtests/jobs without a session is 401 before the body is looked at", async () => {
  const { status, json } = await apiWorld().send("POST", path, { body: "{", user: null });
  assert.deepEqual([status, json.error.code], [401, "unauthorized"]);
});

Deno.test("POST /backtests/jobs twice with one body gives two jobs of equal request_hash", async () => {
  const world = apiWorld();
  const [a, b] = [
    await world.send("POST", path, { body: requestBody() }),
    await world.send("POST", path, { body: requestBody() }),
  ];
  assert.notEqual(a.json.job_id, b.json.job_id);
  assert.equal(a.json.request_hash, b.json.request_hash);
});

Deno.test("POST /backtests/jobs with an Idempotency-Key gives one job: 201, then 200, then 409 for another body", async () => {
  const world = apiWorld();
  const headers = { "idempotency-key": "mine" };
  const first = await world.send("POST", path, { body: requestBody(), headers });
  await submit(world);
  await submit(world);
  const again = await world.send("POST", path, { body: JSON.stringify(requestBody(), null, 2), headers });
  assert.deepEqual([first.status, again.status, again.json.job_id], [201, 200, first.json.job_id]);
  const other = await world.send("POST", path, { body: requestBody({ top_k: 2 }), headers });
  assert.equal(other.status, 409);
  assert.deepEqual(other.json.error, {
    code: "conflict",
    message: 'Idempotency-Key "mine" was used with another body',
    details: { idempotency_key: "mine", job_id: first.json.job_id },
  });
  const bad = await world.send("POST", path, { body: requestBody(), headers: { "idempotency-key": "a b" } });
  assert.deepEqual([bad.status, bad.json.error.details.errors[0].path], [422, "header.idempotency-key"]);
});

Deno.test("POST /backtests/jobs with an Idempotency-Key whose twin takes the last slot meanwhile answers the twin", async () => {
  const world = apiWorld();
  for (let n = 1; n < 3; n++) await submit(world);
  const sending = { body: requestBody(), headers: { "idempotency-key": "mine" } };
  const twins: string[] = [];
  const late = apiWorld({
    jobs: {
      ...world.deps.jobs!,
      jobs: {
        ...world.jobs,
        async countActiveForUser(user) {
          if (twins.length === 0) twins.push((await world.send("POST", path, sending)).text);
          return await world.jobs.countActiveForUser(user);
        },
      },
    },
  });
  const { status, text } = await late.send("POST", path, sending);
  assert.deepEqual([status, text], [200, twins[0]]);
  const other = await late.send("POST", path, { body: requestBody() });
  assert.equal(other.json.error.details.errors[0].code, "quota_exceeded");
});

Deno.test("S001-21 S001-22 POST .../cancel of a queued job answers 200 and cancelled", async () => {
  const world = apiWorld();
  const id = await submit(world);
  const { status, json } = await world.send("POST", `${path}/${id}/cancel`);
  assert.deepEqual([status, json.state, json.job_id], [200, "cancelled", id]);
  assert.equal((await world.send("POST", `${path}/${id}/cancel`)).text, JSON.stringify(json));
});

Deno.test("S001-23 S003-14 POST .../cancel of a running job stays running, of a finished one shows its state", async () => {
  const world = apiWorld();
  const id = await submit(world);
  const lease = await claim(world);
  const { json } = await world.send("POST", `${path}/${id}/cancel`);
  assert.equal(json.state, "running");
  assert.equal(json.cancel_requested_at, "2026-01-01T00:00:00.000Z");
  await world.queue.succeed(lease, []);
  assert.equal((await world.send("POST", `${path}/${id}/cancel`)).json.state, "succeeded");
});

Deno.test("S001-24 S001-31 GET .../{id} shows the status, with the error of a failed job", async () => {
  const world = apiWorld();
  const id = await submit(world);
  const error = { code: "validation_error", message: "No candle", details: { symbol: "X" } };
  await world.queue.finish(await claim(world), { state: "failed", error });
  const { status, json } = await world.send("GET", `${path}/${id}`);
  assert.deepEqual([status, json.state, json.last_error], [200, "failed", "No candle"]);
  assert.deepEqual(json.last_error_json, error);
});

Deno.test("S001-25 GET .../top has no report members before success, reports after, trades only where kept", async () => {
  const world = apiWorld();
  const id = await submit(world);
  assert.deepEqual((await world.send("GET", `${path}/${id}/top`)).json.items, []);
  const lease = await claim(world);
  await world.results.replaceTopVariants(lease, [topVariant(1), topVariant(2)]);
  const running = (await world.send("GET", `${path}/${id}/top?limit=10`)).json;
  assert.equal(running.state, "running");
  assert.ok(running.items.every((item: object) => !("trades" in item) && !("report_table_md" in item)));
  await world.queue.succeed(lease, [reportedVariant(1), reportedVariant(2)]);
  const done = (await world.send("GET", `${path}/${id}/top`)).json;
  assert.deepEqual(done.items.map((item: { trades: unknown[] | null }) => item.trades?.length ?? null), [
    1,
    null,
  ]);
  assert.ok(done.items.every((item: { report_table_md: string }) => item.report_table_md.length > 0));
  assert.equal(done.report_context.strategy_id, null);
  assert.equal(done.report_context.include_trades, true);
});

Deno.test("GET .../top decides about reports by the state read before the rows", async () => {
  const world = apiWorld();
  const id = await submit(world);
  const lease = await claim(world);
  const finishing = apiWorld({
    jobs: {
      ...world.deps.jobs!,
      results: {
        ...world.results,
        async listTopVariants(jobId, limit) {
          await world.queue.succeed(lease, [reportedVariant(1)]);
          return await world.results.listTopVariants(jobId, limit);
        },
      },
    },
  });
  const { json } = await finishing.send("GET", `${path}/${id}/top`);
  assert.equal(json.state, "running");
  assert.deepEqual(json.items.map((item: object) => "trades" in item), [false]);
});

Deno.test("GET .../top refuses a limit that is no integer before it looks for the job", async () => {
  const world = apiWorld();
  for (const limit of ["x", "1.5", "1e2", ""]) {
    const { status, json } = await world.send("GET", `${path}/${missingId}/top?limit=${limit}`);
    assert.deepEqual([status, json.error.details.errors[0].path], [422, "query.limit"]);
    assert.equal(json.error.details.errors[0].code, "int_parsing");
  }
});

Deno.test("S004-21 status, top, cancel, events and exports of a foreign job are 403, of a missing one 404", async () => {
  const world = apiWorld();
  const id = await submit(world);
  const routes = [["GET", ""], ["GET", "/top"], ["POST", "/cancel"], ["GET", "/events"], ["GET", "/top.csv"]];
  for (const [method, rest] of [...routes, ["GET", "/rows/1/trades.csv"], ["GET", "/heatmap"]]) {
    const foreign = await world.send(method!, `${path}/${id}${rest}`, { user: strangerId });
    assert.equal(foreign.status, 403, rest);
    assert.deepEqual(foreign.json.error, {
      code: "forbidden",
      message: "Backtest job does not belong to current user",
      details: { job_id: id },
    });
    const missing = await world.send(method!, `${path}/${missingId}${rest}`);
    assert.equal(missing.status, 404, rest);
    assert.deepEqual(missing.json.error.details, { job_id: missingId });
  }
  assert.equal((await world.jobs.get(id))?.state, "queued");
});

Deno.test("S001-28 S001-29 GET /backtests/jobs pages 60 jobs as 25, 25 and 10 without repeat or gap", async () => {
  const world = apiWorld();
  for (let n = 0; n < 60; n++) await world.send("POST", `${path}/${await submit(world)}/cancel`);
  const ids: string[] = [];
  const sizes: number[] = [];
  let cursor: string | null = "";
  while (cursor !== null) {
    const { json } = await world.send("GET", `${path}?limit=25&cursor=${cursor}`);
    sizes.push(json.items.length);
    ids.push(...json.items.map(({ job_id }: { job_id: string }) => job_id));
    cursor = json.next_cursor;
    if (cursor === null) break;
    assert.match(cursor, /^[A-Za-z0-9_-]+$/);
    const decoded = JSON.parse(
      new TextDecoder().decode(Uint8Array.fromBase64(cursor, { alphabet: "base64url" })),
    );
    assert.deepEqual(Object.keys(decoded), ["created_at", "job_id"]);
    const padded = await world.send(
      "GET",
      `${path}?limit=25&cursor=${encodeURIComponent(btoa(JSON.stringify(decoded)))}`,
    );
    assert.equal(padded.status, 200);
  }
  assert.deepEqual(sizes, [25, 25, 10]);
  assert.equal(new Set(ids).size, 60);
  assert.deepEqual((await world.send("GET", path, { user: strangerId })).json, {
    items: [],
    next_cursor: null,
  });
});

Deno.test("GET /backtests/jobs looks at state, cursor and limit in this order, and takes blanks for nothing", async () => {
  const world = apiWorld();
  const refused = async (query: string) =>
    (await world.send("GET", `${path}?${query}`)).json.error.details.errors.map((item: { path: string }) =>
      item.path
    );
  assert.deepEqual(await refused("state=done&cursor=e30&limit=0"), ["query.state"]);
  assert.deepEqual(await refused("state=queued&cursor=e30&limit=0"), ["query.cursor"]);
  assert.deepEqual(await refused("state=queued&cursor=&limit=0"), ["query.limit"]);
  assert.deepEqual(await refused("limit=many"), ["query.limit"]);
  assert.equal((await world.send("GET", `${path}?state=%20&cursor=%20&limit=250`)).status, 200);
  const id = await submit(world);
  for (const state of ["queued", "QUEUED", " Queued "]) {
    const { items } = (await world.send("GET", `${path}?state=${encodeURIComponent(state)}`)).json;
    assert.deepEqual(items.map(({ job_id }: { job_id: string }) => job_id), [id]);
  }
  await world.send("POST", `${path}/${id}/cancel`);
  assert.equal((await world.send("GET", `${path}?state=canceled`)).json.items.length, 1);
  assert.equal((await world.send("GET", `${path}?state=queued`)).json.items.length, 0);
});

Deno.test("with jobs disabled their routes do not exist", async () => {
  const world = apiWorld({ jobs: null });
  for (const [method, rest] of [["POST", ""], ["GET", ""], ["GET", `/${missingId}`], ["GET", "/events"]]) {
    assert.equal((await world.send(method!, `${path}${rest}`, { body: undefined })).status, 404);
  }
});

Deno.test("GET .../top.csv, top.parquet and trades.csv give the ranked rows and trades as files", async () => {
  const world = apiWorld();
  const id = await submit(world);
  await world.queue.succeed(await claim(world), [reportedVariant(1), reportedVariant(2)]);
  const csv = await world.send("GET", `${path}/${id}/top.csv`);
  assert.equal(csv.headers.get("content-type"), "text/csv; charset=utf-8");
  const [header, first] = csv.text.split("\n");
  assert.match(
    header!,
    /^rank,variant_key,indicator_variant_key,variant_index,total_return_pct,ma\.ema\.source/,
  );
  assert.match(
    first!,
    /^1,0{63}1,f{64},7,12\.345678901234567,close,20,true,1\.5,false,,10000,100,30,0\.075,0\.01,long-short,all_in,0\.5,/,
  );
  const trades = await world.send("GET", `${path}/${id}/rows/1/trades.csv`);
  assert.match(
    trades.text,
    /^trade_id,direction,.*\n0,long,3,9,2026-01-01T00:04:00\.000Z,2026-01-01T00:10:00\.000Z,100\.1,0\.3/,
  );
  assert.equal((await world.send("GET", `${path}/${id}/rows/2/trades.csv`)).status, 404);
  assert.equal((await world.send("GET", `${path}/${id}/rows/0/trades.csv`)).status, 422);
  const answer = await world.send("GET", `${path}/${id}/top.parquet`);
  assert.equal(answer.headers.get("content-type"), "application/vnd.apache.parquet");
  assert.match(answer.text, /^PAR1[^]*PAR1$/);
});

Deno.test("GET .../rows/1/equity.csv gives the account at every bar close of the request", async () => {
  const world = apiWorld();
  const id = await submit(world);
  assert.equal((await world.send("GET", `${path}/${id}/rows/1/equity.csv`)).status, 409);
  await world.queue.succeed(await claim(world), [{ ...reportedVariant(1), trades: [] }]);
  const { status, text } = await world.send("GET", `${path}/${id}/rows/1/equity.csv`);
  const lines = text.trimEnd().split("\n");
  assert.equal(status, 200, text);
  assert.deepEqual(lines.slice(0, 2), ["close_ts,equity", "2026-01-11T00:00:00.000Z,10000"]);
  assert.equal(lines.length, 1 + 49);
});
