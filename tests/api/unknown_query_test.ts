import assert from "node:assert/strict";
import { apiWorld } from "../helpers/api_world.ts";

interface Operation {
  readonly security: readonly unknown[];
  readonly parameters?: readonly {
    readonly in: string;
    readonly name: string;
    readonly schema?: { readonly type?: string };
  }[];
  readonly responses: Readonly<Record<string, { readonly headers?: Readonly<Record<string, unknown>> }>>;
}

const id = "00000000-0000-4000-8000-000000000001";
const { send } = apiWorld();
const { json: document } = await send("GET", "/openapi.json");

/** Every operation of the document that callers are counted for, with a path that reaches it. */
const counted = Object.entries<Record<string, Operation>>(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).filter(([, { responses }]) => "429" in responses).map(([method, operation]) => ({
    method: method.toUpperCase(),
    path: path.replaceAll(/\{rank\}/g, "1").replaceAll(/\{\w+\}/g, id),
    operation,
  }))
);

Deno.test("13 a query member that an endpoint does not have is refused, with the nearest that it has", async () => {
  assert.ok(counted.length > 15, `${counted.length} operations`);
  for (const { method, path, operation } of counted) {
    const known = (operation.parameters ?? []).filter((one) => one.in === "query").map(({ name }) => name);
    const { status, json } = await send(method, `${path}?limt=1&limt=2`);
    assert.equal(status, 422, `${method} ${path}`);
    const [item, ...more] = json.error.details.errors;
    assert.deepEqual(
      [item.path, item.code, more],
      ["query.limt", "extra_forbidden", []],
      `${method} ${path}`,
    );
    const instead = known.length === 0
      ? "; there are none"
      : `${known.includes("limit") ? '; nearest is "limit"' : ""}; known are ${known.join(", ")}`;
    assert.equal(item.message, `Extra inputs are not permitted${instead}`, `${method} ${path}`);
  }
});

Deno.test("13 a query member that is taken once and sent twice is refused, as one of the two would change nothing", async () => {
  for (const { method, path, operation } of counted) {
    for (const { name, in: part, schema } of operation.parameters ?? []) {
      if (part !== "query" || name === "job_id" || schema?.type === "array") continue;
      const { status, json } = await send(method, `${path}?${name}=1&${name}=1`);
      assert.equal(status, 422, `${method} ${path} ${name}`);
      // others that the endpoint needs are missing here
      const items: readonly { readonly code: string }[] = json.error.details.errors;
      assert.deepEqual(items.filter(({ code }) => code !== "required"), [
        { path: `query.${name}`, code: "value_error", message: "Input should be sent once, got it 2 times" },
      ]);
    }
  }
});

Deno.test("13 a query member of many characters is named by its beginning, and whoever probes may add what he likes", async () => {
  const { status, json } = await send("GET", `/backtests/jobs?${"x".repeat(3000)}=1`);
  assert.equal(status, 422);
  assert.equal(json.error.details.errors[0].path, `query.${"x".repeat(100)}`);
  assert.equal((await send("GET", "/healthz?probe=7", { user: null })).status, 200);
});

Deno.test("13 the document has the RateLimit headers that answers carry, wherever it is known who asks", async () => {
  const names = ["RateLimit-Limit", "RateLimit-Policy", "RateLimit-Remaining", "RateLimit-Reset"];
  for (const { method, path, operation: { responses } } of counted) {
    for (const [status, { headers = {} }] of Object.entries(responses)) {
      const declared = Object.keys(headers).filter((name) => name.startsWith("RateLimit")).sort();
      const isKnown = !["401", "403"].includes(status);
      assert.deepEqual(declared, isKnown ? names : [], `${method} ${path} ${status}`);
    }
  }
  assert.ok(!("headers" in document.paths["/healthz"].get.responses["200"]));
  for (const path of ["/backtests/jobs", "/backtests/jobs?limt=1"]) {
    const { headers } = await send("GET", path);
    assert.deepEqual(names.filter((name) => !headers.has(name)), [], path);
  }
});
