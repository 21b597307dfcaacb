import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { type CandleColumns, emptyCandles } from "../../src/core/candles.ts";
import { type Timeframe, timeframeMs } from "../../src/core/timeframe.ts";
import { buildTimeline, loadRange } from "../../src/core/timeline.ts";

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

for (const golden of cases) {
  const { name, timeframe, warmup_bars: warmupBars, rolled } = golden;
  const [startMs, endMs] = golden.requested_ms;
  const timeline = () =>
    buildTimeline({
      loaded: { candles: storedRows(golden), timeframeMs: 60_000 },
      requestRange: { startMs, endMs },
      warmupBars,
      timeframe,
      calendar: "continuous",
    });

  Deno.test(`loadRange() golden ${name}`, () => {
    const { startMs: from, endMs: to } = loadRange({ startMs, endMs }, {
      warmupBars,
      barMs: timeframeMs[timeframe],
    });
    assert.deepEqual([from, to], golden.load_ms);
  });

  Deno.test(`buildTimeline() golden ${name}`, () => {
    if (rolled === undefined) {
      assert.throws(timeline, { message: golden.error! });
      return;
    }
    const { candles, slice } = timeline();
    assert.deepEqual([...candles.tsOpenMs], rolled.ts_open_ms);
    for (const field of fields) {
      assert.deepEqual([...candles[field]], rolled[field].map((value) => Math.fround(value!)), field);
    }
    assert.deepEqual([slice.start, slice.stop], golden.target_slice);
  });
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
