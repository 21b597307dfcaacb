import assert from "node:assert/strict";
import { apiWorld } from "../../tests/helpers/api_world.ts";
import { requestBody, userId } from "../../tests/helpers/worker_harness.ts";
import { BacktestError } from "../core/errors/mod.ts";

const traceId = "0af7651916cd43dd8448eb211c80319c";
const headers = { traceparent: `00-${traceId}-b7ad6b7169203331-01` };

/** The trace id of an answer's `traceresponse`. */
function traceOf(answer: { readonly headers: Headers }): string | undefined {
  return /^00-([0-9a-f]{32})-[0-9a-f]{16}-00$/.exec(answer.headers.get("traceresponse") ?? "")?.[1];
}

Deno.test("a request's trace id is answered, whatever the answer", async () => {
  const world = apiWorld();
  const answers = [
    await world.send("GET", "/healthz", { headers }),
    await world.send("GET", "/nowhere", { headers }),
    await world.send("DELETE", "/healthz", { headers }),
    await world.send("GET", "/backtests/jobs", { headers, user: null }),
    await world.send("POST", "/backtests/jobs", { headers, body: "{" }),
    await world.send("POST", "/backtests/jobs", { headers, body: requestBody() }),
  ];
  assert.deepEqual(answers.map(({ status }) => status), [200, 404, 405, 401, 422, 201]);
  assert.deepEqual(answers.map(traceOf), answers.map(() => traceId));
});

Deno.test("a request without a trace, or with a malformed one, gets one of its own", async () => {
  const world = apiWorld();
  const seen = new Set<string | undefined>();
  for (const traceparent of [undefined, "", "x", `00-${"0".repeat(32)}-b7ad6b7169203331-01`]) {
    seen.add(
      traceOf(
        await world.send("GET", "/healthz", traceparent === undefined ? {} : { headers: { traceparent } }),
      ),
    );
  }
  assert.equal(seen.size, 4);
  assert.ok(!seen.has(undefined) && !seen.has("0".repeat(32)));
});

Deno.test("a job keeps the trace id of the request that created it, and nothing else of the job depends on it", async () => {
  const world = apiWorld();
  const traced = (await world.send("POST", "/backtests/jobs", { headers, body: requestBody() })).json;
  const other = await world.send("POST", "/backtests/jobs", { body: requestBody() });
  assert.equal(traced.trace_id, traceId);
  assert.equal(other.json.trace_id, traceOf(other));
  for (const name of ["request_hash", "engine_params_hash", "backtest_runtime_config_hash", "spec_hash"]) {
    assert.equal(other.json[name], traced[name], name);
  }
  assert.equal((await world.jobs.get(traced.job_id))?.requestJson.trace_id, undefined);
  const read = await world.send("GET", `/backtests/jobs/${traced.job_id}`);
  assert.equal(read.json.trace_id, traceId);
  assert.notEqual(traceOf(read), traceId);
});

Deno.test("a repeated creation answers its own trace id and leaves the job the first one", async () => {
  const world = apiWorld();
  const sending = { body: requestBody(), headers: { ...headers, "idempotency-key": "once" } };
  const first = await world.send("POST", "/backtests/jobs", sending);
  const second = "b".repeat(32);
  const again = await world.send("POST", "/backtests/jobs", {
    ...sending,
    headers: { ...sending.headers, traceparent: `00-${second}-b7ad6b7169203331-01` },
  });
  assert.deepEqual([first.status, again.status], [201, 200]);
  assert.equal(again.text, first.text);
  assert.equal(again.json.trace_id, traceId);
  assert.equal(traceOf(again), second);
  assert.equal((await world.jobs.listForUser({ userId, limit: 10 })).items.length, 1);
});

Deno.test("a failure of ours is in the log with the trace id of its request", async () => {
  const broken = apiWorld();
  const jobs = {
    ...broken.deps.jobs!,
    jobs: {
      ...broken.jobs,
      countActiveForUser: () => Promise.reject(new BacktestError("unexpected_error", "a bug")),
    },
  };
  const world = apiWorld({ jobs });
  const answer = await world.send("POST", "/backtests/jobs", { headers, body: requestBody() });
  assert.equal(answer.status, 500);
  const line = world.log.lines.find(({ event }) => event === "request_failed");
  assert.equal(line?.fields.trace_id, traceId);
});
