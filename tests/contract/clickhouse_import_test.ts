import assert from "node:assert/strict";
import { ClickHouseCandleSource } from "../../src/adapters/clickhouse/candle_source.ts";
import { ClickHouseCandleTable } from "../../src/adapters/clickhouse/candle_table.ts";
import { barGrid, parseDayStart } from "../../src/core/bars/mod.ts";
import { StoredCandleFile } from "../../src/adapters/candles/candle_file.ts";
import type { CandleTable } from "../../src/ports/candle_table.ts";
import { importCandles, type ImportOptions } from "../../src/usecases/import_candles.ts";
import { sharedClickHouse } from "../helpers/clickhouse.ts";
import { temporaryFolder } from "../helpers/temporary_folder.ts";
import { timeoutMs } from "./clickhouse_store.ts";

const engine = await sharedClickHouse();
const firstMs = Date.UTC(2024, 0, 1);
const minuteMs = 60_000;
const btc = { market_id: 1, symbol: "BTCUSDT" };
const nowMs = Date.UTC(2024, 5, 1);

const gridOf = (timeframe: string | undefined) =>
  timeframe === undefined ? undefined : barGrid(timeframe, null);

let worlds = 0;

/** A database without a table, a folder, and imports from one into the other. */
async function importWorld() {
  const database = `imports_${Deno.pid}_${++worlds}`;
  const { run, settings: server } = engine.server();
  const settings = { ...server, database };
  const table = new ClickHouseCandleTable(settings, { timeoutMs });
  const folder = await temporaryFolder();
  const clock = { nowMs: () => nowMs, monotonicMs: () => 0, sleep: () => Promise.resolve() };
  return {
    table,
    folder,
    database,
    run: (statement: string) => run(statement.replaceAll("canonical_candles_1m", `${database}.$&`)),
    async importText(text: string | Uint8Array, options: Partial<ImportOptions> = {}) {
      const path = await folder.write("candles", "");
      await Deno.writeFile(path, typeof text === "string" ? new TextEncoder().encode(text) : text);
      const file = new StoredCandleFile({ path, label: "candles" });
      const given = { file, label: "candles", table, instrument: btc, clock };
      return await importCandles({ ...given, badRows: "refuse", ...options });
    },
    /** Everything that counts in the table, as a sweep reads it. */
    async read(instrument = btc) {
      const source = new ClickHouseCandleSource(settings, { timeoutMs });
      const range = { startMs: 0, endMs: Date.UTC(2030, 0, 1) };
      return (await source.load({ instrument, range })).candles;
    },
    /** The same with all digits. */
    exact: () => table.load({ instrument: btc, range: { startMs: 0, endMs: Date.UTC(2030, 0, 1) } }),
    /** Rows in the table, those beneath newer ones included. */
    async count() {
      return Number(await run(`SELECT count() FROM ${database}.canonical_candles_1m`));
    },
    async [Symbol.asyncDispose]() {
      await folder[Symbol.asyncDispose]();
      await run(`DROP DATABASE IF EXISTS ${database}`);
    },
  };
}

function csv(...rows: readonly string[]): string {
  return ["ts_open,open,high,low,close,volume", ...rows, ""].join("\n");
}

const three = csv(
  `${firstMs},0.1,2.7,0.05,1.1,10`,
  `${firstMs + minuteMs},1.1,2,1,1.3333333333333333,`,
  `${firstMs + 3 * minuteMs},1.0000001,1.3,1e-1,1.23456789012345678,0`,
);
const threeRows = [
  [0.1, 2.7, 0.05, 1.1, 10],
  [1.1, 2, 1, 1.3333333333333333, NaN],
  [1.0000001, 1.3, 0.1, 1.2345678901234568, 0],
];

interface TestOf {
  readonly name: string;
  readonly fn: (world: Awaited<ReturnType<typeof importWorld>>) => Promise<void>;
}

function test({ name, fn }: TestOf): void {
  Deno.test({
    name: `importCandles() [clickhouse engine] ${name}`,
    ignore: engine.ignore,
    async fn() {
      await using world = await importWorld();
      await fn(world);
    },
  });
}

