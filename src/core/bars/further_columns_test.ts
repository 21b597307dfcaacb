import assert from "node:assert/strict";
import fc from "fast-check";
import { barGrid } from "./bar_grid.ts";
import { emptyCandles } from "./candles.ts";
import { rollUpFurther } from "./further_columns.ts";
import { rollUp } from "./rollup.ts";

const minuteMs = 60_000;

Deno.test("a further column of a bar is the last known value of its rows, and unknown where a close is carried on", () => {
  const row = fc.record({
    minute: fc.nat(40),
    value: fc.constantFrom(NaN, Infinity, -1, 0, 2.5, 7),
    isWhole: fc.boolean(),
  });
  fc.assert(fc.property(
    fc.array(row, { minLength: 1, maxLength: 40 }),
    fc.constantFrom(1, 5, 15),
    fc.constantFrom("continuous", "sessions"),
    (rows, bar, calendar) => {
      const candles = emptyCandles(rows.length);
      rows.forEach(({ minute, isWhole }, i) => {
        candles.tsOpenMs[i] = minute * minuteMs;
        for (const name of ["open", "high", "low", "close", "volume"] as const) {
          candles[name][i] = isWhole || name === "high" ? 1 : NaN;
        }
      });
      const range = { startMs: 2 * minuteMs, endMs: 38 * minuteMs };
      const grid = barGrid(`${bar}m`, null);
      const bars = rollUp(candles, { range, grid, calendar, untilMs: range.endMs });
      const mood = Float32Array.from(rows, ({ value }) => value);
      const { further } = rollUpFurther({ candles, further: new Map([["mood", mood]]) }, { bars, range });
      // of rows with one time the last one counts
      const byMinute = new Map(rows.map(({ minute, value }) => [minute, value]));
      const expected = Array.from(bars.candles.tsOpenMs, (openMs, i) => {
        const known = Array.from({ length: bar }, (_, m) => openMs / minuteMs + m)
          .filter((minute) => minute >= 2 && minute < 38)
          .map((minute) => byMinute.get(minute) ?? NaN).filter(Number.isFinite);
        return bars.made[i] === 1 ? known.at(-1) ?? NaN : NaN;
      });
      assert.deepEqual([...further!.get("mood")!], expected);
    },
  ));
  assert.deepEqual(
    rollUpFurther({ candles: emptyCandles(1) }, {
      bars: {
        candles: { tsOpenMs: new Float64Array(1) },
        tsCloseMs: new Float64Array(1),
        made: new Uint8Array(1),
      },
      range: { startMs: 0, endMs: 1 },
    }),
    {},
  );
});
