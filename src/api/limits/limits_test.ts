import assert from "node:assert/strict";
import { OpenAPIHono } from "@hono/zod-openapi";
import { manualClock } from "../../../tests/memory/clock.ts";
import { until } from "../../../tests/helpers/until.ts";
import type { ApiContext, ApiEnv } from "../endpoint.ts";
import { toProblem } from "../problem.ts";
import { bodyLimit } from "./body_limit.ts";
import { requestTimeout } from "./request_timeout.ts";
import { securityHeaders } from "./security_headers.ts";

type Handler = (c: ApiContext) => Response | Promise<Response>;

function world(handle: Handler) {
  const clock = manualClock();
  const app = new OpenAPIHono<ApiEnv>();
  app.use(securityHeaders());
  app.use(requestTimeout({ maxSeconds: 30, clock, isExempt: (c) => c.req.path === "/exempt" }));
  app.use(bodyLimit({ maxBytes: 10, maxSeconds: 5, clock }));
  app.onError((error, c) => {
    const { status, body, headers } = toProblem(error);
    return c.json(body, status, { ...headers });
  });
  app.all("*", (c) => handle(c));
  return { clock, send: async (request: Request) => await app.fetch(request) };
}

const echo: Handler = async (c) => c.text(await c.req.text());

function post(body: BodyInit, headers: Record<string, string> = {}): Request {
  return new Request("http://api.test/x", { method: "POST", body, headers });
}

/** A body that comes chunk by chunk, without a declared length, and tells when it is given up. */
function chunked(chunks: readonly string[], { open = false } = {}) {
  const left = [...chunks];
  const state = { cancelled: false };
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      const chunk = left.shift();
      if (chunk !== undefined) controller.enqueue(new TextEncoder().encode(chunk));
      else if (!open) controller.close();
      else return new Promise<void>(() => {});
      return undefined;
    },
    cancel: () => void (state.cancelled = true),
  }, { highWaterMark: 0 });
  return { body, state };
}

Deno.test("bodyLimit() lets a body of the largest size through, in one or many chunks", async () => {
  const { send } = world(echo);
  assert.equal(await (await send(post("0123456789"))).text(), "0123456789");
  assert.equal(await (await send(post(chunked(["01234", "", "56789"]).body))).text(), "0123456789");
  assert.equal((await send(new Request("http://api.test/x"))).status, 200);
});

Deno.test("13 bodyLimit() takes a body that breaks off for no failure of ours", async () => {
  const { send } = world(echo);
  const broken = new ReadableStream({ pull: (controller) => controller.error(new Error("aborted")) });
  const answer = await send(post(broken));
  assert.equal(answer.status, 400);
  assert.equal((await answer.json()).error.code, "malformed_request");
});

Deno.test("bodyLimit() answers 413 in the envelope for a declared and for an undeclared size", async () => {
  const { send } = world(echo);
  const endless = chunked(Array.from({ length: 100 }, () => "0123"));
  const requests = [
    post("01234567890"),
    post("0", { "content-length": "11" }),
    post(endless.body),
  ];
  for (const request of requests) {
    const answer = await send(request);
    assert.equal(answer.status, 413);
    assert.deepEqual(await answer.json(), {
      error: {
        code: "payload_too_large",
        message: "Cannot read the body: it has more than 10 bytes",
        details: { max_bytes: 10 },
      },
    });
  }
  assert.ok(endless.state.cancelled);
});

Deno.test("bodyLimit() lets a handler answer without reading the body", async () => {
  const { send } = world((c) => c.text("no", 401));
  assert.equal((await send(post("01234567890"))).status, 401);
});

Deno.test("bodyLimit() ends a body that comes too slowly, all chunks together", async () => {
  const { send, clock } = world(echo);
  const slow = chunked(["0", "1", "2"], { open: true });
  const answered = send(post(slow.body));
  // the deadlines of the answer and of the body
  await until(() => clock.sleepers === 2);
  await clock.advance(5_000);
  const answer = await answered;
  assert.equal(answer.status, 408);
  const { error } = await answer.json();
  assert.equal(error.code, "request_timeout");
  assert.equal(error.message, "Cannot read the body: it took longer than 5 s to come");
  assert.ok(slow.state.cancelled);
  assert.equal(clock.sleepers, 0);
});

Deno.test("requestTimeout() answers 503 in the envelope when nothing else does", async () => {
  const { send, clock } = world(() => new Promise(() => {}));
  const answered = send(new Request("http://api.test/x"));
  await clock.advance(30_000);
  const answer = await answered;
  assert.equal(answer.status, 503);
  assert.equal(answer.headers.get("retry-after"), "1");
  const { error } = await answer.json();
  assert.equal(error.code, "overloaded");
  assert.equal(error.message, "Cannot answer within 30 s: try again later");
});

Deno.test("requestTimeout() leaves exempt requests alone, and no timer behind others", async () => {
  let answer = (_: Response) => {};
  const { send, clock } = world((c) =>
    c.req.path === "/exempt" ? new Promise((resolve) => answer = resolve) : c.text("done")
  );
  assert.equal(await (await send(new Request("http://api.test/x"))).text(), "done");
  assert.equal(clock.sleepers, 0);
  const exempt = send(new Request("http://api.test/exempt"));
  await clock.advance(3_600_000);
  answer(new Response("late"));
  assert.equal(await (await exempt).text(), "late");
});

Deno.test("securityHeaders() stand on answers and on errors", async () => {
  const { send } = world((c) => {
    if (c.req.path === "/fails") throw new Error("secret /srv/data/keys.pem");
    return c.text("ok");
  });
  for (const path of ["/x", "/fails"]) {
    const { headers } = await send(new Request(`http://api.test${path}`));
    assert.equal(headers.get("x-content-type-options"), "nosniff");
    assert.equal(headers.get("x-frame-options"), "DENY");
    assert.equal(headers.get("referrer-policy"), "no-referrer");
    const csp = headers.get("content-security-policy")!;
    assert.match(csp, /default-src 'none'/);
    assert.match(csp, /script-src 'self'(;|$)/);
    assert.match(csp, /frame-ancestors 'none'/);
    assert.equal(headers.get("x-powered-by"), null);
  }
  const failed = await send(new Request("http://api.test/fails"));
  assert.equal(failed.status, 500);
  const text = await failed.text();
  assert.doesNotMatch(text, /\bat .*\.ts|keys\.pem/);
});