test({
  name: "makes the table, brings all rows with all digits, and changes nothing when it is run again",
  async fn(world) {
    const first = await world.importText(three, { createTable: true });
    assert.deepEqual(first, {
      rows: 3,
      first_ts_open: "2024-01-01T00:00:00Z",
      last_ts_open: "2024-01-01T00:03:00Z",
      inserted: 3,
      replaced: 0,
      unchanged: 0,
      skipped: 0,
      warnings: [],
      guess: null,
      dry_run: false,
    });
    const stored = await world.exact();
    assert.deepEqual([...stored.tsOpenMs], [0, 1, 3].map((minute) => firstMs + minute * minuteMs));
    const rows = threeRows.map((_, row) =>
      [stored.open, stored.high, stored.low, stored.close, stored.volume].map((column) => column[row])
    );
    assert.deepEqual(rows, threeRows);
    assert.deepEqual([...stored.ingestedMs], [nowMs, nowMs, nowMs]);
    const again = await world.importText(three, { createTable: true });
    assert.deepEqual([again.inserted, again.replaced, again.unchanged], [0, 0, 3]);
    assert.deepEqual(await world.exact(), stored);
    assert.equal(await world.count(), 3);
  },
});

test({
  name: "keeps every bit of a number, and so finds all of them there the next time",
  async fn(world) {
    const count = 20_000;
    let state = 1;
    const random = () => (state = (Math.imul(1_664_525, state) + 1_013_904_223) >>> 0) / 2 ** 32;
    const number = () => 1 + random() + random() / 2 ** 32;
    const rows = Array.from({ length: count }, (_, row) => {
      // from 1e-4 to 1e8, in no jump
      const scale = 10 ** (row / count * 12 - 4);
      const [low, open, close, high] = Array.from({ length: 4 }, () => number() * scale).sort((a, b) =>
        a - b
      );
      return [open, high, low, close, number() * 10 ** Math.floor(random() * 12 - 4)];
    });
    const text = csv(...rows.map((row, index) => [firstMs + index * minuteMs, ...row].join()));
    await world.importText(text, { createTable: true });
    const { open, high, low, close, volume } = await world.exact();
    for (let row = 0; row < count; row++) {
      const stored = [open, high, low, close, volume].map((column) => column[row]);
      if (stored.some((value, index) => value !== rows[row]![index])) {
        assert.fail(`${rows[row]} became ${stored}`);
      }
    }
    assert.equal((await world.importText(text)).unchanged, count);
  },
});

test({
  name: "writes only what is missing or differs, and the new values count whatever the old rows' clock said",
  async fn(world) {
    await world.importText(three, { createTable: true });
    const future = nowMs + 3_600_250;
    await world.run(
      `INSERT INTO canonical_candles_1m
         SELECT * REPLACE(1.75 AS close, fromUnixTimestamp64Milli(toInt64(${future}), 'UTC') AS ingested_at)
         FROM canonical_candles_1m WHERE open = 1.1`,
    );
    assert.equal((await world.read()).close[1], 1.75);
    const more = three + `${firstMs + 4 * minuteMs},5,5,5,5,5\n`;
    const dry = await world.importText(more, { dryRun: true });
    assert.deepEqual([dry.inserted, dry.replaced, dry.unchanged, dry.dry_run], [1, 1, 2, true]);
    assert.equal(await world.count(), 4);
    const result = await world.importText(more);
    assert.deepEqual([result.inserted, result.replaced, result.unchanged], [1, 1, 2]);
    assert.equal(await world.count(), 6);
    assert.equal((await world.read()).close[1], Math.fround(1.3333333333333333));
    assert.equal((await world.exact()).ingestedMs[1], nowMs + 3_601_000);
    await world.run("OPTIMIZE TABLE canonical_candles_1m FINAL");
    assert.equal(await world.count(), 4);
    assert.equal((await world.importText(more)).unchanged, 4);
  },
});

test({
  name: "leaves the table as it was when any row of the file is wrong",
  async fn(world) {
    const rows = Array.from({ length: 120_000 }, (_, row) => `${firstMs + row * minuteMs},1,1,1,1,1`);
    const bad = csv(...rows, `${firstMs + 120_000 * minuteMs},1,1,low,1,1`);
    await assert.rejects(world.importText(bad, { createTable: true }), {
      code: "validation_error",
      message: 'Cannot read candles "candles" line 120002: low must be a number, got "low"',
    });
    assert.equal(await world.count(), 0);
    const daily = csv(`${firstMs},1,1,1,1,1`, `${firstMs + 1440 * minuteMs},1,1,1,1,1`);
    await assert.rejects(world.importText(daily), {
      message: /its rows are 1d apart or more, .*; --candle-timeframe 1m says/,
    });
    assert.equal((await world.importText(daily, { timeframeMs: minuteMs })).inserted, 2);
    const hours = { timeframeMs: 60 * minuteMs };
    await assert.rejects(world.importText(daily, hours), { message: /its timeframe is 1h/ });
    await assert.rejects(world.importText(csv()), { message: /"candles": it has a header and no rows/ });
    const large = { market_id: 65_536, symbol: "X" };
    await assert.rejects(world.importText(three, { instrument: large }), {
      message: /market 65536: the table's market_id holds at most 65535/,
    });
    assert.equal(await world.count(), 2);
  },
});

