import assert from "node:assert/strict";
import { BacktestError } from "../../src/core/errors/mod.ts";
import { apiWorld } from "../helpers/api_world.ts";
import { testConfig } from "../helpers/config.ts";
import { requestBody, userId } from "../helpers/worker_harness.ts";

const operator = "99999999-9999-4999-8999-999999999999";
const stranger = "22222222-2222-4222-8222-222222222222";

/** A world with one operator and a job of somebody else. */
async function world(quotas = {}) {
  const config = testConfig();
  const api = apiWorld({
    config: { ...config, jobs: { ...config.jobs, quotas: { users: {}, roles: {}, ...quotas } } },
    authenticate(request) {
      const caller = request.headers.get("x-test-user");
      if (!caller) return Promise.reject(new BacktestError("unauthorized", "Who?"));
      const isOperator = caller === operator;
      return Promise.resolve({ userId: caller, roles: isOperator ? ["ops"] : [], isOperator });
    },
  });
  const { json: { job_id: jobId } } = await api.send("POST", "/backtests/jobs", { body: requestBody() });
  return { ...api, jobId };
}

Deno.test("an operator reads and cancels everybody's jobs, a stranger none", async () => {
  const { send, jobId } = await world();
  const path = `/backtests/jobs/${jobId}`;
  for (const suffix of ["", "/top", "/top.csv"]) {
    assert.equal((await send("GET", path + suffix, { user: operator })).status, 200, suffix);
    assert.equal((await send("GET", path + suffix, { user: stranger })).status, 403, suffix);
  }
  assert.equal((await send("POST", `${path}/cancel`, { user: stranger })).status, 403);
  const cancelled = await send("POST", `${path}/cancel`, { user: operator });
  assert.equal(cancelled.status, 200);
  assert.equal(cancelled.json.state, "cancelled");
  const stream = await send("GET", `${path}/events`, { user: operator });
  assert.match(stream.text, /"state":"cancelled"/);
});

Deno.test("an operator lists the jobs of a user, of all, and his own; nobody else lists another's", async () => {
  const { send, jobId } = await world();
  await send("POST", "/backtests/jobs", { body: requestBody(), user: stranger });
  const list = async (query: string, user: string) => {
    const { status, json } = await send("GET", `/backtests/jobs${query}`, { user });
    return status === 200 ? json.items.length : json.error.code;
  };
  assert.equal(await list("?user_id=all", operator), 2);
  assert.equal(await list(`?user_id=${userId}`, operator), 1);
  assert.equal(await list(`?user_id=${userId.toUpperCase()}`, operator), 1);
  assert.equal(await list("", operator), 0);
  assert.equal(await list("?user_id=moon", operator), "validation_error");
  assert.equal(await list("?user_id=all", stranger), "forbidden");
  assert.equal(await list(`?user_id=${userId}`, stranger), "forbidden");
  assert.equal(await list(`?user_id=${stranger}`, stranger), 1);
  const page = await send("GET", "/backtests/jobs?user_id=all&limit=1", { user: operator });
  const rest = await send("GET", `/backtests/jobs?user_id=all&limit=1&cursor=${page.json.next_cursor}`, {
    user: operator,
  });
  assert.deepEqual(
    [...page.json.items, ...rest.json.items].map(({ job_id }) => job_id).includes(jobId),
    true,
  );
  assert.equal(rest.json.next_cursor, null);
});

Deno.test("a user's own quota goes before those of his roles, these before everyone's; a full one says when to come back", async () => {
  const { send } = await world({ users: { [stranger]: 1 }, roles: { ops: 5, other: 9 } });
  const submits = async (user: string, count: number) => {
    for (let n = 0; n < count; n++) {
      assert.equal(
        (await send("POST", "/backtests/jobs", { body: requestBody(), user })).status,
        201,
        `${user} ${n}`,
      );
    }
    const { status, headers, json } = await send("POST", "/backtests/jobs", { body: requestBody(), user });
    assert.equal(status, 422);
    assert.equal(headers.get("retry-after"), "10");
    assert.equal(json.error.details.errors[0].code, "quota_exceeded");
  };
  await submits(stranger, 1);
  await submits(operator, 5);
  await submits(userId, 2);
});
