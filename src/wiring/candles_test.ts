import assert from "node:assert/strict";
import { testConfig } from "../../tests/helpers/config.ts";
import { temporaryFolder } from "../../tests/helpers/temporary_folder.ts";
import { openCandles } from "./candles.ts";

const query = {
  instrument: { market_id: 1, symbol: "BTCUSDT" },
  range: { startMs: 0, endMs: 120_000 },
};

/** A config whose folder has two candles, and a server that has none but counts its visitors. */
async function world() {
  const folder = await temporaryFolder();
  const rows =
    "ts_open,open,high,low,close,volume\n1970-01-01T00:00:00Z,7,7,7,7,1\n1970-01-01T00:01:00Z,8,8,8,8,1\n";
  await folder.write("1/BTCUSDT.csv", rows);
  let visits = 0;
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, () => {
    visits++;
    return new Response(new Uint8Array(0));
  });
  return {
    config: {
      ...testConfig(),
      candles: { directory: folder.path, uploads: null, bad_rows: null, tables: testConfig().candles.tables },
    },
    directory: folder.path,
    port: `${server.addr.port}`,
    visits: () => visits,
    async [Symbol.asyncDispose]() {
      await server.shutdown();
      await folder[Symbol.asyncDispose]();
    },
  };
}

Deno.test("S001-04 openCandles() asks ClickHouse when CH_HOST is set, else the files of the config", async () => {
  await using here = await world();
  const env = { CH_PORT: here.port };
  const files = openCandles({ env, config: here.config });
  assert.deepEqual((await files.load(query)).candles.close, Float32Array.of(7, 8));
  assert.equal(here.visits(), 0);
  const server = openCandles({ env: { ...env, CH_HOST: "127.0.0.1" }, config: here.config });
  await assert.rejects(server.load(query), { code: "no_candles", message: /no market data/ });
  // for the rows, and for what there is instead
  assert.equal(here.visits(), 2);
});

Deno.test("openCandles() asks the files of a folder it is given, whatever the environment says", async () => {
  await using here = await world();
  const env = { CH_HOST: "127.0.0.1", CH_PORT: here.port };
  const files = openCandles({ env, config: here.config, candlesDirectory: here.directory });
  assert.deepEqual((await files.load(query)).candles.close, Float32Array.of(7, 8));
  assert.equal(here.visits(), 0);
});

Deno.test("S001-06 openCandles() refuses a wrong CH_ variable, also without CH_HOST", () => {
  assert.throws(() => openCandles({ env: { CH_VERIFY: "yes" }, config: testConfig() }), {
    code: "validation_error",
    message: 'Cannot use ClickHouse settings: CH_VERIFY must be 0 or 1, got "yes"',
  });
});