test({
  name: "ends with the rows of one import when it was cut off and is run again",
  async fn(world) {
    const count = 120_000;
    const text = csv(
      ...Array.from({ length: count }, (_, row) => `${firstMs + row * minuteMs},${1 + row},${1 + row},1,1,1`),
    );
    await world.table.create();
    let inserts = 0;
    const failing: CandleTable = {
      create: () => world.table.create(),
      check: () => world.table.check(),
      madeRules: () => world.table.madeRules(),
      list: () => world.table.list(),
      note: (note) => world.table.note(note),
      load: (query) => world.table.load(query),
      insert: async (rows) => {
        if (++inserts === 2) throw new Error("cable cut");
        await world.table.insert(rows);
      },
    };
    await assert.rejects(world.importText(text, { table: failing }), { message: "cable cut" });
    assert.equal(await world.count(), 20_000);
    const { inserted, unchanged } = await world.importText(text);
    assert.deepEqual([inserted, unchanged], [100_000, 20_000]);
    const { open } = await world.read();
    assert.ok(open.length === count && open.every((value, row) => value === 1 + row));
  },
});

test({
  name: "brings Parquet files that a ClickHouse wrote back, whatever their compression",
  async fn(world) {
    await world.importText(three, { createTable: true });
    const stored = await world.exact();
    for (const method of ["zstd", "snappy", "lz4", "gzip", "brotli", "none"]) {
      const path = `${world.folder.path}/${method}.parquet`;
      await world.run(
        `INSERT INTO FUNCTION file('${path}', 'Parquet')
           SELECT ts_open, open, high, low, close, volume_base AS volume FROM canonical_candles_1m
           ORDER BY ts_open SETTINGS output_format_parquet_compression_method = '${method}'`,
      );
      const result = await world.importText(await Deno.readFile(path));
      assert.equal(result.unchanged, 3, method);
    }
    assert.deepEqual(await world.exact(), stored);
  },
});

test({
  name: "fits values to columns of other types, and refuses a missing value where none can be kept",
  async fn(world) {
    await world.run(`CREATE DATABASE ${world.database}`);
    await world.run(`CREATE TABLE canonical_candles_1m (
      source String DEFAULT 'feed', ingested_at DateTime, market_id Int32, symbol String, ts_open DateTime('Asia/Tokyo'),
      open Float32, high Nullable(Float64), low Decimal(18, 2), close Nullable(Decimal(18, 8)), volume_base UInt64
    ) ENGINE = MergeTree ORDER BY ts_open`);
    const text = csv(`${firstMs},1.3,,1.25,,7`, `${firstMs + minuteMs},,1.3,0.5,1.00000001,8`);
    assert.equal((await world.importText(text)).inserted, 2);
    const { open, high, low, close, volume } = await world.exact();
    assert.deepEqual([...open], [Math.fround(1.3), NaN]);
    assert.deepEqual([...high], [NaN, 1.3]);
    assert.deepEqual([...low], [1.25, 0.5]);
    assert.deepEqual([...close], [NaN, 1.00000001]);
    assert.deepEqual([...volume], [7, 8]);
    assert.equal((await world.importText(text)).unchanged, 2);
    const nulls = await world.run("SELECT countIf(isNull(high)), any(source) FROM canonical_candles_1m");
    assert.equal(nulls, "1\tfeed\n");
    await assert.rejects(world.importText(csv(`${firstMs},1,1,,1,1`)), {
      message: 'Cannot read candles "candles" line 2: low must not be missing',
    });
    const misfits = [
      [`${firstMs},1,1,1,1,7.5`, "volume must be a whole number, got 7.5"],
      [`${firstMs},1,1,1,1,-1`, "volume must lie in 0 to 9007199254740991, got -1"],
      [
        `${firstMs},1,1,1e17,1,1`,
        "low must lie in -10000000000000000 to 10000000000000000, got 100000000000000000",
      ],
    ];
    for (const [row, message] of misfits) {
      await assert.rejects(world.importText(csv(row!)), {
        message: `Cannot read candles "candles" line 2: ${message}`,
      });
    }
    await assert.rejects(world.importText(csv("-60000,1,1,1,1,1", `${firstMs},1,1,1,1,1`)), {
      message: /line 2: ts_open must lie in 1970/,
    });
  },
});

