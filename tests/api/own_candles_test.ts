import assert from "node:assert/strict";
import zlib from "node:zlib";
import { filesBelow } from "../../scripts/files_below.ts";
import { OwnCandleSource } from "../../src/adapters/candles/own/own_candle_source.ts";
import { FolderOwnCandles } from "../../src/adapters/candles/own/own_candles.ts";
import { rateLimiter } from "../../src/api/limits/rate_limit.ts";
import { declaredAnswers } from "../helpers/declared_answers.ts";
import { testConfig } from "../helpers/config.ts";
import { apiWorld } from "../helpers/api_world.ts";
import { temporaryFolder } from "../helpers/temporary_folder.ts";
import { userId } from "../helpers/worker_harness.ts";

const other = "00000000-0000-4000-8000-0000000000ff";
const dayMs = 86_400_000;
const firstMs = Date.UTC(2025, 0, 1);
const query = "market_id=1&symbol=btcusdt";

const line = (day: number, close = 1 + day / 100) => `${firstMs + day * dayMs},1,9,0.5,${close},2.5`;
const csv = (from: number, to: number) =>
  ["ts_open,open,high,low,close,volume", ...Array.from({ length: to - from }, (_, i) => line(from + i))].join(
    "\n",
  );

interface Sent {
  readonly body?: BodyInit | ReadableStream<Uint8Array<ArrayBuffer>>;
  readonly user?: string | null;
  readonly type?: string;
  readonly method?: string;
  readonly signal?: AbortSignal;
}

async function openWorld(
  changes: { readonly bytesMax?: number; readonly userBytesMax?: number; readonly rate?: number } = {},
) {
  const folder = await temporaryFolder();
  const stop = new AbortController();
  const { bytesMax = 1 << 20, userBytesMax: kept = 1 << 20, rate = 1000 } = changes;
  const own = new FolderOwnCandles({ directory: folder.path, bytesMax: kept });
  await own.prepare({ nowMs: Date.now() });
  const config = testConfig();
  const uploads = { ...config.api.uploads, bytes_max: bytesMax, user_bytes_max: kept };
  const world = apiWorld({
    config: { ...config, api: { ...config.api, uploads } },
    uploads: { own, takeRate: rateLimiter({ requests: rate, seconds: 60, stop: stop.signal }) },
  });
  const requireDeclared = declaredAnswers(world.deps);
  return {
    ...world,
    own,
    path: folder.path,
    async ask(path: string, { body, user = userId, type, method = "POST", signal }: Sent = {}) {
      const request = new Request(`http://127.0.0.1:8000${path}`, {
        method,
        headers: {
          ...(user === null ? {} : { "x-test-user": user }),
          ...(type ? { "content-type": type } : {}),
        },
        ...(body === undefined ? {} : { body, duplex: "half" } as RequestInit),
      });
      const answer = await world.api.fetch(request, signal ? { client: signal } : {});
      const text = await answer.text();
      const contentType = answer.headers.get("content-type") ?? "";
      requireDeclared({ method, path, status: answer.status, text, contentType });
      return { status: answer.status, headers: answer.headers, text, json: JSON.parse(text) };
    },
    async files(): Promise<readonly string[]> {
      return (await filesBelow(folder.path)).map((path) => `/${path}`).filter((name) =>
        !name.endsWith("/.lock")
      );
    },
    async [Symbol.asyncDispose]() {
      stop.abort();
      await folder[Symbol.asyncDispose]();
    },
  };
}

const stored = [
  `/${userId}/1/BTCUSDT.1d.parquet`,
  `/${userId}/1/BTCUSDT.1d.sources.json`,
];

function form(...files: readonly (readonly [name: string, content: BlobPart])[]): FormData {
  const body = new FormData();
  for (const [name, content] of files) body.append("file", new Blob([content]), name);
  return body;
}

