import assert from "node:assert/strict";
import { ClickHouseCandleSource } from "../../src/adapters/clickhouse/candle_source.ts";
import { readClickHouseSettings } from "../../src/adapters/clickhouse/settings.ts";
import { DirectoryCandleSource } from "../../src/adapters/candles/directory_candle_source.ts";
import type { CandleSource } from "../../src/ports/candle_source.ts";
import { apiWorld } from "../helpers/api_world.ts";
import { temporaryFolder } from "../helpers/temporary_folder.ts";
import { requestBody } from "../helpers/worker_harness.ts";

const send = (candles: CandleSource) => {
  const world = apiWorld({ candles });
  return {
    log: world.log,
    answer: world.send("POST", "/backtests", { body: requestBody() }),
  };
};

function clickHouse(port: number): CandleSource {
  const settings = readClickHouseSettings({ CH_HOST: "127.0.0.1", CH_PORT: String(port) });
  return new ClickHouseCandleSource(settings, { timeoutMs: 10_000 });
}

Deno.test("POST /backtests is a 503 with Retry-After while the candle source is down", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  const { answer, log } = send(clickHouse(port));
  const { status, json, headers } = await answer;
  assert.equal(status, 503);
  assert.equal(json.error.code, "market_data_unavailable");
  assert.match(json.error.message, /^Cannot load candles of market 1 symbol "BTCUSDT": ClickHouse at /);
  assert.equal(headers.get("retry-after"), "5");
  assert.ok(log.lines.some(({ event }) => event === "request_failed"));
});

Deno.test("POST /backtests is a 503 while the candle source answers with its own failure", async () => {
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    () =>
      new Response("Code: 241. DB::Exception: Memory limit exceeded. (MEMORY_LIMIT_EXCEEDED)", {
        status: 500,
      }),
  );
  const { status, headers } = await send(clickHouse(server.addr.port)).answer;
  assert.equal(status, 503);
  assert.equal(headers.get("retry-after"), "5");
});

Deno.test("POST /backtests is a 422 when the candle source has nothing for the range", async () => {
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, () => new Response(""));
  const { status, json, headers } = await send(clickHouse(server.addr.port)).answer;
  assert.equal(status, 422);
  assert.equal(json.error.code, "no_candles");
  assert.match(json.error.message, /no market data for requested range/);
  assert.equal(headers.get("retry-after"), null);
});

Deno.test("POST /backtests is a 422 without a candle file, and a 503 when it cannot be read", async () => {
  await using folder = await temporaryFolder();
  const source = new DirectoryCandleSource({ directory: folder.path });
  const none = await send(source).answer;
  assert.equal(none.status, 422);
  assert.equal(none.json.error.code, "no_candles");
  assert.match(
    none.json.error.message,
    /there is no file \d+\/\w+\.csv or \.parquet among the candle files$/,
  );
  const unmounted = await send(new DirectoryCandleSource({ directory: `${folder.path}/not-mounted` })).answer;
  assert.deepEqual([unmounted.status, unmounted.headers.get("retry-after")], [503, "5"]);
  assert.match(unmounted.json.error.message, /the candle folder is not there$/);
  await Deno.mkdir(`${folder.path}/1`);
  await Deno.symlink("BTCUSDT.csv", `${folder.path}/1/BTCUSDT.csv`); // a link to itself
  const broken = await send(source).answer;
  assert.equal(broken.status, 503);
  assert.doesNotMatch(broken.text, new RegExp(folder.path));
});
