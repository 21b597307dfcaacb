import assert from "node:assert/strict";
import { Validator } from "@seriousme/openapi-schema-validator";
import { apiWorld } from "../../../tests/helpers/api_world.ts";

Deno.test("GET /openapi.json is a valid OpenAPI 3.1 document", async () => {
  const { status, json } = await apiWorld().send("GET", "/openapi.json", { user: null });
  assert.equal(status, 200);
  assert.match(json.openapi, /^3\.1\./);
  const validator = new Validator();
  const { valid, errors } = await validator.validate(json);
  assert.ok(valid, JSON.stringify(errors, null, 1));
  assert.equal(validator.version, "3.1");
});

Deno.test("GET /openapi.json has every operation with its errors and its security", async () => {
  const { json } = await apiWorld().send("GET", "/openapi.json");
  const expected: readonly (readonly [path: string, method: string, open: boolean])[] = [
    ["/backtests", "post", false],
    ["/backtests/variant-report", "post", false],
    ["/backtests/runtime-defaults", "get", false],
    ["/indicators", "get", false],
    ["/indicators/estimate", "post", true],
    ["/healthz", "get", true],
    ["/readyz", "get", true],
    ["/metrics", "get", true],
    ["/openapi.json", "get", true],
  ];
  const ids = new Set<string>();
  for (const [path, method, open] of expected) {
    const operation = json.paths[path]?.[method];
    assert.ok(operation, `${method} ${path}`);
    assert.deepEqual(operation.security, open ? [] : [{ session: [] }, { bearer: [] }], path);
    assert.equal("401" in operation.responses, !open, path);
    assert.deepEqual(operation.responses["500"].content["application/json"].schema, {
      $ref: "#/components/schemas/Problem",
    });
    assert.ok(!ids.has(operation.operationId));
    ids.add(operation.operationId);
  }
  const { session, bearer } = json.components.securitySchemes;
  assert.deepEqual([session.in, session.name, bearer.type, bearer.scheme], [
    "cookie",
    "session",
    "http",
    "bearer",
  ]);
  const template =
    json.paths["/backtests"].post.requestBody.content["application/json"].schema.properties.template;
  assert.match("4h", new RegExp(template.properties.timeframe.pattern));
  assert.doesNotMatch("4H", new RegExp(template.properties.timeframe.pattern));
});

Deno.test("GET /openapi.json says what may stand before a handler, and which headers one reads", async () => {
  const { json } = await apiWorld().send("GET", "/openapi.json");
  const statuses = (method: string, path: string) => Object.keys(json.paths[path][method].responses);
  const { "/backtests/jobs": jobs, "/backtests/jobs/events": events } = json.paths;
  assert.deepEqual(
    statuses("post", "/backtests/jobs"),
    ["200", "201", "401", "403", "404", "408", "409", "413", "415", "422", "429", "500", "503"],
  );
  assert.deepEqual(
    statuses("get", "/backtests/jobs/events"),
    ["200", "204", "401", "403", "404", "422", "429", "500", "503"],
  );
  assert.deepEqual(statuses("get", "/healthz"), ["200", "500", "503"]);
  assert.ok(jobs.post.responses["429"].headers["Retry-After"]);
  const headers = ({ parameters }: { parameters: Record<string, unknown>[] }) =>
    parameters.filter((one) => one.in === "header").map(({ name, required = false }) => [name, required]);
  assert.deepEqual(headers(jobs.post), [["Idempotency-Key", false]]);
  assert.deepEqual(headers(events.get), [["Last-Event-ID", false]]);
});

Deno.test("GET /docs shows the document without anything from another host", async () => {
  const { send } = apiWorld();
  const page = await send("GET", "/docs", { user: null });
  assert.equal(page.status, 200);
  assert.match(page.headers.get("content-type") ?? "", /^text\/html/);
  const references = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, url]) => url);
  assert.deepEqual(references, [
    "docs/favicon-32x32.png",
    "docs/swagger-ui.css",
    "docs/swagger-ui-bundle.js",
    "docs/start.js",
  ]);
  for (const reference of references) {
    const { status, text } = await send("GET", `/${reference}`, { user: null });
    assert.equal(status, 200, reference);
    assert.ok(text.length > 0);
  }
  assert.doesNotMatch(page.text, /<script>|style=|https?:/);
  assert.equal((await send("GET", "/docs/package.json")).status, 404);
});

Deno.test("GET / is a page that links to the docs page", async () => {
  const { status, headers, text } = await apiWorld().send("GET", "/", { user: null });
  assert.equal(status, 200);
  assert.match(headers.get("content-type") ?? "", /^text\/html/);
  assert.match(text, /<a href="docs">/);
});
