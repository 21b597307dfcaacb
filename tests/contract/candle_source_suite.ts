import assert from "node:assert/strict";
import { BacktestError } from "../../src/core/errors/mod.ts";
import type { CandleSource } from "../../src/ports/candle_source.ts";

/** A stored minute candle; null is a missing value. */
export interface StoredCandle {
  readonly marketId: number;
  readonly symbol: string;
  readonly openMs: number;
  /** Open, high, low, close, volume. */
  readonly values: readonly (number | null)[];
}

/** A candle source that holds what it was given. */
export interface CandleStore extends AsyncDisposable {
  readonly source: CandleSource;
}

/** How a suite gets its stores. */
export interface CandleStores {
  readonly name: string;
  /** Why the suite cannot run, if it cannot. */
  readonly ignore?: boolean;
  open(candles: readonly StoredCandle[]): Promise<CandleStore>;
  /** A store of the first `count` of {@link minutes}. */
  openMinutes(count: number): Promise<CandleStore>;
}

/** First minute of the suite's candles. */
export const firstMs = Date.UTC(2024, 0, 1);
const minuteMs = 60_000;
const btc = { market_id: 1, symbol: "BTCUSDT" };

/** What every candle source must do, whatever it reads from. */
export function testCandleSource({ name, ignore = false, open, openMinutes }: CandleStores): void {
  const test = (fact: string, fn: () => Promise<void>) =>
    Deno.test({ name: `load() [${name}] ${fact}`, ignore, fn });

  test("answers the rows of a half-open range as f32 columns", async () => {
    await using store = await open(minutes(5));
    const range = { startMs: firstMs + minuteMs, endMs: firstMs + 4 * minuteMs };
    const { candles, timeframeMs } = await store.source.load({ instrument: btc, range });
    assert.equal(timeframeMs, minuteMs);
    assert.deepEqual([...candles.tsOpenMs], [1, 2, 3].map((minute) => firstMs + minute * minuteMs));
    assert.deepEqual(candles.open, Float32Array.of(101.1, 102.1, 103.1));
    assert.deepEqual(candles.high, Float32Array.of(102.7, 103.7, 104.7));
    assert.deepEqual(candles.low, Float32Array.of(100.3, 101.3, 102.3));
    assert.deepEqual(candles.close, Float32Array.of(101.9, 102.9, 103.9));
    assert.deepEqual(candles.volume, Float32Array.of(0.1, 0.2, 0.3));
  });

  test("answers everything there is for a range beyond all data", async () => {
    await using store = await open(minutes(3));
    const range = { startMs: Date.UTC(1, 0, 1), endMs: Date.UTC(9999, 0, 1) };
    assert.equal((await store.source.load({ instrument: btc, range })).candles.close.length, 3);
  });

  test("keeps gaps as they are and missing values as NaN", async () => {
    const [first, , third] = minutes(3);
    await using store = await open([first!, { ...third!, values: [null, 4, null, 3, null] }]);
    const { candles } = await store.source.load({ instrument: btc, range: day });
    assert.deepEqual([...candles.tsOpenMs], [firstMs, firstMs + 2 * minuteMs]);
    const { open: opens, high, low, close, volume } = candles;
    assert.deepEqual([opens, high, low, close, volume].map((column) => column[1]), [NaN, 4, NaN, 3, NaN]);
  });

  test("leaves out rows that no candle can be like, counts them and names the first", async () => {
    const rows = minutes(6);
    const bad: readonly (readonly number[])[] = [[0, 1, -37.63, -0.5, 0], [103, 1, 102, 103, 1]];
    await using store = await open(
      rows.map((row, index) =>
        index === 1 ? { ...row, values: bad[0]! } : index === 3 ? { ...row, values: bad[1]! } : row
      ),
    );
    const { candles, warnings } = await store.source.load({ instrument: btc, range: day });
    assert.deepEqual([...candles.tsOpenMs], [0, 2, 4, 5].map((minute) => firstMs + minute * minuteMs));
    assert.deepEqual(candles.open, Float32Array.of(100.1, 102.1, 104.1, 105.1));
    assert.equal(warnings.length, 1);
    assert.match(
      warnings[0]!,
      /^bad_rows_skipped: 2 of 6 rows cannot be candles .* first ((line 3|row 2) )?2024-01-01T00:01:00Z: open 0 is not above 0$/,
    );
  });

  test("keeps markets and symbols apart", async () => {
    const others = [{ marketId: 2 }, { symbol: "BTCUSD" }].flatMap((other) =>
      minutes(2).map((candle) => ({ ...candle, ...other, values: [9, 9, 9, 9, 9] }))
    );
    await using store = await open([...minutes(2), ...others]);
    const { candles } = await store.source.load({ instrument: btc, range: day });
    assert.deepEqual(candles.open, Float32Array.of(100.1, 101.1));
  });

  test("answers a range of one row, and refuses one of none", async () => {
    await using store = await open(minutes(3));
    const startMs = firstMs + minuteMs;
    const range = { startMs, endMs: startMs + 1 };
    const { candles, timeframeMs } = await store.source.load({ instrument: btc, range });
    assert.deepEqual([...candles.tsOpenMs], [startMs]);
    assert.deepEqual(candles.close, Float32Array.of(101.9));
    assert.equal(timeframeMs, minuteMs);
    for (const endMs of [startMs, startMs - minuteMs]) {
      const nothing = store.source.load({ instrument: btc, range: { startMs, endMs } });
      await assert.rejects(nothing, { code: "no_candles" });
    }
  });

  test("answers a year of minutes, each as it was stored", async () => {
    await using store = await openMinutes(yearMinutes);
    const range = { startMs: firstMs, endMs: firstMs + yearMinutes * minuteMs };
    const { candles } = await store.source.load({ instrument: btc, range });
    assert.equal(candles.tsOpenMs.length, yearMinutes);
    const columns = [candles.open, candles.high, candles.low, candles.close, candles.volume];
    for (let minute = 0; minute < yearMinutes; minute++) {
      const wanted = valuesOf(minute);
      const isWanted = candles.tsOpenMs[minute] === firstMs + minute * minuteMs &&
        columns.every((column, index) => column[minute] === Math.fround(wanted[index]!));
      if (!isWanted) assert.fail(`row ${minute} is ${columns.map((column) => column[minute])}`);
    }
  });

  test("refuses a range or an instrument without data", async () => {
    await using store = await open(minutes(2));
    const late = { startMs: day.endMs, endMs: day.endMs + minuteMs };
    await assert.rejects(store.source.load({ instrument: btc, range: late }), (error: unknown) => {
      assert.ok(error instanceof BacktestError);
      assert.equal(error.code, "no_candles");
      assert.match(error.message, /market 1 symbol "BTCUSDT": no market data for requested range 2024-01-02/);
      assert.match(error.message, /its candles cover 2024-01-01T00:00:00Z to 2024-01-01T00:02:00Z$/);
      return true;
    });
    const unknown = { market_id: 1, symbol: "NONE" };
    await assert.rejects(store.source.load({ instrument: unknown, range: day }), {
      code: "no_candles",
    });
  });

  test("tells what it holds of the instrument, whatever range was asked for", async () => {
    await using store = await open([...minutes(5), { ...minutes(9)[8]!, symbol: "BTCUSD" }]);
    const range = { startMs: firstMs + minuteMs, endMs: firstMs + 2 * minuteMs };
    const { covers, hasVolume, warnings } = await store.source.load({ instrument: btc, range });
    assert.deepEqual(covers, { startMs: firstMs, endMs: firstMs + 5 * minuteMs });
    assert.deepEqual([hasVolume, warnings], [true, []]);
  });

  test("tells a volume that is missing here from one that is nowhere, which becomes 0", async () => {
    const withoutVolume = minutes(4).map((row) => ({ ...row, values: [...row.values.slice(0, 4), null] }));
    const range = { startMs: firstMs, endMs: firstMs + 3 * minuteMs };
    await using none = await open(withoutVolume);
    const nowhere = await none.source.load({ instrument: btc, range });
    assert.deepEqual([nowhere.hasVolume, [...nowhere.candles.volume]], [false, [0, 0, 0]]);
    await using some = await open([...withoutVolume.slice(0, 3), minutes(4)[3]!]);
    const here = await some.source.load({ instrument: btc, range });
    assert.deepEqual([here.hasVolume, [...here.candles.volume]], [true, [NaN, NaN, NaN]]);
  });

  test("gives every caller columns of his own", async () => {
    await using store = await open(minutes(2));
    const first = await store.source.load({ instrument: btc, range: day });
    first.candles.close.fill(7);
    const second = await store.source.load({ instrument: btc, range: day });
    assert.deepEqual(second.candles.close, Float32Array.of(100.9, 101.9));
  });

  test("ends with the caller's reason when he has stopped", async () => {
    await using store = await open(minutes(2));
    const signal = AbortSignal.abort(new Error("no longer wanted"));
    await assert.rejects(store.source.load({ instrument: btc, range: day }, { signal }), {
      message: "no longer wanted",
    });
  });
}

/** Minutes of a year of 365 days. */
export const yearMinutes = 525_600;

const day = { startMs: firstMs, endMs: firstMs + 1440 * minuteMs };

/** `count` minutes of BTCUSDT in market 1, none like another. */
export function minutes(count: number): StoredCandle[] {
  return Array.from({ length: count }, (_, minute) => ({
    marketId: 1,
    symbol: "BTCUSDT",
    openMs: firstMs + minute * minuteMs,
    values: valuesOf(minute),
  }));
}

function valuesOf(minute: number): number[] {
  return [...[100.1, 101.7, 99.3, 100.9].map((price) => price + minute), minute / 10];
}