Deno.test("POST /candles takes a body or a form with any number of files, and GET says what is there", async () => {
  await using world = await openWorld();
  const one = await world.ask(`/candles?${query}&file_name=/home/me/btc%22.csv`, {
    body: csv(0, 10),
    type: "text/csv",
  });
  assert.equal(one.status, 200, one.text);
  const { instrument_id, timeframe, rows, inserted, dry_run } = one.json;
  assert.deepEqual(
    [instrument_id, timeframe, rows, inserted, dry_run],
    [{ market_id: 1, symbol: "BTCUSDT" }, "1d", 10, 10, false],
  );
  const more = await world.ask(`/candles?${query}`, {
    body: form(["b.csv", csv(20, 30)], ["../a.csv", csv(8, 20)]),
  });
  assert.equal(more.status, 200, more.text);
  assert.deepEqual([more.json.inserted, more.json.unchanged], [20, 2]);
  assert.deepEqual(await world.files(), stored);
  const { json } = await world.ask("/candles", { method: "GET" });
  const [item] = json.items;
  assert.deepEqual([json.items.length, item.rows, item.timeframe], [1, 30, "1d"]);
  assert.deepEqual([item.first_ts_open, item.last_ts_open], [
    "2025-01-01T00:00:00Z",
    "2025-01-30T00:00:00Z",
  ]);
  assert.deepEqual(item.sources.map(({ file }: { file: string }) => file).sort(), [
    "b.csv and 1 more",
    "btc.csv",
  ]);
  assert.ok(json.bytes > 0 && json.bytes < json.bytes_max);
});

Deno.test("POST /candles is told what files do not say by the names a config has, and stores the guesses", async () => {
  await using world = await openWorld();
  const text = [
    "Wann;Auf;Hoch;Tief;Zu",
    "31.01.2025;1,5;2,5;1,0;2,0",
    "02.02.2025;1,5;2,5;1,0;-",
    "01.02.2025;2,0;2,5;1,5;1,75",
  ].join(
    "\n",
  );
  const columns = ["time=Wann", "open=Auf", "high=Hoch", "low=Tief", "close=Zu"].map((one) =>
    `column=${one}`
  );
  const path = `/candles?${query}&${columns.join("&")}&missing=NA,-&decimal=,&sort=true`;
  const { status, text: answer, json } = await world.ask(path, { body: text });
  assert.equal(status, 200, answer);
  assert.match(json.guess, /^read as CSV/);
  const listed = await world.ask("/candles", { method: "GET" });
  assert.equal(listed.json.items[0].sources[0].guess, json.guess);
  const wrong: readonly (readonly [string, RegExp])[] = [
    ["column=close", /query\.column/],
    ["time_unit=h", /query\.time_unit/],
    ["timezone=UTC", /time_zone/],
    ["candle_timeframe=7x", /query\.candle_timeframe/],
    ["sort=yes", /query\.sort/],
  ];
  for (const [member, message] of wrong) {
    const refused = await world.ask(`/candles?${query}&${member}`, { body: text });
    assert.equal(refused.status, 422, refused.text);
    assert.match(refused.text, message);
  }
});

Deno.test("a dry run stores nothing, and a bad file leaves what was there", async () => {
  await using world = await openWorld();
  const dry = await world.ask(`/candles?${query}&dry_run=true`, { body: csv(0, 10) });
  assert.deepEqual([dry.json.inserted, dry.json.dry_run], [10, true]);
  assert.deepEqual(await world.files(), []);
  await world.ask(`/candles?${query}`, { body: csv(0, 10) });
  const before = await Deno.readFile(`${world.path}${stored[0]}`);
  for (const bad of [`${csv(5, 15)}\n${line(20, -1)}`, "<html></html>", "", "a,b\n1,2"]) {
    const { status, text } = await world.ask(`/candles?${query}&file_name=x.csv`, { body: bad });
    assert.equal(status, 422, text);
    assert.match(text, /x\.csv|has no file/);
    assert.doesNotMatch(text, new RegExp(world.path));
  }
  assert.deepEqual(await Deno.readFile(`${world.path}${stored[0]}`), before);
  assert.deepEqual(await world.files(), stored);
});

Deno.test("nobody sees, changes or deletes another user's candles, and who is unknown is refused", async () => {
  await using world = await openWorld();
  await world.ask(`/candles?${query}`, { body: csv(0, 10) });
  const theirs = await world.ask("/candles", { method: "GET", user: other });
  assert.deepEqual([theirs.json.items, theirs.json.bytes], [[], 0]);
  const gone = await world.ask(`/candles?${query}`, { method: "DELETE", user: other });
  assert.equal(gone.status, 404);
  await world.ask(`/candles?${query}`, { body: csv(0, 3), user: other });
  const mine = await world.ask("/candles", { method: "GET" });
  assert.equal(mine.json.items[0].rows, 10);
  for (const method of ["GET", "POST", "DELETE"]) {
    const { status } = await world.ask(`/candles?${query}`, {
      method,
      user: null,
      ...(method === "POST" ? { body: "x" } : {}),
    });
    assert.equal(status, 401);
  }
  const deleted = await world.ask(`/candles?${query}&candle_timeframe=1d`, { method: "DELETE" });
  assert.deepEqual([deleted.status, deleted.json.timeframes], [200, ["1d"]]);
  assert.equal((await world.ask("/candles", { method: "GET", user: other })).json.items[0].rows, 3);
  for (const id of ["..", "../x", "", ".incoming", "ABCDEF00-0000-4000-8000-000000000001"]) {
    assert.throws(() => world.own.storeOf(id), /his id is no UUID/);
  }
});

