import assert from "node:assert/strict";
import { apiWorld } from "../../../tests/helpers/api_world.ts";
import { rateLimiter } from "./rate_limit.ts";

function limited(requests: number) {
  const stop = new AbortController();
  const world = apiWorld({ takeRate: rateLimiter({ requests, seconds: 60, stop: stop.signal }) });
  return { ...world, [Symbol.dispose]: () => stop.abort() };
}

const a = "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa";
const b = "bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb";

Deno.test("a user has so many requests, is told how he stands, and then when to come back", async () => {
  using world = limited(3);
  const list = (user: string) => world.send("GET", "/backtests/jobs", { user });
  for (let left = 2; left >= 0; left--) {
    const { status, headers } = await list(a);
    assert.equal(status, 200);
    assert.equal(headers.get("ratelimit-limit"), "3");
    assert.equal(headers.get("ratelimit-remaining"), String(left));
    assert.equal(headers.get("ratelimit-policy"), "3;w=60");
    assert.match(headers.get("ratelimit-reset")!, /^(59|60)$/);
  }
  const { status, headers, json } = await list(a);
  assert.equal(status, 429);
  assert.equal(json.error.code, "rate_limited");
  assert.equal(json.error.message, "Too many requests: 3 in 60 s are allowed per user");
  assert.match(headers.get("retry-after")!, /^(59|60)$/);
  assert.equal(headers.get("ratelimit-remaining"), "0");
});

Deno.test("S004-21 every user is counted by himself, and who is not let in is not counted", async () => {
  using world = limited(1);
  const list = (user: string | null) => world.send("GET", "/backtests/jobs", { user });
  assert.equal((await list(null)).status, 401);
  assert.equal((await list(a)).status, 200);
  assert.equal((await list(a)).status, 429);
  assert.equal((await list(b)).status, 200);
});

Deno.test("an error of the request carries how its user stands, too", async () => {
  using world = limited(5);
  const { status, headers } = await world.send("POST", "/backtests", { body: {} });
  assert.equal(status, 422);
  assert.equal(headers.get("ratelimit-remaining"), "4");
});

Deno.test("an estimate without a session is counted by the address, before its body is read", async () => {
  using world = limited(2);
  const estimate = async (address: string, user?: string) => {
    const request = new Request("http://127.0.0.1:8000/indicators/estimate", {
      method: "POST",
      headers: { "content-type": "application/json", ...(user ? { "x-test-user": user } : {}) },
      body: "{",
    });
    const answer = await world.api.fetch(request, { address });
    await answer.body?.cancel();
    return { status: answer.status, read: request.bodyUsed };
  };
  for (let n = 0; n < 2; n++) assert.equal((await estimate("10.0.0.1")).status, 422);
  assert.deepEqual(await estimate("10.0.0.1"), { status: 429, read: false });
  assert.equal((await estimate("10.0.0.2")).status, 422);
  // who says who he is counts as himself
  assert.equal((await estimate("10.0.0.1", a)).status, 422);
});
