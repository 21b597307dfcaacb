import assert from "node:assert/strict";
import { openExchange } from "../../src/adapters/exchange/ccxt_exchange.ts";
import { FolderCandleStore } from "../../src/adapters/candles/store/folder_candle_store.ts";
import { systemClock } from "../../src/adapters/system/clock.ts";
import { DirectoryCandleSource } from "../../src/adapters/candles/directory_candle_source.ts";
import { runInProcess } from "../helpers/cli_in_process.ts";
import { temporaryFolder } from "../helpers/temporary_folder.ts";

const minuteMs = 60_000;
const listedMs = Date.UTC(2024, 0, 1, 1);
const nowMs = Date.UTC(2024, 0, 3, 0, 0, 30);

const close = (openMs: number) => 100 + (openMs / minuteMs) % 977 / 10;
const kline = (
  openMs: number,
) => [openMs, "100", "300", "50", String(close(openMs)), "2.5", openMs + minuteMs - 1];

const info = {
  symbols: [{
    symbol: "BTCUSDT",
    status: "TRADING",
    baseAsset: "BTC",
    quoteAsset: "USDT",
    isSpotTradingAllowed: true,
    permissions: ["SPOT"],
    filters: [],
  }],
};

/** An exchange on loopback that answers as Binance does; `trouble` may answer in its place. */
function exchangeServer(trouble: (asked: number) => Response | null = () => null) {
  const asked: URL[] = [];
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, (request) => {
    const url = new URL(request.url);
    if (url.pathname.endsWith("/exchangeInfo")) {
      return Response.json(url.pathname.startsWith("/api.binance.com/") ? info : { symbols: [] });
    }
    if (url.pathname.endsWith("/time")) return Response.json({ serverTime: nowMs });
    if (!url.pathname.endsWith("/api/v3/klines")) return new Response("no such path", { status: 404 });
    asked.push(url);
    const odd = trouble(asked.length);
    if (odd !== null) return odd;
    const limit = Math.min(Number(url.searchParams.get("limit") ?? 500), 1000);
    const startMs = Math.max(Number(url.searchParams.get("startTime")), listedMs);
    const first = Math.ceil(startMs / minuteMs) * minuteMs;
    const rows = Array.from({ length: limit }, (_, row) => first + row * minuteMs)
      .filter((openMs) => openMs <= nowMs).map(kline);
    return Response.json(rows);
  });
  return {
    gateway: `http://127.0.0.1:${server.addr.port}`,
    asked,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

/** The real clock, but for what it shows, and that nobody has to wait. */
const clock = { ...systemClock(), nowMs: () => nowMs, sleep: () => Promise.resolve() };

async function fetchInto(
  folder: string,
  { gateway, args = [], exchange = "binance" }: {
    readonly gateway: string;
    readonly args?: readonly string[];
    readonly exchange?: string;
  },
) {
  const line = [
    "candles",
    "fetch",
    "--exchange",
    exchange,
    "--symbol",
    "BTC/USDT",
    "--timeframe",
    "1m",
    ...args,
  ];
  const all = args.includes("--from") ? line : [...line, "--from", "2024-01-01"];
  return await runInProcess([...all, "--json"], {
    store: folder,
    clock,
    openExchange: (name) => openExchange({ name, clock, gateway }),
  });
}

Deno.test("candles fetch brings all pages of an exchange, without the candle that is not over yet", async () => {
  await using server = exchangeServer();
  await using folder = await temporaryFolder();
  const { code, stdout, stderr } = await fetchInto(folder.path, { gateway: server.gateway });
  assert.equal(code, 0, stderr);
  const result = JSON.parse(stdout);
  const count = (Date.UTC(2024, 0, 3) - listedMs) / minuteMs;
  assert.deepEqual([result.rows, result.inserted], [count, count]);
  assert.equal(result.last_ts_open, "2024-01-02T23:59:00Z");
  assert.match(stderr, /history_begins_later: binance has candles of BTC\/USDT from 2024-01-01T01:00:00Z on/);
  assert.ok(server.asked.length >= 3);
  const source = new DirectoryCandleSource({ directory: folder.path });
  const range = { startMs: listedMs, endMs: nowMs };
  const { candles } = await source.load({ instrument: { market_id: 1, symbol: "BTC/USDT" }, range });
  candles.tsOpenMs.forEach((openMs, row) => {
    assert.equal(openMs, listedMs + row * minuteMs);
    assert.equal(candles.close[row], Math.fround(close(openMs)));
  });
});

Deno.test("candles fetch goes on where it was interrupted, and twice changes nothing", async () => {
  await using server = exchangeServer((asked) =>
    asked === 2 ? Response.json({ code: -1100, msg: "Illegal characters" }, { status: 400 }) : null
  );
  await using folder = await temporaryFolder();
  const broken = await fetchInto(folder.path, { gateway: server.gateway });
  assert.equal(broken.code, 1);
  assert.match(broken.stderr, /^Cannot fetch candles from binance: .*\n$/m);
  const [kept] = await new FolderCandleStore(folder.path).list();
  assert.equal(kept!.rows, 1000);
  const args = ["--from", "2024-01-01T01:00:00Z"];
  const rest = JSON.parse((await fetchInto(folder.path, { gateway: server.gateway, args })).stdout);
  assert.equal(rest.from, kept!.last);
  assert.deepEqual([rest.unchanged, rest.inserted], [1, 47 * 60 - 1000]);
  const bytes = () =>
    Deno.readFile(
      `${folder.path}/1/${
        [...Deno.readDirSync(`${folder.path}/1`)].find(({ name }) => name.endsWith(".parquet"))!.name
      }`,
    );
  const before = await bytes();
  const again = JSON.parse(
    (await fetchInto(folder.path, { gateway: server.gateway, args: [...args, "--again"] })).stdout,
  );
  assert.deepEqual([again.inserted, again.replaced, again.unchanged], [0, 0, 47 * 60]);
  assert.deepEqual(await bytes(), before);
});

Deno.test("what passes by itself is asked for again: limits, errors of the server, answers that break off", async () => {
  const troubles = [
    () => Response.json({ code: -1003, msg: "Too many requests" }, { status: 429 }),
    () => new Response("<html>502</html>", { status: 502 }),
    () => new Response("<html>504</html>", { status: 504 }),
    null,
    () => Response.json({ code: -1003, msg: "Way too much request weight" }, { status: 418 }),
  ];
  await using server = exchangeServer((asked) => troubles[asked - 1]?.() ?? null);
  await using folder = await temporaryFolder();
  const { code, stdout, stderr } = await fetchInto(folder.path, { gateway: server.gateway });
  assert.equal(code, 0, stderr);
  assert.equal(JSON.parse(stdout).rows, 47 * 60);
});

Deno.test("candles fetch names what it does not know, and what would help", async () => {
  await using server = exchangeServer();
  await using folder = await temporaryFolder();
  const cases: readonly (readonly [Parameters<typeof fetchInto>[1], number, RegExp])[] = [
    [
      { gateway: server.gateway, exchange: "binanse" },
      1,
      /there is no exchange "binanse" \(nearest is binance\)/,
    ],
    [
      { gateway: server.gateway, args: ["--timeframe", "7m"] },
      1,
      /--timeframe|binance has 1s, 1m, .*, got 7m/,
    ],
    [
      { gateway: server.gateway, args: ["--symbol", "BTC/USD"] },
      1,
      /binance has no "BTC\/USD" \(nearest is BTC\/USDT\)/,
    ],
    [{ gateway: server.gateway, exchange: "kraken" }, 1, /--market: it must be given/],
    [
      { gateway: server.gateway, args: ["--from", "yesterday"] },
      2,
      /expected a time such as 2024-01-01, got "yesterday"/,
    ],
    [{ gateway: server.gateway, args: ["--from", "2030-01-01"] }, 1, /--from: it is not before the end/],
  ];
  for (const [options, expected, message] of cases) {
    const { code, stderr } = await fetchInto(folder.path, options);
    assert.deepEqual([code, message.test(stderr)], [expected, true], stderr);
  }
  assert.deepEqual([...Deno.readDirSync(folder.path)], []);
});

Deno.test("nothing that the program imports by name leads to the package of exchanges", async () => {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", "src/main.ts"],
    cwd: new URL("../../", import.meta.url),
  }).output();
  const graph = new TextDecoder().decode(stdout);
  assert.ok(graph.includes("ccxt_exchange.ts"));
  assert.doesNotMatch(graph, /npm:\/*ccxt|ccxt_package\.ts/);
});
