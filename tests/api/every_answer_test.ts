import assert from "node:assert/strict";
import { BacktestError } from "../../src/core/errors/mod.ts";
import { type ApiWorld, apiWorld, type Sending } from "../helpers/api_world.ts";
import { requestBody } from "../helpers/worker_harness.ts";

type Sent = readonly [status: number, method: string, path: string, sending?: Sending, world?: ApiWorld];

const broken = apiWorld({
  authenticate: () => Promise.reject(new Error("No answer from /srv/app/secret.ts")),
});
const noStore = apiWorld({
  authenticate: () => Promise.reject(new BacktestError("storage_unavailable", "Cannot read: refused")),
});
const stopping = apiWorld({ stopping: AbortSignal.abort() });
const unknownId = "00000000-0000-4000-8000-00000000beef";
const text = { "content-type": "text/plain" };

const answers: readonly Sent[] = [
  [200, "GET", "/healthz"],
  [200, "GET", "/metrics"],
  [200, "GET", "/openapi.json"],
  [200, "GET", "/docs"],
  [200, "GET", "/indicators"],
  [200, "HEAD", "/indicators"],
  [200, "GET", "/backtests/jobs"],
  [200, "POST", "/backtests", { body: requestBody() }],
  [401, "GET", "/indicators", { user: null }],
  [404, "GET", "/nowhere"],
  [404, "HEAD", "/nowhere"],
  [404, "OPTIONS", "/nowhere"],
  [404, "GET", `/backtests/jobs/${unknownId}`],
  [404, "GET", `/backtests/jobs/${unknownId}/events`],
  [405, "DELETE", "/indicators"],
  [405, "OPTIONS", "/backtests"],
  [405, "HEAD", "/backtests"],
  [405, "GET", "/indicators/estimate"],
  [413, "POST", "/backtests", { body: " ".repeat(1_048_577) }],
  [415, "POST", "/backtests", { body: "{}", headers: text }],
  [422, "POST", "/backtests", { body: "{" }],
  [422, "POST", "/backtests", { body: "" }],
  [422, "POST", "/backtests", { body: `${"[".repeat(500_000)}` }],
  [422, "POST", "/backtests", { body: `${"[".repeat(200_000)}${"]".repeat(200_000)}` }],
  [422, "POST", "/backtests", { body: `${'{"a":'.repeat(50_000)}1${"}".repeat(50_000)}` }],
  [422, "POST", "/backtests", { body: '{"__proto__":{"a":1},"constructor":1}' }],
  [422, "GET", "/backtests/jobs/moon"],
  [500, "GET", "/indicators", {}, broken],
  [500, "HEAD", "/indicators", {}, broken],
  [500, "GET", "/backtests/jobs", {}, noStore],
  [503, "POST", "/backtests", { body: requestBody() }, stopping],
  [503, "GET", "/readyz", {}, stopping],
];

Deno.test("every answer has its status, the security headers, and no stack in it", async () => {
  const usual = apiWorld();
  for (const [status, method, path, sending = {}, world = usual] of answers) {
    const answer = await world.send(method, path, sending);
    const name = `${method} ${path} ${String(sending.body ?? "").slice(0, 20)}`;
    assert.equal(answer.status, status, `${name}\n${answer.text.slice(0, 500)}`);
    assert.equal(answer.headers.get("x-content-type-options"), "nosniff", name);
    assert.equal(answer.headers.get("x-frame-options"), "DENY", name);
    assert.match(answer.headers.get("content-security-policy")!, /default-src 'none'/, name);
    assert.equal(answer.headers.get("referrer-policy"), "no-referrer", name);
    assert.doesNotMatch(answer.text.slice(0, 2000), /\bat .*[:(]\d+:\d+|secret\.ts/, name);
    if (method === "HEAD") assert.equal(answer.text, "", name);
    else if (status >= 400 && path !== "/readyz") assert.equal(typeof answer.json.error.code, "string", name);
    assert.equal(answer.headers.has("allow"), status === 405, name);
    assert.equal(answer.headers.has("retry-after"), status === 503 && path !== "/readyz", name);
  }
});
