import assert from "node:assert/strict";
import process from "node:process";
import { systemClock } from "../../src/adapters/system/clock.ts";
import { startHttpServer } from "../../src/wiring/http_server.ts";
import { apiWorld } from "../helpers/api_world.ts";
import { testConfig } from "../helpers/config.ts";
import { rawConnection } from "../helpers/raw_connection.ts";
import { until } from "../helpers/until.ts";
import { requestBody, userId } from "../helpers/worker_harness.ts";

async function serve() {
  const { api } = testConfig();
  const world = apiWorld({ clock: systemClock() });
  const limits = { ...api, silentSecondsMax: 60 };
  const server = await startHttpServer({ ...world.api, host: "127.0.0.1", port: 0, limits });
  return { world, server, url: `http://127.0.0.1:${server.port}` };
}

async function answerTo(url: string, text: string): Promise<string> {
  using connection = await rawConnection(url);
  await connection.send(text);
  return await connection.closed();
}

Deno.test("13 a request with two Hosts is malformed: a proxy may have looked at the other one", async () => {
  const { server, url } = await serve();
  await using _ = server;
  const text = await answerTo(url, "GET /healthz HTTP/1.1\r\nhost: a\r\nHost: b\r\n\r\n");
  assert.match(text, /^HTTP\/1\.1 400 [^]*"Cannot read the request: it has more than one Host"/);
});

Deno.test("13 an expectation that nobody knows is passed over, and the answer has the form of all others", async () => {
  const { server, url } = await serve();
  await using _ = server;
  const text = await answerTo(
    url,
    "GET /nowhere HTTP/1.1\r\nhost: a\r\nexpect: x\r\nconnection: close\r\n\r\n",
  );
  assert.match(text, /^HTTP\/1\.1 404 [^]*"not_found"/);
});

Deno.test("13 a client who goes within his body is no failure of ours, and not in the log", async () => {
  const { world, server, url } = await serve();
  await using _ = server;
  for (const length of ["content-length: 100", "transfer-encoding: chunked"]) {
    using connection = await rawConnection(url);
    const head = ["POST /backtests/jobs HTTP/1.1", "host: a", "content-type: application/json", length];
    await connection.send(`${head.join("\r\n")}\r\nx-test-user: ${userId}\r\n\r\n3\r\n{`);
  }
  await until(() => world.answered.length === 2);
  assert.deepEqual(world.answered.map(({ status }) => status), [400, 400]);
  assert.deepEqual(world.log.lines, []);
});

Deno.test("13 megabytes of what is no HTTP are read and dropped without a word of the platform in the log", async () => {
  const { server, url } = await serve();
  await using _ = server;
  const warned: unknown[] = [];
  const note = (warning: unknown) => void warned.push(String(warning));
  process.on("warning", note);
  try {
    using connection = await rawConnection(url);
    await connection.send(new Uint8Array(3_000_000).fill(255));
    assert.match(await connection.closed(), /^HTTP\/1\.1 400 /);
  } finally {
    process.off("warning", note);
  }
  assert.deepEqual(warned, []);
});

Deno.test("13 a body that is not UTF-8 is refused, not read as another one", async () => {
  const { server, url } = await serve();
  await using _ = server;
  const headers = { "content-type": "application/json", "x-test-user": userId };
  const send = async (symbol: readonly number[]) => {
    const [before, after] = JSON.stringify(requestBody()).split("BTCUSDT").map((text) =>
      new TextEncoder().encode(text)
    );
    const body = new Uint8Array([...before!, ...symbol, ...after!]);
    const answer = await fetch(`${url}/backtests/jobs`, { method: "POST", headers, body });
    return { status: answer.status, json: await answer.json() };
  };
  for (const symbol of [[66, 255, 84], [0xed, 0xa0, 0x80], [0xc3]]) {
    const { status, json } = await send(symbol);
    assert.equal(status, 422);
    assert.deepEqual(json.error.details.errors, [{
      path: "body",
      code: "json_invalid",
      message: 'Cannot read "body" as JSON: it is not UTF-8',
    }]);
  }
  assert.equal((await send([66, 84, 67])).status, 201);
});