Deno.test("neither a symbol nor the name of a file reaches another folder", async () => {
  await using world = await openWorld();
  const symbols = ["..", "../../etc", "a/../../b", "%2e%2e", "..%2f..%2fx", "c:\\x", "x\u0000y", "*", "~"];
  for (const symbol of symbols) {
    const path = `/candles?market_id=1&symbol=${encodeURIComponent(symbol)}`;
    for (const method of ["POST", "DELETE"]) {
      const { status, text } = await world.ask(path, method === "POST" ? { body: csv(0, 3) } : { method });
      const escaped = (await filesBelow(world.path)).filter((name) =>
        name !== `${userId}/.lock` && !name.startsWith(`${userId}/1/`)
      );
      assert.deepEqual(escaped, [], text);
      assert.ok(status < 500, text);
    }
  }
  const names = ["../../../evil.csv", "/etc/passwd", "..\\..\\evil", "\u0000", ".", "a\u202egpj.csv"];
  for (const name of names) {
    const { status, text } = await world.ask(`/candles?${query}`, { body: form([name, csv(0, 3)]) });
    assert.equal(status, 200, text);
  }
  const { json } = await world.ask("/candles", { method: "GET" });
  const item = json.items.find(({ instrument_id }: { instrument_id: { symbol: string } }) =>
    instrument_id.symbol === "BTCUSDT"
  );
  for (const { file } of item.sources) assert.match(file, /^[\w.]+$/);
});

Deno.test("bombs are refused before they are unpacked, whatever they are packed in", async () => {
  await using world = await openWorld({ bytesMax: 8 << 20 });
  const zeros = new Uint8Array(90 << 20);
  const bombs: readonly (readonly [string, Uint8Array<ArrayBuffer>])[] = [
    ["gzip", new Uint8Array(zlib.gzipSync(zeros))],
    ["gzip of gzip", new Uint8Array(zlib.gzipSync(zlib.gzipSync(zeros)))],
    ["zstd", new Uint8Array(zlib.zstdCompressSync(new Uint8Array(300 << 20)))],
  ];
  for (const [kind, bomb] of bombs) {
    const { status, text } = await world.ask(`/candles?${query}`, { body: bomb });
    assert.equal(status, 422, kind);
    assert.match(
      text,
      /unpacks to more than|holds no|longer than|is no table|times what candles shrink to/,
      kind,
    );
  }
  assert.deepEqual(await world.files(), []);
});

Deno.test("a body that is too large, breaks off or whose sender goes leaves nothing", async () => {
  await using world = await openWorld({ bytesMax: 5000 });
  const large = await world.ask(`/candles?${query}`, { body: csv(0, 400) });
  assert.equal(large.status, 413);
  assert.equal((await world.ask(`/candles?${query}`, { body: form(["a", csv(0, 400)]) })).status, 413);
  const boundary = "xxxx";
  const whole = `--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="a.csv"\r\n\r\n${
    csv(0, 20)
  }`;
  for (const cut of [whole, whole.slice(0, 60), `--${boundary}`, "nothing of it"]) {
    const { status, text } = await world.ask(`/candles?${query}`, {
      body: cut,
      type: `multipart/form-data; boundary=${boundary}`,
    });
    assert.equal(status, 422, text);
    assert.match(text, /damaged or cut off|it has no file/);
  }
  const { status, text } = await world.ask(`/candles?${query}`, { body: "x", type: "multipart/form-data" });
  assert.deepEqual([status, /multipart\/form-data/.test(text)], [415, true]);
  const field = new FormData();
  field.append("symbol", "ETHUSDT");
  assert.match(
    (await world.ask(`/candles?${query}`, { body: field })).text,
    /\\"symbol\\" of its form is no file/,
  );
  const gone = new AbortController();
  const begun = Promise.withResolvers<void>();
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      controller.enqueue(new TextEncoder().encode(csv(0, 20)));
      begun.resolve();
      return new Promise(() => {});
    },
  });
  const answer = world.ask(`/candles?${query}`, { body, signal: gone.signal });
  await begun.promise;
  gone.abort();
  assert.equal((await answer).status, 408);
  assert.deepEqual(await world.files(), []);
});