Deno.test({
  name:
    "tables of other timeframes are made, filled and read where their candles fit the bars that are wanted",
  ignore: engine.ignore,
  async fn() {
    await using world = await importWorld();
    const { run, settings: server } = engine.server();
    const settings = { ...server, database: world.database };
    const hours = { name: "candles_1h", timeframeMs: 60 * minuteMs };
    const hourTable = new ClickHouseCandleTable(settings, { timeoutMs, table: hours });
    const row = (ms: number, close: number) => `${firstMs + ms},1,9,0.5,${close},1`;
    await world.importText(csv(row(0, 1), row(minuteMs, 2)), { createTable: true });
    await assert.rejects(
      world.importText(csv(row(0, 5), row(minuteMs, 6)), { table: hourTable, createTable: true }),
      {
        message: /its rows are 1m apart or more, the table holds candles of 1h; --candle-timeframe 1h says/,
      },
    );
    const hourly = csv(row(0, 5), row(60 * minuteMs, 6));
    const first = await world.importText(hourly, { table: hourTable, createTable: true });
    assert.deepEqual([first.inserted, first.unchanged], [2, 0]);
    assert.equal((await world.importText(hourly, { table: hourTable })).unchanged, 2);
    assert.equal(await run(`SELECT count() FROM ${world.database}.candles_1h`), "2\n");
    const minutes = { name: "canonical_candles_1m", timeframeMs: minuteMs };
    const source = new ClickHouseCandleSource(settings, { timeoutMs, tables: [minutes, hours] });
    const range = { startMs: 0, endMs: Date.UTC(2030, 0, 1) };
    const load = async (timeframe: string | undefined, instrument = btc) => {
      const loaded = await source.load({ instrument, range, grid: gridOf(timeframe) });
      return [loaded.timeframeMs, ...loaded.candles.close];
    };
    assert.deepEqual(await load("4h"), [60 * minuteMs, 5, 6]);
    assert.deepEqual(await load("15m"), [minuteMs, 1, 2]);
    assert.deepEqual(await load(undefined), [minuteMs, 1, 2]);
    // what only the table of minutes holds
    const other = { market_id: 1, symbol: "ETHUSDT" };
    await world.importText(csv(row(0, 3), row(minuteMs, 4)), { instrument: other });
    assert.deepEqual(await load("1h", other), [minuteMs, 3, 4]);
    await assert.rejects(load("1h", { market_id: 1, symbol: "NONE" }), { code: "no_candles" });
  },
});

