import { explicitValuesMax } from "../../src/core/limits/mod.ts";
import assert from "node:assert/strict";
import { operationsOf } from "../helpers/any_request.ts";
import type { Schema } from "../helpers/any_value.ts";
import { apiWorld } from "../helpers/api_world.ts";
import { requestBody } from "../helpers/worker_harness.ts";

const world = apiWorld();
const document: Schema = (await world.send("GET", "/openapi.json")).json;

/** Where a schema of the document leaves open how long, how many or how large. */
function unbounded(schema: Schema, path: string): string[] {
  if (schema.$ref) return unbounded(document.components.schemas[schema.$ref.split("/").at(-1)], path);
  const parts: Schema[] = schema.anyOf ?? schema.oneOf ?? schema.allOf;
  if (parts) return parts.flatMap((part, i) => unbounded(part, `${path}|${i}`));
  const types: readonly string[] = [schema.type].flat();
  if (schema.enum || schema.const !== undefined) return [];
  const open: string[] = [];
  if (
    types.includes("string") && schema.maxLength === undefined && schema.format !== "uuid" &&
    !schema.pattern?.includes("{1,")
  ) {
    open.push(path);
  }
  const hasMinimum = (schema.minimum ?? schema.exclusiveMinimum) !== undefined;
  if (types.includes("number") || types.includes("integer")) {
    if (!hasMinimum || (schema.maximum ?? schema.exclusiveMaximum) === undefined) open.push(path);
  }
  if (types.includes("array")) {
    if (schema.maxItems === undefined) open.push(path);
    open.push(...unbounded(schema.items, `${path}[]`));
  }
  if (types.includes("object")) {
    const members = Object.entries<Schema>(schema.properties ?? {});
    open.push(...members.flatMap(([name, member]) => unbounded(member, `${path}.${name}`)));
    if (typeof schema.additionalProperties === "object") {
      if (schema.maxProperties === undefined) open.push(path);
      open.push(...unbounded(schema.additionalProperties, `${path}.*`));
    } else if (schema.additionalProperties !== false) open.push(path);
  }
  return open;
}

Deno.test("every text, list, object and number of a request has a bound in the document", () => {
  const open = operationsOf(document).flatMap(({ method, path, body, parameters }) => [
    ...parameters.flatMap(({ name, schema }) => unbounded(schema, `${method} ${path} ${name}`)),
    ...(body === null ? [] : unbounded(body, `${method} ${path} body`)),
  ]);
  assert.deepEqual(open, []);
});

/** The body with one member replaced, by its dotted path below `template`. */
function changed(path: string, value: unknown): Schema {
  const body: Schema = structuredClone(requestBody());
  const names = path.split(".");
  let holder = body.template;
  for (const name of names.slice(0, -1)) holder = holder[name] ??= {};
  holder[names.at(-1)!] = value;
  return body;
}

const long = "A".repeat(900_000);
const explicit = (values: unknown) => ({ mode: "explicit", values });

Deno.test("what is beyond a bound is refused when it is sent, with its path, and becomes no job", async () => {
  const refused: readonly (readonly [path: string, value: unknown, item?: string])[] = [
    ["instrument_id.symbol", "A".repeat(65)],
    ["instrument_id.symbol", "A".repeat(251)],
    ["instrument_id.symbol", long],
    ["instrument_id.symbol", ".."],
    ["instrument_id.symbol", "..."],
    ["instrument_id.symbol", "*"],
    ["instrument_id.symbol", "BTC*"],
    ["instrument_id.symbol", "BTC USDT"],
    ["instrument_id.symbol", "A\nB"],
    ["execution.fee_pct", 1e308],
    ["execution.fee_pct", 100.1],
    ["execution.slippage_pct", 1e308],
    ["execution.slippage_pct", 100],
    ["execution.init_cash_quote", 1e308],
    ["execution.init_cash_quote", 5e-324],
    ["execution.fixed_quote", 1e308],
    ["risk_grid.sl_pct", 1e308],
    ["risk_grid.tp_pct", 1e308],
    ["risk_grid.sl", explicit([1e308]), "risk_grid.sl.values.0"],
    ["risk_grid.sl", explicit([2e6]), "risk_grid.sl"],
    ["risk_grid.tp", { mode: "range", start: 1, stop_incl: 1e308, step: 1e307 }, "risk_grid.tp.step"],
    ["indicator_grids", Array.from({ length: 257 }, () => ({}))],
    ["indicator_grids.0.indicator_id", long],
    [
      "indicator_grids.0.params.window",
      explicit(Array.from({ length: explicitValuesMax + 1 }, (_, i) => i)),
      "indicator_grids.0.params.window.values",
    ],
    ["indicator_grids.0.params", Object.fromEntries(Array.from({ length: 257 }, (_, i) => [`p${i}`, {}]))],
    ["signal_grids", Object.fromEntries(Array.from({ length: 257 }, (_, i) => [`p${i}`, {}]))],
  ];
  for (const [path, value, item = path] of refused) {
    for (const route of ["/backtests", "/backtests/jobs"]) {
      const { status, json, text } = await world.send("POST", route, { body: changed(path, value) });
      assert.equal(status, 422, `${path} ${text}`);
      const paths: string[] = json.error.details.errors.map((one: Schema) => one.path);
      assert.ok(paths.includes(`body.template.${item}`), `${path} ${text}`);
      assert.ok(text.length < 10_000, `${path}: ${text.length} characters`);
    }
  }
  assert.deepEqual((await world.send("GET", "/backtests/jobs")).json.items, []);
});

