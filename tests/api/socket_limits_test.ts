import assert from "node:assert/strict";
import type { ApiConfig } from "../../src/schema/api_config.ts";
import { type HttpServer, startHttpServer } from "../../src/wiring/http_server.ts";
import { type ApiWorld, apiWorld } from "../helpers/api_world.ts";
import { testConfig } from "../helpers/config.ts";
import { type RawConnection, rawConnection } from "../helpers/raw_connection.ts";
import { systemClock } from "../../src/adapters/system/clock.ts";
import { userId } from "../helpers/worker_harness.ts";

interface Served extends AsyncDisposable {
  readonly url: string;
  readonly server: HttpServer;
  readonly world: ApiWorld;
}

const limits = { ...testConfig().api, silentSecondsMax: 60 };

/** The API on a real port, with limits a test can wait for. */
async function serve(changes: Partial<ApiConfig> = {}): Promise<Served> {
  const config = testConfig();
  const api: ApiConfig = { ...config.api, header_seconds_max: 1, body_seconds_max: 1, ...changes };
  const world = apiWorld({ config: { ...config, api }, clock: systemClock() });
  const limits = { ...api, silentSecondsMax: 60 };
  const server = await startHttpServer({ ...world.api, host: "127.0.0.1", port: 0, limits });
  return {
    url: `http://127.0.0.1:${server.port}`,
    server,
    world,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      // the library looks after bodies that were not read to their end two turns later
      for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setTimeout(resolve, 0));
    },
  };
}

const post = [
  "POST /backtests HTTP/1.1",
  "host: x",
  "content-type: application/json",
  `x-test-user: ${userId}`,
];
const head = (...lines: readonly string[]) => `${lines.join("\r\n")}\r\n\r\n`;

interface RawAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** The one answer in what came over a connection. */
function answerOf(text: string): RawAnswer {
  const [top, body] = [text.slice(0, text.indexOf("\r\n\r\n")), text.slice(text.indexOf("\r\n\r\n") + 4)];
  const [first, ...lines] = top.split("\r\n");
  assert.match(first!, /^HTTP\/1\.1 \d{3} /, text);
  const headers = new Headers(
    lines.map((
      line,
    ): [string, string] => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1)]),
  );
  return { status: Number(first!.split(" ")[1]), headers, text: body };
}

function assertProblem(
  text: string,
  { status, code }: { readonly status: number; readonly code: string },
): void {
  const answer = answerOf(text);
  assert.equal(answer.status, status, text);
  assert.equal(JSON.parse(answer.text).error.code, code, text);
  assert.equal(answer.headers.get("x-content-type-options"), "nosniff");
  assert.match(answer.headers.get("content-security-policy")!, /default-src 'none'/);
  assert.doesNotMatch(text, /\.ts:|node_modules|\bat async/);
}

/** Sends one byte for every answer that another caller gets meanwhile, until the server closes; returns how many. */
async function trickle(connection: RawConnection, url: string): Promise<number> {
  let answered = 0;
  let open = true;
  const closed = connection.closed().then(() => open = false);
  while (open) {
    const answer = await fetch(`${url}/healthz`);
    assert.deepEqual(await answer.json(), { status: "ok" });
    answered++;
    await connection.send("a");
  }
  await closed;
  return answered;
}

Deno.test("api cuts a client whose headers come byte by byte, and answers others meanwhile", async () => {
  await using served = await serve();
  using slow = await rawConnection(served.url);
  await slow.send("GET /healthz HTTP/1.1\r\nhost: x\r\nx-slow: ");
  const startedMs = performance.now();
  const answered = await trickle(slow, served.url);
  assert.ok(performance.now() - startedMs >= 900, "it was cut before its time was over");
  assert.ok(answered > 2, `only ${answered} others were answered`);
  assertProblem(await slow.closed(), { status: 408, code: "request_timeout" });
});

Deno.test("api cuts a client who connects and says nothing", async () => {
  await using served = await serve();
  using silent = await rawConnection(served.url);
  assertProblem(await silent.closed(), { status: 408, code: "request_timeout" });
  assert.deepEqual(served.world.answered, [{ method: "OTHER", route: "unmatched", status: 408, seconds: 0 }]);
});

