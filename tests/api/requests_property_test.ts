import assert from "node:assert/strict";
import { Ajv2020 } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import fc from "fast-check";
import { createIndicatorCompute } from "../../src/adapters/wasm/indicator_compute.ts";
import {
  type AnyRequest,
  type Operation,
  operationsOf,
  rightRequest,
  wrongRequest,
} from "../helpers/any_request.ts";
import { type ApiWorld, apiWorld } from "../helpers/api_world.ts";
import { testConfig } from "../helpers/config.ts";
import { type Answered, requestWorld, seed, sendAny } from "../helpers/request_world.ts";

/** Of an operation without body and parameters there is only one right request. */
const rightRuns = ({ body, parameters }: Operation) => body === null && parameters.length === 0 ? 2 : 20;
const wrongRuns = ({ body, parameters }: Operation) => body === null && parameters.length === 0 ? 6 : 60;

const indicators = createIndicatorCompute();
const config = testConfig();
const small = { ...config.guards, max_variants_per_compute: 2000, max_variants_exhaustive: 2000 };

/** The same world every time: its clock stands still, and its ids are counted. */
function world(): ApiWorld {
  const newTraceId = () => "a".repeat(32);
  return apiWorld({ indicators, config: { ...config, guards: small }, newTraceId });
}

const seeded = await seed(world());
const requests = await requestWorld(seeded);
const operations = operationsOf(requests.document);

const validator = formats.default(new Ajv2020({ strict: false }));
validator.addSchema({ $id: "document:", ...requests.document });

/** The status is one of the operation's, and the body what the document says of it. */
function requireDocumented({ responses }: Operation, { status, type, text }: Answered): void {
  assert.ok(responses.has(status), `${status} ${text}`);
  const schema = responses.get(status);
  if (!schema || !type.startsWith("application/json")) return;
  const validate = compiled.get(schema) ?? validator.compile(absolute(schema));
  compiled.set(schema, validate);
  assert.ok(validate(JSON.parse(text)), `${status} ${validator.errorsText(validate.errors)}: ${text}`);
}

const compiled = new Map<unknown, ReturnType<typeof validator.compile>>();

/** References into the document, from outside of it. */
function absolute(schema: unknown): object {
  return JSON.parse(JSON.stringify(schema), (key, value) => key === "$ref" ? `document:${value}` : value);
}

async function answered(request: AnyRequest): Promise<Answered> {
  const here = world();
  assert.deepEqual(await seed(here), seeded);
  const answer = await sendAny(here.api, request);
  const isRead = request.method === "GET";
  // what changes nothing can be asked again
  if (isRead || answer.status >= 400) assert.deepEqual(await sendAny(here.api, request), answer);
  return answer;
}

/** Runs an operation's requests, each in two worlds that are alike, and counts the answers by their status. */
async function statusesOf(
  { request, runs, check }: {
    readonly request: fc.Arbitrary<AnyRequest>;
    readonly runs: number;
    readonly check: (answer: Answered, sent: AnyRequest) => void;
  },
): Promise<Map<number, number>> {
  const statuses = new Map<number, number>();
  await fc.assert(
    fc.asyncProperty(request, async (sent) => {
      const answer = await answered(sent);
      assert.deepEqual(await answered(sent), answer);
      assert.ok(answer.status < 500, `${answer.status} ${answer.text}`);
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
      if (answer.status >= 400) requireProblem(answer);
      check(answer, sent);
    }),
    { seed: 20_260_101, numRuns: runs },
  );
  return statuses;
}

/** The one form of an error, its items sorted and nothing in them but what belongs there. */
function requireProblem({ status, type, text }: Answered): void {
  assert.match(type, /^application\/json/);
  const { error, ...rest } = JSON.parse(text);
  assert.deepEqual(rest, {});
  assert.deepEqual(Object.keys(error), ["code", "message", "details"]);
  assert.ok(error.message.length > 0 && !/\n\s+at |\.ts:\d/.test(text), text);
  assert.equal(error.code === "validation_error", status === 422, text);
  const names = Object.keys(error.details);
  assert.deepEqual(names, [...names].sort());
  const items: Record<string, string>[] = error.details.errors ?? [];
  for (const item of items) {
    assert.deepEqual(Object.keys(item), ["path", "code", "message"]);
    assert.match(item.path!, /^(body|query|path|header)(\.|$)/, text);
  }
  const order = items.map(({ path, code, message }) => [path, code, message]);
  const rank = (a: string, b: string) => a < b ? -1 : a > b ? 1 : 0;
  const before = (a: typeof order[0], b: typeof order[0]) =>
    rank(a[0]!, b[0]!) || rank(a[1]!, b[1]!) || rank(a[2]!, b[2]!);
  assert.deepEqual(order, [...order].sort(before));
}

const name = ({ method, path }: Operation) => `${method} ${path}`;
const sum = (statuses: ReadonlyMap<number, number>, wanted: (status: number) => boolean) =>
  [...statuses].reduce((total, [status, count]) => wanted(status) ? total + count : total, 0);

// a right request of these takes a file, or what came of one: own_candles_test.ts
for (const operation of operations.filter(({ path }) => path !== "/candles")) {
  Deno.test(`${name(operation)}: right requests succeed, as documented and with the same bytes each time`, async () => {
    const statuses = await statusesOf({
      request: rightRequest(operation, requests),
      runs: rightRuns(operation),
      check: (answer) => requireDocumented(operation, answer),
    });
    const share = sum(statuses, (status) => status < 300) / sum(statuses, () => true);
    const least = operation.body === null ? 1 : 0.8;
    assert.ok(share >= least, `${share}: ${JSON.stringify([...statuses])}`);
  });
}

Deno.test("changed requests of every operation are answered, never with 500, and refused in one form with the same bytes", async () => {
  const all = new Map<number, number>();
  for (const operation of operations) {
    const statuses = await statusesOf({
      request: wrongRequest(operation, requests),
      runs: wrongRuns(operation),
      check(answer, { method }) {
        // an empty name in the path makes another path of it
        if (method === operation.method && answer.status !== 404) requireDocumented(operation, answer);
      },
    });
    const refused = sum(statuses, (status) => status >= 400);
    assert.ok(refused >= wrongRuns(operation) / 10, `${name(operation)}: ${JSON.stringify([...statuses])}`);
    for (const [status, count] of statuses) all.set(status, (all.get(status) ?? 0) + count);
  }
  // draws that never reach a handler, or that no handler refuses, would prove nothing
  for (const status of [200, 201, 403, 404, 405, 409, 415, 422]) {
    assert.ok((all.get(status) ?? 0) >= 3, `${status}: ${JSON.stringify([...all])}`);
  }
});
