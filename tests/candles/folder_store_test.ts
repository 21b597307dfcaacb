import assert from "node:assert/strict";
import fc from "fast-check";
import { DirectoryCandleSource } from "../../src/adapters/candles/directory_candle_source.ts";
import { FolderCandleStore } from "../../src/adapters/candles/store/folder_candle_store.ts";
import {
  barGrid,
  candleValues,
  exactCandles,
  parseDayStart,
  SpacingTeller,
  storedSpacingMs,
} from "../../src/core/bars/mod.ts";
import { runInProcess } from "../helpers/cli_in_process.ts";
import { temporaryFolder } from "../helpers/temporary_folder.ts";

const minuteMs = 60_000;
const firstMs = Date.UTC(2025, 0, 1);
const instrument = { market_id: 1, symbol: "BTC" };

interface Row {
  readonly minute: number;
  readonly close: number | null;
}

const line = ({ minute, close }: Row) => `${firstMs + minute * minuteMs},1,9,0.5,${close ?? ""},2.5`;
const csv = (rows: readonly Row[]) => ["ts_open,open,high,low,close,volume", ...rows.map(line)].join("\n");

/** Bytes of all files of a store's folder that are not hidden, by their names. */
async function bytesIn(folder: string): Promise<Map<string, Uint8Array>> {
  const found = new Map<string, Uint8Array>();
  for await (const { name } of Deno.readDir(`${folder}/1`)) {
    if (!name.startsWith(".")) found.set(name, await Deno.readFile(`${folder}/1/${name}`));
  }
  return new Map([...found].sort());
}

async function importInto(store: string, text: string, ...flags: readonly string[]) {
  await using folder = await temporaryFolder();
  const path = await folder.write("a.csv", text);
  const args = ["candles", "import", "--file", path, "--market", "1", "--symbol", "btc", "--json", ...flags];
  const { code, stdout, stderr } = await runInProcess(args, { store });
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout);
}

Deno.test("imports in pieces, twice and in any order leave the same bytes as one import", async () => {
  const rows = fc.uniqueArray(
    fc.record({ minute: fc.nat(300), close: fc.option(fc.constantFrom(1, 0.7, 8.25)) }),
    { minLength: 4, maxLength: 40, selector: ({ minute }) => minute },
  ).map((all) => all.sort((a, b) => a.minute - b.minute));
  await fc.assert(
    fc.asyncProperty(rows, fc.infiniteStream(fc.nat(2)), fc.boolean(), async (all, stream, backwards) => {
      await using whole = await temporaryFolder();
      await using pieces = await temporaryFolder();
      const once = await importInto(whole.path, csv(all), "--candle-timeframe", "1m");
      assert.deepEqual([once.inserted, once.replaced, once.unchanged], [all.length, 0, 0]);
      const expected = await bytesIn(whole.path);
      const again = await importInto(whole.path, csv(all), "--candle-timeframe", "1m");
      assert.deepEqual([again.inserted, again.replaced, again.unchanged], [0, 0, all.length]);
      assert.deepEqual(await bytesIn(whole.path), expected);
      const parts: Row[][] = [[], [], []];
      for (const row of all) parts[stream.next().value!]!.push(row);
      for (const part of backwards ? parts.toReversed() : parts) {
        if (part.length > 0) await importInto(pieces.path, csv(part), "--candle-timeframe", "1m");
      }
      const parquet = "BTC.1m.parquet";
      assert.deepEqual((await bytesIn(pieces.path)).get(parquet), expected.get(parquet));
    }),
    { numRuns: 25 },
  );
});

Deno.test("what was imported is read with all digits, missing values and the timeframe that fits", async () => {
  await using store = await temporaryFolder();
  const rows = Array.from(
    { length: 240 },
    (_, minute) => ({ minute, close: minute === 7 ? null : 1.1 + minute / 3e4 }),
  );
  await importInto(store.path, csv(rows));
  const hours = [0, 1, 2, 3].map((hour) => ({ minute: hour * 60, close: 2 + hour }));
  await importInto(store.path, csv(hours));
  const source = new DirectoryCandleSource({
    directory: store.path,
    files: { 1: { timeZone: "Asia/Tokyo", decimal: "," } },
  });
  const range = { startMs: 0, endMs: Date.UTC(2100, 0) };
  const load = async (timeframe?: string) =>
    await source.load({
      instrument,
      range,
      grid: timeframe === undefined ? undefined : barGrid(timeframe, null),
    });
  const fine = await load();
  assert.equal(fine.timeframeMs, minuteMs);
  assert.deepEqual(fine.candles.close, Float32Array.from(rows, ({ close }) => close ?? NaN));
  assert.deepEqual([...fine.candles.tsOpenMs], rows.map(({ minute }) => firstMs + minute * minuteMs));
  assert.deepEqual([...(await load("1h")).candles.close], [2, 3, 4, 5]);
  assert.equal((await load("4h")).timeframeMs, 60 * minuteMs);
  assert.equal((await load("15m")).timeframeMs, minuteMs);
});