Deno.test("what ended processes have left is removed when the next one starts, and only that", async () => {
  await using world = await openWorld();
  const old = `${world.path}/.incoming/old`;
  await Deno.mkdir(old);
  await Deno.writeTextFile(`${old}/0`, "half");
  await Deno.mkdir(`${world.path}/.incoming/new`);
  const nowMs = Date.now();
  await Deno.utime(old, new Date(nowMs - 7_200_000), new Date(nowMs - 7_200_000));
  await world.own.prepare({ nowMs });
  assert.deepEqual([...Deno.readDirSync(`${world.path}/.incoming`)].map(({ name }) => name), ["new"]);
});

Deno.test("two uploads at once are both kept whole, a third of the same user is refused", async () => {
  await using world = await openWorld();
  const both = await Promise.all([
    world.ask(`/candles?${query}`, { body: csv(0, 200) }),
    world.ask(`/candles?${query}`, { body: csv(100, 300) }),
    world.ask(`/candles?${query}`, { body: csv(0, 10) }),
    world.ask(`/candles?${query}`, { body: csv(0, 10), user: other }),
  ]);
  assert.deepEqual(both.map(({ status }) => status), [200, 200, 503, 200]);
  assert.equal(both[2]!.headers.get("retry-after"), "5");
  const { json } = await world.ask("/candles", { method: "GET" });
  assert.equal(json.items[0].rows, 300);
});

Deno.test("what a user may keep is bounded, and what would be more leaves what was there", async () => {
  await using world = await openWorld({ userBytesMax: 6000 });
  assert.equal((await world.ask(`/candles?${query}`, { body: csv(0, 20) })).status, 200);
  const many = Array.from({ length: 400 }, (_, day) => line(day, 2 + Math.sin(day))).join("\n");
  const refused = await world.ask(`/candles?${query}`, {
    body: `ts_open,open,high,low,close,volume\n${many}`,
  });
  assert.equal(refused.status, 422);
  assert.match(refused.text, /storage_quota_exceeded.*bytes, 6000 are allowed; delete some first/);
  assert.equal(refused.headers.get("retry-after"), null);
  assert.equal((await world.ask("/candles", { method: "GET" })).json.items[0].rows, 20);
  assert.deepEqual(await world.files(), stored);
});

Deno.test("uploads have a rate of their own", async () => {
  await using world = await openWorld({ rate: 2 });
  const answers = [];
  for (let count = 0; count < 3; count++) {
    answers.push(await world.ask(`/candles?${query}`, { body: csv(0, 3) }));
  }
  assert.deepEqual(answers.map(({ status }) => status), [200, 200, 429]);
  assert.equal(answers[0]!.headers.get("ratelimit-limit"), "2");
  assert.equal((await world.ask("/candles", { method: "GET" })).status, 200);
});

Deno.test("own candles of an instrument count before those of everybody, for their owner only", async () => {
  await using world = await openWorld();
  await world.ask(`/candles?${query}`, { body: csv(0, 10) });
  const shared = { load: () => Promise.reject(new Error("shared")) };
  const source = new OwnCandleSource({ directory: world.path, shared, badRows: null });
  const asked = {
    instrument: { market_id: 1, symbol: "BTCUSDT" },
    range: { startMs: firstMs, endMs: firstMs + 5 * dayMs },
    timeframe: "1d",
  };
  const loaded = await source.load({ ...asked, userId });
  assert.deepEqual([loaded.own, loaded.candles.close.length], [true, 5]);
  await assert.rejects(source.load({ ...asked, userId: other }), /shared/);
  await assert.rejects(source.load(asked), /shared/);
  const another = { ...asked, instrument: { market_id: 2, symbol: "BTCUSDT" } };
  await assert.rejects(source.load({ ...another, userId }), /shared/);
  // they are never mixed: what he has not brought is not taken from others
  const outside = { ...asked, range: { startMs: firstMs - 9 * dayMs, endMs: firstMs - 2 * dayMs } };
  await assert.rejects(source.load({ ...outside, userId }), { code: "no_candles" });
});
