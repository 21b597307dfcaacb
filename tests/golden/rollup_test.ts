import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import {
  barGrid,
  buildTimeline,
  type CandleColumns,
  emptyCandles,
  loadRange,
  type Timeframe,
  type Timeline,
  type TimeRange,
} from "../../src/core/bars/mod.ts";
import { continuousMarket } from "../helpers/markets.ts";
import { overturnedIn } from "./overturned.ts";

type Field = "open" | "high" | "low" | "close" | "volume";
type Columns = Readonly<Record<Field, readonly (number | null)[]>>;

interface Case {
  readonly name: string;
  readonly timeframe: Timeframe;
  readonly requested_ms: readonly [number, number];
  readonly warmup_bars: number;
  readonly load_ms: readonly [number, number];
  readonly one_minute: Columns;
  readonly rolled?: Columns & { readonly ts_open_ms: readonly number[] };
  readonly target_slice?: readonly [number, number];
  readonly error?: string;
}

const fields: readonly Field[] = ["open", "high", "low", "close", "volume"];
const file = new URL("data/timeline/rollup.json", import.meta.url);
const { cases } = JSON.parse(readFileSync(file, "utf8")) as { cases: Case[] };

const left = overturnedIn("rollup");

for (const golden of cases) {
  const { name, rolled } = golden;

  Deno.test(`loadRange() golden ${name}`, () => {
    const { startMs, endMs } = rangeOf(golden);
    assert.deepEqual([startMs, endMs], golden.load_ms);
  });

  Deno.test(`buildTimeline() golden ${name}`, () => {
    if (rolled === undefined) {
      assert.throws(() => rolledUp(golden), { message: golden.error! });
      return;
    }
    const { candles, slice } = rolledUp(golden);
    assert.deepEqual([...candles.tsOpenMs], rolled.ts_open_ms);
    rolled.ts_open_ms.forEach((_, bar) => {
      const actual = fields.map((field) => candles[field][bar]);
      const expected = fields.map((field) => Math.fround(rolled[field][bar]!));
      const vector = `${name}/${bar + 1}`;
      if (left.has(vector)) {
        assert.notDeepEqual(actual, expected, `${vector} is listed as overturned, but holds`);
      } else assert.deepEqual(actual, expected, vector);
    });
    assert.deepEqual([slice.start, slice.stop], golden.target_slice);
  });
}

Deno.test("every overturned bar of a roll-up is one of a golden case", () => {
  assert.deepEqual(left.unmet(), []);
});

Deno.test("buildTimeline() makes the bars of holes-15m that lacked a value in one minute from the other minutes", () => {
  const { one_minute: minutes, ...golden } = cases.find(({ name }) => name === "holes-15m")!;
  const at = (field: Field, from: number) =>
    minutes[field].slice(from, from + 15).filter((value) => value !== null);
  for (const [bar, from] of [[1, 15], [3, 45]] as const) {
    const { candles } = rolledUp({ one_minute: minutes, ...golden });
    assert.equal(candles.open[bar], Math.fround(at("open", from)[0]!));
    assert.equal(candles.high[bar], Math.fround(Math.max(...at("high", from), ...at("close", from))));
    assert.equal(candles.low[bar], Math.fround(Math.min(...at("low", from))));
    assert.equal(candles.close[bar], Math.fround(at("close", from).at(-1)!));
    assert.equal(
      candles.volume[bar],
      Math.fround(at("volume", from).reduce((sum, volume) => sum + volume, 0)),
    );
  }
});

function rangeOf({ requested_ms: [startMs, endMs], warmup_bars: warmupBars, timeframe }: Case): TimeRange {
  return loadRange({ startMs, endMs }, { warmupBars, grid: barGrid(timeframe, null) });
}

function rolledUp(golden: Case): Timeline {
  const [startMs, endMs] = golden.requested_ms;
  return buildTimeline({
    // the vectors are cut out of a longer series
    loaded: {
      candles: storedRows(golden),
      timeframeMs: 60_000,
      covers: { startMs: 0, endMs: endMs + 864e5 },
    },
    range: rangeOf(golden),
    requestRange: { startMs, endMs },
    warmupBars: golden.warmup_bars,
    timeframe: golden.timeframe,
    market: continuousMarket,
    marketId: 1,
  }).timeline;
}

/** The minutes of a case that are stored: all but those that miss every field. */
function storedRows({ load_ms: [loadStartMs], one_minute: minutes }: Case): CandleColumns {
  const stored = minutes.close.map((_, i) => i).filter((i) =>
    fields.some((field) => minutes[field][i] !== null)
  );
  const candles = emptyCandles(stored.length);
  stored.forEach((index, row) => {
    candles.tsOpenMs[row] = loadStartMs + index * 60_000;
    for (const field of fields) candles[field][row] = minutes[field][index] ?? NaN;
  });
  return candles;
}