Deno.test("15 of several timeframes the longest is read that lies on the market's own days, else the longest is refused", async () => {
  await using store = await temporaryFolder();
  const every = (step: number, count: number, from = 0) =>
    csv(Array.from({ length: count }, (_, i) => ({ minute: from + i * step, close: 1 })));
  await importInto(store.path, every(1440, 10));
  await importInto(store.path, every(240, 60, 120));
  await importInto(store.path, every(60, 240));
  const source = new DirectoryCandleSource({ directory: store.path });
  const range = { startMs: 0, endMs: Date.UTC(2100, 0) };
  const lengthOf = async (timeframe: string, dayStart: string | null) => {
    const grid = barGrid(timeframe, dayStart === null ? null : parseDayStart(dayStart, "day_start"));
    return (await source.load({ instrument, range, grid })).timeframeMs / minuteMs;
  };
  assert.equal(await lengthOf("1d", null), 1440);
  assert.equal(await lengthOf("1w", null), 1440);
  // four hours from 2:00 on are whole in neither the days of UTC nor those that start at 17:00
  assert.equal(await lengthOf("1d", "17:00 UTC"), 60);
  assert.equal(await lengthOf("1d", "22:00 UTC"), 240);
  assert.equal(await lengthOf("1d", "00:30 UTC"), 1440);
});

Deno.test("15 what was imported has the length that was said, however far apart its rows are", async () => {
  await using store = await temporaryFolder();
  await importInto(
    store.path,
    csv([0, 2, 4].map((minute) => ({ minute, close: 1 }))),
    "--candle-timeframe",
    "1m",
  );
  const source = new DirectoryCandleSource({ directory: store.path });
  const range = { startMs: 0, endMs: Date.UTC(2100, 0) };
  assert.equal((await source.load({ instrument, range, grid: barGrid("1m", null) })).timeframeMs, minuteMs);
});

Deno.test("a row of the file replaces one of its time, a bad file and a dry run change nothing", async () => {
  await using store = await temporaryFolder();
  const rows = [0, 1, 2].map((minute) => ({ minute, close: 1 }));
  await importInto(store.path, csv(rows));
  const before = await bytesIn(store.path);
  const changed = csv([{ minute: 1, close: 3 }, { minute: 2, close: 1 }, { minute: 3, close: 1 }]);
  const dry = await importInto(store.path, changed, "--dry-run");
  assert.deepEqual([dry.inserted, dry.replaced, dry.unchanged, dry.dry_run], [1, 1, 1, true]);
  assert.deepEqual(await bytesIn(store.path), before);
  await using folder = await temporaryFolder();
  const bad = await folder.write("bad.csv", csv([...rows, { minute: 3, close: -1 }]));
  const refused = await runInProcess(
    ["candles", "import", "--file", bad, "--market", "1", "--symbol", "BTC"],
    { store: store.path },
  );
  assert.deepEqual([refused.code, refused.stdout], [1, ""]);
  assert.match(
    refused.stderr,
    /bad\.csv" line 5: at .* close -1 is not above 0; 1 of 4 rows cannot be candles/,
  );
  assert.deepEqual(await bytesIn(store.path), before);
  const done = await importInto(store.path, changed);
  assert.deepEqual([done.inserted, done.replaced, done.unchanged], [1, 1, 1]);
});

Deno.test("candles import stores closes by their opens, says what it guessed, and candles list shows it", async () => {
  await using store = await temporaryFolder();
  await using folder = await temporaryFolder();
  const days = [1, 2, 3].map((day) => `${day}.1.2025 23:59:59;1,5;2,5;0,5;${day},0`);
  const path = await folder.write("closes.txt", ["Datum;Open;High;Low;Close", ...days].join("\n"));
  const args = [
    "candles",
    "import",
    "--file",
    path,
    "--market",
    "7",
    "--symbol",
    "spx",
    "--stamp",
    "close",
    "--time-zone",
    "UTC",
  ];
  const { code, stdout, stderr } = await runInProcess([...args, "--bad-rows", "skip"], { store: store.path });
  assert.equal(code, 0, stderr);
  assert.equal(
    stderr.split("\n")[0],
    `${
      JSON.stringify(path)
    } read as CSV; fields between ";"; decimal comma; time Datum, open Open, high High, low Low, close Close, no volume; dates as dmy`,
  );
  assert.match(stdout, /^2 rows, every 1d, .*\n.*: 2 new, 0 replaced, 0 already there\n$/);
  const listed = await runInProcess(["candles", "list", "--json"], { store: store.path });
  const { origins: [origin], ...stored } = JSON.parse(listed.stdout);
  assert.deepEqual(stored, {
    instrument: { market_id: 7, symbol: "SPX" },
    timeframe: "1d",
    further_columns: [],
    rows: 2,
    first: "2025-01-01T00:00:00Z",
    last: "2025-01-02T00:00:00Z",
  });
  assert.deepEqual([origin.file, origin.rows], ["closes.txt", 2]);
  assert.match(origin.guess, /decimal comma/);
  const lines = await runInProcess(["candles", "list"], { store: store.path });
  assert.match(lines.stdout, /7 .*SPX .*1d .*2025-01-01T00:00:00Z .*2025-01-02T00:00:00Z .*2 .*closes\.txt/);
  await using empty = await temporaryFolder();
  assert.match(
    (await runInProcess(["candles", "list"], { store: empty.path })).stdout,
    /^nothing was imported into /,
  );
});

