import assert from "node:assert/strict";
import { generate } from "selfsigned";
import { nativeBlock } from "../../../tests/helpers/clickhouse_native.ts";
import { BacktestError } from "../../core/errors/mod.ts";
import { ClickHouseCandleSource } from "./candle_source.ts";
import { readClickHouseSettings } from "./settings.ts";

const query = {
  instrument: { market_id: 1, symbol: "BTCUSDT" },
  range: { startMs: 0, endMs: 120_000 },
};
const timeoutMs = 30_000;
const opening = `Cannot load candles of market 1 symbol "BTCUSDT": ClickHouse at 127.0.0.1:`;

/** Two rows: minutes 0 and 1, all values 1. */
function rows(): Uint8Array<ArrayBuffer> {
  return nativeBlock([0, 60_000].map((timeMs) => [timeMs, 1, 1, 1, 1, 1]));
}

/** What a table of these rows answers: the rows, or what it holds of the instrument. */
function answerTo(question: string): Response {
  if (!question.includes("max(")) return new Response(rows());
  return new Response(nativeBlock([[2, 0, 60_000]], { types: Array<string>(3).fill("Float64") }));
}

interface Served {
  readonly answer: (request: Request) => Response | Promise<Response>;
  readonly tls?: { readonly cert: string; readonly key: string };
  readonly env?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
}

/** A candle source of a loopback server that answers as told. */
function serve({ answer, tls, env = {}, timeoutMs: limitMs = timeoutMs }: Served) {
  const options = { hostname: "127.0.0.1", port: 0, onListen() {}, onError: () => new Response() };
  const server = Deno.serve(tls ? { ...options, ...tls } : options, answer);
  const settings = readClickHouseSettings({ CH_HOST: "127.0.0.1", CH_PORT: `${server.addr.port}`, ...env });
  return {
    source: new ClickHouseCandleSource(settings, { timeoutMs: limitMs }),
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

function upstream(text: string): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof BacktestError, String(error));
    assert.equal(error.code, "market_data_unavailable");
    assert.equal(error.message.replace(/:\d+ /, ": "), `${opening} ${text}`);
    return true;
  };
}

Deno.test("load() asks bound questions, as whom and of which database the settings say", async () => {
  const asked: { readonly url: URL; readonly login: string; readonly text: string }[] = [];
  await using served = serve({
    env: { CH_USER: "lesér", CH_PASSWORD: "пароль", CH_DATABASE: "my candles" },
    async answer(request) {
      const login = request.headers.get("authorization")!.replace("Basic ", "");
      const bytes = Uint8Array.from(atob(login), (character) => character.charCodeAt(0));
      const text = await request.text();
      asked.push({ url: new URL(request.url), login: new TextDecoder().decode(bytes), text });
      return answerTo(text);
    },
  });
  const { candles } = await served.source.load(query);
  assert.deepEqual([...candles.tsOpenMs], [0, 60_000]);
  assert.equal(asked.length, 2);
  for (const { url, login, text } of asked) {
    assert.equal(login, "lesér:пароль");
    assert.equal(url.searchParams.get("param_symbol"), "BTCUSDT");
    assert.ok(!text.includes("BTCUSDT"), text);
  }
  const { url } = asked[0]!;
  const names = [
    "database",
    "param_market_id",
    "param_symbol",
    "param_start",
    "param_end",
    "wait_end_of_query",
  ];
  const values = names.map((name) => url.searchParams.get(name));
  assert.deepEqual(values, ["my candles", "1", "BTCUSDT", "0", "120000", "1"]);
});

Deno.test("load() tells a server that is not there from one that refuses", async () => {
  const gone = serve({ answer: () => new Response(rows()) });
  await gone[Symbol.asyncDispose]();
  await assert.rejects(gone.source.load(query), upstream("cannot be reached or broke off"));
  await using refusing = serve({
    answer: () =>
      new Response("Code: 241. DB::Exception: Memory limit exceeded: secret rows. (MEMORY_LIMIT_EXCEEDED)", {
        status: 500,
      }),
  });
  const refused = upstream("refused: MEMORY_LIMIT_EXCEEDED (code 241)");
  await assert.rejects(refusing.source.load(query), refused);
});

