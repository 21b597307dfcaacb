import assert from "node:assert/strict";
import { apiWorld } from "../../../tests/helpers/api_world.ts";
import { manualClock } from "../../../tests/memory/clock.ts";

Deno.test("GET /healthz and /metrics answer everyone", async () => {
  const { send } = apiWorld({
    metricsText: () => Promise.resolve({ text: "up 1\n", contentType: "text/plain; version=0.0.4" }),
  });
  assert.deepEqual((await send("GET", "/healthz", { user: null })).json, { status: "ok" });
  const metrics = await send("GET", "/metrics", { user: null });
  assert.equal(metrics.text, "up 1\n");
  assert.equal(metrics.headers.get("content-type"), "text/plain; version=0.0.4");
});

Deno.test("GET /readyz says which check failed, and tells only the log why", async () => {
  const { send, log } = apiWorld({
    readiness: [
      { name: "database", check: () => Promise.reject(new Error("refused by postgres://a:b@c/d")) },
      { name: "compute", check: () => Promise.resolve() },
    ],
  });
  const { status, json } = await send("GET", "/readyz", { user: null });
  assert.equal(status, 503);
  assert.deepEqual(json, { status: "not_ready", checks: { database: "failed", compute: "ok" } });
  assert.ok(
    log.lines.some(({ event, fields }) => event === "readiness_check_failed" && fields.check === "database"),
  );
  const ready = apiWorld({ readiness: [{ name: "compute", check: () => Promise.resolve() }] });
  assert.equal((await ready.send("GET", "/readyz")).status, 200);
});

Deno.test("GET /readyz does not wait for a check that hangs", async () => {
  const clock = manualClock();
  const { send } = apiWorld({ clock, readiness: [{ name: "database", check: () => new Promise(() => {}) }] });
  const answer = send("GET", "/readyz");
  while (clock.sleepers < 2) await new Promise((resolve) => setTimeout(resolve, 0));
  await clock.advance(2000);
  assert.deepEqual((await answer).json.checks, { database: "failed" });
});