Deno.test("api answers 408 to a body that comes byte by byte, and closes", async () => {
  await using served = await serve();
  for (const length of ["content-length: 100000", "transfer-encoding: chunked"]) {
    using slow = await rawConnection(served.url);
    await slow.send(head(...post, length));
    // as a chunk: 16 MiB announced, and then a byte at a time
    if (length.endsWith("chunked")) await slow.send("1000000\r\n");
    assert.ok(await trickle(slow, served.url) > 2);
    assertProblem(await slow.closed(), { status: 408, code: "request_timeout" });
  }
});

Deno.test("api answers 413 to a body above the limit and closes long before its end", async () => {
  await using served = await serve({ body_bytes_max: 1000, body_seconds_max: 30 });
  const megabyte = new Uint8Array(1_000_000).fill(32);
  const end = 400;
  for (const chunked of [false, true]) {
    using large = await rawConnection(served.url);
    const length = chunked ? "transfer-encoding: chunked" : `content-length: ${end * megabyte.length}`;
    await large.send(head(...post, length));
    let sent = 0;
    while (sent < end) {
      if (chunked && !await large.send(`${megabyte.length.toString(16)}\r\n`)) break;
      if (!await large.send(megabyte)) break;
      if (chunked && !await large.send("\r\n")) break;
      sent++;
    }
    assert.ok(sent < end / 2, `${sent} of ${end} MB were taken`);
    assertProblem(await large.closed(), { status: 413, code: "payload_too_large" });
  }
});

Deno.test("api answers 413 to a body it was not sent yet", async () => {
  await using served = await serve({ body_bytes_max: 1000 });
  using large = await rawConnection(served.url);
  await large.send(head(...post, "content-length: 1001"));
  assertProblem(await large.closed(), { status: 413, code: "payload_too_large" });
});

Deno.test("api answers 431 to an address or to headers that are too long", async () => {
  await using served = await serve({ header_bytes_max: 4096 });
  const many = Array.from({ length: 1000 }, (_, i) => `x-header-${i}: ${i}`);
  const requests = [
    head(`GET /healthz?${"x".repeat(5000)} HTTP/1.1`, "host: x"),
    head("GET /healthz HTTP/1.1", "host: x", `cookie: ${"x".repeat(5000)}`),
    head("GET /healthz HTTP/1.1", "host: x", ...many),
  ];
  for (const request of requests) {
    using connection = await rawConnection(served.url);
    await connection.send(request);
    assertProblem(await connection.closed(), { status: 431, code: "headers_too_large" });
  }
  using fits = await rawConnection(served.url);
  await fits.send(head(`GET /healthz?${"x".repeat(3000)} HTTP/1.1`, "host: x", "connection: close"));
  assert.equal(answerOf(await fits.closed()).status, 200);
});

Deno.test("api answers 400 to what is no request, or two at once", async () => {
  await using served = await serve();
  const requests = [
    "moon\r\n\r\n",
    "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    head("GET /healthz HTTP/9.9", "host: x"),
    head("GET /healthz HTTP/1.1"),
    head("GET /healthz HTTP/1.1", "host: a b"),
    head("GET /healthz HTTP/1.1", "host: x", "no colon here"),
    head(...post, "content-length: 3", "transfer-encoding: chunked"),
    head(...post, "content-length: 3", "content-length: 4"),
    head(...post, "content-length: -1"),
    `${head(...post, "transfer-encoding: chunked")}moon\r\n`,
  ];
  for (const request of requests) {
    using connection = await rawConnection(served.url);
    await connection.send(request);
    assertProblem(await connection.closed(), { status: 400, code: "malformed_request" });
  }
});

Deno.test("api takes no more connections than it is told to, and another when one has gone", async () => {
  await using served = await serve({ connections_max: 2, header_seconds_max: 20 });
  const ask = head("GET /healthz HTTP/1.1", "host: x");
  const keep = async () => {
    const connection = await rawConnection(served.url);
    await connection.send(ask);
    await connection.more();
    return connection;
  };
  using first = await keep();
  using second = await keep();
  assert.equal(answerOf(first.received()).status, 200);
  using third = await rawConnection(served.url);
  await third.send(ask);
  assert.equal(await third.closed(), "");
  second[Symbol.dispose]();
  const deadline = performance.now() + 10_000;
  for (let text = ""; text === "";) {
    assert.ok(performance.now() < deadline, "no connection was taken after one had gone");
    using again = await rawConnection(served.url);
    await again.send(head("GET /healthz HTTP/1.1", "host: x", "connection: close"));
    text = await again.closed();
  }
});