Deno.test("symbols that markets have are taken", async () => {
  for (
    const symbol of [
      "BTCUSDT",
      "BRK.B",
      "^GSPC",
      "ES=F",
      "BTC/USDT:USDT",
      "1000SHIB-PERP",
      "BTCUSDT_240628",
      "M&M",
      "币安人生USDT",
    ]
  ) {
    const { status, text } = await world.send("POST", "/backtests", {
      body: changed("instrument_id.symbol", symbol),
    });
    assert.equal(status, 200, `${symbol} ${text}`);
  }
});

const nested = (depth: number) => "[".repeat(depth) + "]".repeat(depth);
const repeated = (text: string, count: number) => `[${Array(count).fill(text).join(",")}]`;

/** Bodies of about 1 MB that cost the most to refuse. */
const worst: Readonly<Record<string, string>> = {
  "340,000 empty grids": `{"indicators":${repeated("{}", 340_000)}}`,
  "180,000 nulls as grids": `{"indicators":${repeated("null", 180_000)}}`,
  "180,000 nulls as body": repeated("null", 180_000),
  "180,000 nulls as values": `{"risk":{"sl":{"mode":"explicit","values":${repeated("null", 180_000)}}}}`,
  "10,000 wrong values": `{"risk":{"sl":{"mode":"explicit","values":${repeated("null", 10_000)}}}}`,
  "256 grids of 100 wrong axes": `{"indicators":${
    repeated(`{"params":{${Array.from({ length: 100 }, (_, i) => `"p${i}":{"mode":1}`).join()}}}`, 256)
  }}`,
  "90,000 unknown members": `{${Array.from({ length: 90_000 }, (_, i) => `"m${i}":0`).join()}}`,
  "90,000 parameters": `{"indicators":[{"params":{${
    Array.from({ length: 90_000 }, (_, i) => `"m${i}":0`).join()
  }}}]}`,
  "500,000 lists in one another": nested(500_000),
  "500,000 lists in a member": `{"risk":${nested(500_000)}}`,
  "170,000 objects in one another": `${'{"a":'.repeat(170_000)}1${"}".repeat(170_000)}`,
  "a long text": `{"timeframe":"${long}"}`,
  "a long name": `{"${long}":1}`,
  "no JSON": '{"a":'.repeat(200_000),
};

for (const [name, body] of Object.entries(worst)) {
  Deno.test(`a body of ${name} is refused at once, with at most 50 items`, async () => {
    for (
      const route of [
        "/indicators/estimate",
        "/backtests",
        "/backtests/jobs",
        "/strategies",
        "/backtests/variant-report",
      ]
    ) {
      const startedMs = performance.now();
      const { status, json, text } = await world.send("POST", route, { body });
      const tookMs = performance.now() - startedMs;
      assert.equal(status, 422, text.slice(0, 500));
      const { errors, errors_total: total } = json.error.details;
      assert.ok(errors.length > 0 && errors.length <= 50);
      assert.ok(total === undefined || total > 50, `${total}`);
      assert.ok(text.length < 30_000, `${route}: ${text.length} characters`);
      // measured alone: 250 ms at most; other tests share the processors
      assert.ok(tookMs < 15_000, `${route}: ${tookMs} ms`);
    }
  });
}

Deno.test("beyond 50 findings an error shows the first ones in order and how many there are", async () => {
  const body = { indicators: Array.from({ length: 100 }, () => ({ indicator_id: 1 })) };
  const { json: { error } } = await world.send("POST", "/indicators/estimate", { body });
  // one for each grid, and for the members that are missing: risk, time_range, timeframe
  assert.equal(error.details.errors_total, 103);
  const paths: string[] = error.details.errors.map((item: Schema) => item.path);
  const all = Array.from({ length: 100 }, (_, i) => `body.indicators.${i}.indicator_id`).sort();
  assert.deepEqual(paths, all.slice(0, 50));
});

Deno.test("13 a name of nearly 1 MB that the caller made up is not sent back to him", async () => {
  const name = "n".repeat(900_000);
  const grid = { mode: "explicit", values: Array(60).fill("x") };
  for (
    const body of [
      { ...requestBody(), [name]: 1 },
      changed("signal_grids", { [name]: { a: grid, b: grid } }),
      changed(`execution.${name}`, 1),
    ]
  ) {
    const { status, text } = await world.send("POST", "/backtests/jobs", { body });
    assert.equal(status, 422);
    assert.ok(text.length < 20_000, `${text.length} characters`);
  }
  const { status, text } = await world.send("GET", `/backtests/jobs/${"j".repeat(15_000)}`);
  assert.equal(status, 422);
  assert.ok(text.length < 3000, `${text.length} characters`);
});