Deno.test("load() refuses an answer that breaks off, ends inside a block or turns into a text", async () => {
  const half = (): Response => {
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(rows());
      },
      pull(controller) {
        controller.error(new Error("cable cut"));
      },
    });
    return new Response(body);
  };
  const text = new TextEncoder().encode("Code: 159. DB::Exception: Timeout exceeded. (TIMEOUT_EXCEEDED)");
  const cases: readonly [() => Response, RegExp][] = [
    [half, /cannot be reached or broke off$/],
    [() => new Response(rows().subarray(0, 30)), /sent an answer that ends in the middle, after row 0$/],
    [() => new Response(new Blob([rows(), text])), /sent an answer that has 67 columns after row 2$/],
    [() => new Response("<html>It works!</html>"), /sent an answer that has 60 columns after row 0$/],
  ];
  for (const [answer, message] of cases) {
    await using served = serve({ answer });
    await assert.rejects(served.source.load(query), { code: "market_data_unavailable", message });
  }
});

Deno.test("load() gives up on a server that is silent, before its answer or in it", async () => {
  for (const begun of [false, true]) {
    const released = Promise.withResolvers<void>();
    const silent = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(rows()),
      pull: () => released.promise,
      cancel: () => released.resolve(),
    });
    const answer = async () => {
      if (begun) return new Response(silent);
      await released.promise;
      return new Response(rows());
    };
    await using served = serve({ answer, timeoutMs: 200 });
    await assert.rejects(served.source.load(query), upstream("did not answer within 0.2 s"));
    released.resolve();
  }
});

Deno.test("load() ends with the caller's reason when he stops on the way", async () => {
  const stop = new AbortController();
  const released = Promise.withResolvers<void>();
  await using served = serve({
    async answer() {
      stop.abort(new Error("lease lost"));
      await released.promise;
      return new Response(rows());
    },
  });
  await assert.rejects(served.source.load(query, { signal: stop.signal }), { message: "lease lost" });
  released.resolve();
});

Deno.test("load() takes an unknown certificate with CH_VERIFY=0 only", async () => {
  const { cert, private: key } = await generate([{ name: "commonName", value: "localhost" }]);
  const tls = { cert, key };
  const answer = async (request: Request) => answerTo(await request.text());
  await using strict = serve({ answer, tls, env: { CH_SECURE: "1" } });
  await assert.rejects(strict.source.load(query), upstream("cannot be reached or broke off"));
  await using lenient = serve({ answer, tls, env: { CH_SECURE: "1", CH_VERIFY: "0" } });
  assert.equal((await lenient.source.load(query)).candles.close.length, 2);
});

Deno.test("load() asks for further columns that the table has, and names those where one is not there", async () => {
  const described = [["ts_open", "DateTime64(3)"], ["market_id", "UInt16"], ["open", "Float64"]]
    .concat([["pred`ed", "Nullable(Float32)"], ["note", "String"], ["regime", "Int8"]])
    .map(([name, type]) => `${JSON.stringify({ name, type })}\n`).join("");
  const asked: string[] = [];
  await using served = serve({
    async answer(request) {
      const text = await request.text();
      asked.push(text);
      if (text.startsWith("DESCRIBE")) return new Response(described);
      if (text.includes("max(")) return answerTo(text);
      const types = ["Float64", ...Array<string>(7).fill("Float32")];
      return new Response(
        nativeBlock([0, 60_000].map((timeMs) => [timeMs, 1, 1, 1, 1, 1, 0.5, -1]), { types }),
      );
    },
  });
  const { further } = await served.source.load({ ...query, columns: ["pred`ed", "regime"] });
  assert.deepEqual([...further!], [["pred`ed", Float32Array.of(0.5, 0.5)], [
    "regime",
    Float32Array.of(-1, -1),
  ]]);
  assert.ok(asked[1]!.includes("toFloat32(ifNull(toFloat64(`pred\\`ed`), nan))"), asked[1]);
  for (const name of ["note", "market_id", "predicted"]) {
    await assert.rejects(served.source.load({ ...query, columns: [name] }), {
      code: "validation_error",
      message:
        /^Cannot read col\(".*"\) from candles of table canonical_candles_1m: there is no such column.*; there are "pred`ed", "regime"$/,
    });
  }
});