const three = [0, 1, 2].map((day) => `2025-01-0${day + 1},1,2,0.5,1,1`).join("\n").replace(
  /^/,
  "date,open,high,low,close,volume\n",
);

Deno.test("candles list shows files that were put there by hand, whether they are read, and how they are taken in", async () => {
  await using store = await temporaryFolder();
  await Deno.mkdir(`${store.path}/7/MONTHS`, { recursive: true });
  await Deno.mkdir(`${store.path}/other`);
  const names = ["BTC%2FUSDT.csv", "A.json", "A.csv", "MONTHS/a.zip", "spx.csv", ".lock"];
  for (const name of names) await Deno.writeTextFile(`${store.path}/7/${name}`, three);
  const list = (...more: string[]) => runInProcess(["candles", "list", ...more], { store: store.path });
  const found = (await list("--json")).stdout.trim().split("\n").map((line) => JSON.parse(line));
  const as = (file: string, symbol: string | null, is_read: boolean) => ({
    file: `7/${file}`,
    instrument: symbol === null ? null : { market_id: 7, symbol },
    is_read,
    by_hand: true,
  });
  assert.deepEqual(found, [
    as("A.csv", "A", true),
    as("A.json", "A", false),
    as("BTC%2FUSDT.csv", "BTC/USDT", true),
    as("MONTHS", "MONTHS", true),
    as("spx.csv", null, false),
  ]);
  const { stdout } = await list();
  assert.match(stdout, /^nothing was imported into .*\nput into .* by hand:\n/);
  assert.match(stdout, /7\/spx\.csv: read by nothing, its name is no instrument's/);
  const command = /7\/A\.csv: read as it is by jobs; (candles import .*) takes it in/.exec(stdout)![1]!;
  const done = await runInProcess(command.replaceAll("'", "").split(" "), { store: store.path });
  assert.equal(done.code, 0, done.stderr);
  const now = (await list("--json")).stdout.trim().split("\n").map((line) => JSON.parse(line));
  assert.deepEqual(now[0].instrument, { market_id: 7, symbol: "A" });
  assert.deepEqual(now[1], as("A.csv", "A", false));
});

Deno.test("two imports at once wait for each other, and neither loses rows", async () => {
  await using store = await temporaryFolder();
  const part = (from: number) =>
    csv(Array.from({ length: 50 }, (_, index) => ({ minute: from + index, close: 1 })));
  await Promise.all([0, 50, 100, 150].map((from) => importInto(store.path, part(from))));
  const [stored] = await new FolderCandleStore(store.path).list();
  assert.equal(stored!.rows, 200);
});

Deno.test("merge() that is ended early leaves what was there, and no file beside it", async () => {
  await using store = await temporaryFolder();
  await importInto(store.path, csv([0, 1].map((minute) => ({ minute, close: 1 }))));
  const before = await bytesIn(store.path);
  async function* rows() {
    yield exactCandles(Float64Array.of(firstMs + 5 * minuteMs), candleValues.map(() => Float64Array.of(1)));
    throw new Error("the source is gone");
  }
  const origin = { file: "x", rows: 1, first: "", last: "", guess: null };
  const merge = new FolderCandleStore(store.path).merge({
    instrument,
    timeframeMs: minuteMs,
    rows: rows(),
    further: [],
    origin,
  });
  await assert.rejects(merge, /the source is gone/);
  assert.deepEqual(await bytesIn(store.path), before);
  const hidden = [...Deno.readDirSync(`${store.path}/1`)].map(({ name }) => name).filter((name) =>
    /partial/.test(name)
  );
  assert.deepEqual(hidden, []);
});

Deno.test("SpacingTeller tells what storedSpacingMs() does", () => {
  const spacings = fc.array(
    fc.constantFrom(1, 500, 60_000, 59_000, 61_000, 3_600_000, 82_800_000, 86_400_000),
    { minLength: 1, maxLength: 30 },
  );
  fc.assert(fc.property(spacings, (steps) => {
    const times = Float64Array.from([0, ...steps]);
    for (let row = 1; row < times.length; row++) times[row]! += times[row - 1]!;
    const teller = new SpacingTeller();
    for (const time of times) teller.take(time);
    assert.equal(teller.spacingMs, storedSpacingMs(times));
  }));
});