Deno.test("api answers HEAD without a body, OPTIONS and unknown methods with 405, and keeps the connection", async () => {
  await using served = await serve();
  using connection = await rawConnection(served.url);
  await connection.send(head("HEAD /indicators HTTP/1.1", "host: x", `x-test-user: ${userId}`));
  await connection.more();
  const asked = answerOf(connection.received());
  assert.equal(asked.status, 200);
  assert.equal(asked.text, "");
  assert.equal(asked.headers.get("x-content-type-options"), "nosniff");
  for (const method of ["OPTIONS", "DELETE", "PROPFIND"]) {
    using other = await rawConnection(served.url);
    await other.send(head(`${method} /indicators HTTP/1.1`, "host: x", "connection: close"));
    const text = await other.closed();
    assertProblem(text, { status: 405, code: "method_not_allowed" });
    assert.equal(answerOf(text).headers.get("allow"), "GET, HEAD");
  }
});

Deno.test("startHttpServer() names a port that is taken", async () => {
  await using served = await serve();
  const message = `Cannot serve the API on 127.0.0.1:${served.server.port}: the port is already in use`;
  const api = {
    fetch: () => Promise.reject(new Error("unused")),
    refuse: () => Promise.reject(new Error("unused")),
    refused() {},
  };
  const options = { ...api, host: "127.0.0.1", port: served.server.port, limits };
  await assert.rejects(startHttpServer(options), { code: "validation_error", message });
});

Deno.test("startHttpServer() shows nothing of a failure outside of the routes", async () => {
  const { api: { refuse }, log } = apiWorld();
  const fetch = () => Promise.reject(new Error("secret at /srv/keys.pem"));
  await using server = await startHttpServer({
    fetch,
    refuse,
    refused() {},
    host: "127.0.0.1",
    port: 0,
    limits,
  });
  using connection = await rawConnection(`http://127.0.0.1:${server.port}`);
  await connection.send(head("GET /healthz HTTP/1.1", "host: x", "connection: close"));
  const text = await connection.closed();
  assertProblem(text, { status: 500, code: "unexpected_error" });
  assert.doesNotMatch(text, /secret|keys/);
  assert.ok(log.lines.some(({ event }) => event === "request_failed"));
});

Deno.test("startHttpServer() gives up a connection on which nothing passes, and says so to who still works", async () => {
  const { refuse } = apiWorld().api;
  const gone = Promise.withResolvers<void>();
  const fetch = (request: Request) => {
    request.signal.addEventListener("abort", () => gone.resolve());
    return gone.promise.then(() => new Response("late"));
  };
  const options = {
    fetch,
    refuse,
    refused() {},
    host: "127.0.0.1",
    port: 0,
    limits: { ...limits, silentSecondsMax: 1 },
  };
  await using server = await startHttpServer(options);
  using connection = await rawConnection(`http://127.0.0.1:${server.port}`);
  await connection.send(head("GET /healthz HTTP/1.1", "host: x"));
  assert.equal(await connection.closed(), "");
  await gone.promise;
});

Deno.test("a Host that is no host name is answered as a malformed request", async () => {
  await using served = await serve();
  for (const host of ["127.999.1.1", "a b", "[::1", "999.1.1.1.1:80:80"]) {
    using connection = await rawConnection(`http://127.0.0.1:${served.server.port}`);
    await connection.send(head("GET /backtests/jobs HTTP/1.1", `host: ${host}`, "connection: close"));
    assertProblem(await connection.closed(), { status: 400, code: "malformed_request" });
  }
});

Deno.test("startHttpServer() makes the answer to connections whose time ends once, and counts all", async () => {
  const { api } = apiWorld();
  let made = 0;
  const counted: number[] = [];
  const count = 100;
  await using server = await startHttpServer({
    fetch: () => Promise.reject(new Error("unused")),
    refuse: (error) => (made++, api.refuse(error)),
    refused: (status) => void counted.push(status),
    host: "127.0.0.1",
    port: 0,
    limits: { ...limits, header_seconds_max: 0.5 },
  });
  const url = `http://127.0.0.1:${server.port}`;
  const connections = await Promise.all(Array.from({ length: count }, () => rawConnection(url)));
  for (const connection of connections) {
    assertProblem(await connection.closed(), { status: 408, code: "request_timeout" });
    connection[Symbol.dispose]();
  }
  assert.equal(made, 1);
  assert.deepEqual(counted, Array(count - 1).fill(408));
});
