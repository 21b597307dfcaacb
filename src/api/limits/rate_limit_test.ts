import assert from "node:assert/strict";
import type { BacktestError } from "../../core/errors.ts";
import { toProblem } from "../problem.ts";
import { rateLimited } from "./rate_limit.ts";

const request = (userId: string) => new Request("http://api.test/x", { headers: { "x-user": userId } });

function limiter(requests: number) {
  const stop = new AbortController();
  const authenticate = (sent: Request) => Promise.resolve({ userId: sent.headers.get("x-user")! });
  return {
    limited: rateLimited(authenticate, { requests, seconds: 60, stop: stop.signal }),
    [Symbol.dispose]: () => stop.abort(),
  };
}

Deno.test("rateLimited() lets so many requests through, then says when to come back", async () => {
  using world = limiter(3);
  for (let n = 0; n < 3; n++) assert.deepEqual(await world.limited(request("a")), { userId: "a" });
  const error = await world.limited(request("a")).then(
    () => assert.fail("let through"),
    (e: BacktestError) => e,
  );
  const { status, body, headers } = toProblem(error);
  assert.equal(status, 429);
  assert.equal(body.error.code, "rate_limited");
  assert.equal(body.error.message, "Too many requests: 3 in 60 s are allowed per user");
  const seconds = Number(headers["retry-after"]);
  assert.ok(Number.isInteger(seconds) && seconds >= 1 && seconds <= 60, headers["retry-after"]);
});

Deno.test("S004-21 rateLimited() counts every user by himself", async () => {
  using world = limiter(1);
  await world.limited(request("a"));
  await assert.rejects(world.limited(request("a")), { code: "rate_limited" });
  assert.deepEqual(await world.limited(request("b")), { userId: "b" });
});

Deno.test("rateLimited() does not count who is not let in", async () => {
  const stop = new AbortController();
  let known = false;
  const limited = rateLimited(
    () => known ? Promise.resolve({ userId: "a" }) : Promise.reject(new Error("who?")),
    { requests: 1, seconds: 60, stop: stop.signal },
  );
  for (let n = 0; n < 3; n++) await assert.rejects(limited(request("a")), { message: "who?" });
  known = true;
  await limited(request("a"));
  stop.abort();
});
