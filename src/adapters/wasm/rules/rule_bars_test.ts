import assert from "node:assert/strict";
import fc from "fast-check";
import { emptyCandles, parseDayStart } from "../../../core/bars/mod.ts";
import { ruleBars } from "./rule_bars.ts";

const hour = 3_600_000;

/** Hourly bars from a time on whose close is their number, weekends of FX left out where wanted. */
function hours(from: string, count: number, keep: (ms: number) => boolean = () => true) {
  const opens = Array.from({ length: count }, (_, i) => Date.parse(from) + i * hour).filter(keep);
  const candles = { ...emptyCandles(opens.length), tsOpenMs: Float64Array.from(opens) };
  for (const name of ["open", "high", "low", "close", "volume"] as const) {
    candles[name].forEach((_, i) => candles[name][i] = i);
  }
  return { candles, timeframeMs: hour };
}

/** The date of the market's day that a time lies in, told with Temporal: days of the afternoon are the next date's. */
function dateOf(ms: number, zone: string, startHour: number): Temporal.PlainDate {
  const local = Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(zone);
  const begun = local.hour >= startHour;
  const date = local.toPlainDate();
  return startHour >= 12 ? date.add({ days: begun ? 1 : 0 }) : date.subtract({ days: begun ? 0 : 1 });
}

const keys: Readonly<Record<string, (date: Temporal.PlainDate) => string>> = {
  "1d": String,
  "1w": (date) => String(date.subtract({ days: date.dayOfWeek - 1 })),
  "1M": (date) => String(date.toPlainYearMonth()),
};

const markets = [["America/New_York", 17], ["Europe/Berlin", 0], ["Australia/Sydney", 7]] as const;

Deno.test("15 ruleBars() steps on weeks and months of the market's own days, clocks that change included", () => {
  const starts = fc.constantFrom("2024-03-01T00:00Z", "2024-10-01T05:00Z", "2023-12-20T13:00Z");
  fc.assert(
    fc.property(
      fc.constantFrom(...markets),
      fc.constantFrom("1d", "1w", "1M"),
      starts,
      fc.integer({ min: 1, max: 1600 }),
      (
        [zone, startHour],
        timeframe,
        from,
        count,
      ) => {
        const dayStart = parseDayStart(`${String(startHour).padStart(2, "0")}:00 ${zone}`, "day_start");
        const series = hours(from, count);
        const { candles, steps } = ruleBars({ ...series, dayStart }, [timeframe]).get(timeframe)!;
        const keyOf = (ms: number) => keys[timeframe]!(dateOf(ms, zone, startHour));
        // what was the last bar of a bucket that is over by a bar's close
        let over = -1;
        Array.from(series.candles.tsOpenMs).forEach((ms, bar) => {
          const ends = keyOf(ms) !== keyOf(ms + hour);
          if (ends) over = bar;
          const step = steps![bar]!;
          assert.equal(step < 0 ? -1 : candles.close[step], over, new Date(ms).toISOString());
        });
      },
    ),
    { numRuns: 60 },
  );
});

Deno.test("15 ruleBars() has one week of FX from Sunday afternoon to Friday afternoon in New York", () => {
  const isOpen = (ms: number) => {
    const local = Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO("America/New_York");
    const { dayOfWeek: day, hour } = local;
    return day < 5 || (day === 5 && hour < 17) || (day === 7 && hour >= 17);
  };
  // clocks change on 10 March
  const series = hours("2024-03-03T22:00Z", 24 * 7 * 4 - 1, isOpen);
  const dayStart = parseDayStart("17:00 America/New_York", "day_start");
  const { candles } = ruleBars({ ...series, dayStart }, ["1w"]).get("1w")!;
  assert.deepEqual([...candles.open], [0, 120, 240, 360]);
  assert.deepEqual([...candles.close], [119, 239, 359, 479]);
});