Deno.test({
  name: "15 tables hold seconds, days of a market, weeks and months, of symbols as people write them",
  ignore: engine.ignore,
  async fn() {
    await using world = await importWorld();
    const { settings: server } = engine.server();
    const settings = { ...server, database: world.database };
    const times: Readonly<Record<string, readonly number[]>> = {
      "30s": [0, 30_000, 90_000].map((ms) => firstMs + ms),
      // 17:00 in New York before and after clocks change
      "1d": [8, 9, 10, 11].map((day) => Date.UTC(2024, 2, day, day < 10 ? 22 : 21)),
      "1w": [0, 1, 3].map((week) => firstMs + week * 7 * 1440 * minuteMs),
      "1M": [0, 1, 2, 5].map((month) => Date.UTC(2024, month)),
    };
    const lengthsMs = {
      "30s": 30_000,
      "1d": 1440 * minuteMs,
      "1w": 7 * 1440 * minuteMs,
      "1M": 2_629_746_000,
    };
    const tables = Object.entries(lengthsMs).map(([name, timeframeMs]) => ({
      name: `candles_${name}`,
      timeframeMs,
    }));
    for (const symbol of ["BTC/USDT", "^GSPC"]) {
      const instrument = { market_id: 1, symbol };
      for (const [i, timeframe] of Object.keys(lengthsMs).entries()) {
        const text = csv(...times[timeframe]!.map((ms) => `${ms},1,9,0.5,${2 + i},1`));
        const options = {
          instrument,
          table: new ClickHouseCandleTable(settings, { timeoutMs, table: tables[i]! }),
          createTable: true,
        };
        assert.equal((await world.importText(text, options)).inserted, times[timeframe]!.length, timeframe);
        assert.equal((await world.importText(text, options)).unchanged, times[timeframe]!.length, timeframe);
      }
      const source = new ClickHouseCandleSource(settings, { timeoutMs, tables });
      const range = { startMs: 0, endMs: Date.UTC(2030, 0, 1) };
      const load = async (timeframe: string) =>
        (await source.load({ instrument, range, grid: gridOf(timeframe) })).candles;
      // of each the longest that lie on its grid
      const made = { "1M": "1M", "1w": "1w", "1m": "30s" };
      for (const [wanted, from] of Object.entries(made)) {
        const { tsOpenMs, close } = await load(wanted);
        assert.deepEqual([...tsOpenMs], times[from], wanted);
        assert.equal(close[0], 2 + Object.keys(lengthsMs).indexOf(from));
      }
      const newYork = barGrid("1d", parseDayStart("17:00 America/New_York", "day_start"));
      const days = await source.load({ instrument, range, grid: newYork });
      assert.deepEqual([...days.candles.tsOpenMs], times["1d"]);
      // the days of New York reach beyond those of UTC, the seconds do not
      assert.deepEqual([...(await load("1d")).tsOpenMs], times["30s"]);
    }
    const minutes = csv(...[0, 1].map((n) => `${firstMs + n * minuteMs},1,9,0.5,1,1`));
    const days = new ClickHouseCandleTable(settings, { timeoutMs, table: tables[1]! });
    await assert.rejects(world.importText(minutes, { table: days, timeframeMs: 1440 * minuteMs }), {
      message: /some of its rows are only 1m apart, the table holds candles of 1d/,
    });
  },
});

test({
  name: "makes a table that can hold what it says beforehand, and lists what was brought into it",
  async fn(world) {
    await world.importText(three, { createTable: true });
    assert.deepEqual(world.table.madeRules(), await world.table.check());
    await world.importText(three, { instrument: { market_id: 2, symbol: "ETHUSDT" } });
    const lastMs = firstMs + 3 * minuteMs;
    const origins = [{
      file: "candles",
      rows: 3,
      first: "2024-01-01T00:00:00Z",
      last: new Date(lastMs).toISOString().replace(".000", ""),
      guess: null,
    }];
    assert.deepEqual(await world.table.list(), [
      { instrument: btc, rows: 3, firstMs, lastMs, origins },
      { instrument: { market_id: 2, symbol: "ETHUSDT" }, rows: 3, firstMs, lastMs, origins },
    ]);
  },
});

test({
  name: "keeps what was guessed with an import, once, and says where there is no place for that",
  async fn(world) {
    const german =
      "Datum;Open;High;Low;Close\n31.01.2024 10:00;1,5;2,5;1,0;2,0\n31.01.2024 10:01;2,0;2,5;1,5;1,75\n";
    const reading = { timeZone: "UTC" };
    const path = await world.folder.write("german.csv", german);
    const file = new StoredCandleFile({ path, label: "german.csv", reading });
    for (let times = 0; times < 2; times++) {
      await world.importText("", { createTable: true, file, label: "in/german.csv" });
    }
    const [{ origins }] = await world.table.list() as unknown as [{ origins: readonly unknown[] }];
    assert.deepEqual(origins, [{
      file: "german.csv",
      rows: 2,
      first: "2024-01-31T10:00:00Z",
      last: "2024-01-31T10:01:00Z",
      guess: 'read as CSV; fields between ";"; decimal comma; ' +
        "time Datum, open Open, high High, low Low, close Close, no volume; dates as dmy",
    }]);
    await world.run(`DROP TABLE ${world.database}.candle_imports`);
    const { warnings, unchanged } = await world.importText("", { file, label: "german.csv" });
    assert.equal(unchanged, 2);
    assert.match(warnings.join(), /import_not_noted: .*--create-table makes it/);
    assert.deepEqual((await world.table.list())[0]!.origins, []);
    const dry = await world.importText("", { file, label: "german.csv", dryRun: true });
    assert.doesNotMatch(dry.warnings.join(), /import_not_noted/);
  },
});
