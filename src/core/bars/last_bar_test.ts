import assert from "node:assert/strict";
import { barGrid } from "./bar_grid.ts";
import { emptyCandles } from "./candles.ts";
import { lastBar } from "./last_bar.ts";
import { monthMs } from "./timeframe.ts";

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const monday = Date.UTC(2024, 0, 1);

/** Where hourly bars end whose rows of 15 minutes open at these times. */
function ended(opens: readonly number[], calendar: "sessions" | "continuous" = "sessions") {
  const candles = emptyCandles(opens.length);
  for (const name of ["open", "high", "low", "close", "volume"] as const) candles[name].fill(1);
  candles.tsOpenMs.set(opens);
  const { partial, untilMs } = lastBar({
    candles,
    storedMs: 15 * minute,
    covers: { startMs: opens[0]!, endMs: opens.at(-1)! + 15 * minute },
    range: { startMs: monday, endMs: monday + 30 * day },
    grid: barGrid("1h", null),
    calendar,
  });
  assert.equal(partial === null ? null : partial.openMs, partial === null ? null : untilMs);
  return partial === null ? "whole" : "partial";
}

/** Rows of an hour up to a quarter. */
const rows = (openMs: number, quarters: number) =>
  Array.from({ length: quarters }, (_, i) => openMs + i * 15 * minute);

Deno.test("13 lastBar() of sessions compares the last row with where bars before it end, of any hour in a single day", () => {
  const before = [0, 1, 2].flatMap((n) => rows(monday + n * hour, 3));
  assert.equal(ended([...before, ...rows(monday + 3 * hour, 3)]), "whole");
  assert.equal(ended([...before, ...rows(monday + 3 * hour, 2)]), "partial");
});

Deno.test("13 lastBar() of sessions compares with bars of the same time of the day where there are two", () => {
  // the second hour of a day has two rows, the first has four
  const days = [0, 1].flatMap((n) => [...rows(monday + n * day, 4), ...rows(monday + n * day + hour, 2)]);
  const last = rows(monday + 2 * day, 4);
  assert.equal(ended([...days, ...last, ...rows(monday + 2 * day + hour, 2)]), "whole");
  assert.equal(ended([...days, ...last, ...rows(monday + 2 * day + hour, 1)]), "partial");
  assert.equal(ended([...days, ...rows(monday + 2 * day, 2)]), "partial");
});

Deno.test("13 lastBar() of sessions compares with bars of the same time of the week where there are two", () => {
  // Mondays have one row, all other days four
  const days = Array.from({ length: 14 }, (_, n) => rows(monday + n * day, n % 7 === 0 ? 1 : 4)).flat();
  assert.equal(ended([...days, ...rows(monday + 14 * day, 1)]), "whole");
  assert.equal(ended([...days, ...rows(monday + 14 * day, 4), ...rows(monday + 15 * day, 3)]), "partial");
});

Deno.test("15 lastBar() of sessions leaves a month out where a day of the week before would come again in it", () => {
  const ended = (lastDay: string, storedMs = day, keep: (ms: number) => boolean = isWeekday) => {
    const endMs = Date.parse(lastDay) + 1;
    const opens = Array.from({ length: 400 }, (_, n) => endMs - 1 - (399 - n) * day).filter(keep);
    const candles = { ...emptyCandles(opens.length), tsOpenMs: Float64Array.from(opens) };
    const covers = { startMs: opens[0]!, endMs: opens.at(-1)! + storedMs };
    const range = { startMs: opens[0]!, endMs: endMs + 100 * day };
    const { partial } = lastBar({
      candles,
      storedMs,
      covers,
      range,
      grid: barGrid("1M", null),
      calendar: "sessions",
    });
    return partial === null ? "whole" : "partial";
  };
  const isWeekday = (ms: number) => ![0, 6].includes(new Date(ms).getUTCDay());
  assert.equal(ended("2024-02-29"), "whole");
  assert.equal(ended("2024-02-28"), "partial");
  // a Friday before the weekend with which the month ends
  assert.equal(ended("2024-03-29"), "whole");
  assert.equal(ended("2024-03-28"), "partial");
  assert.equal(ended("2024-08-30"), "whole");
  const isFirst = (ms: number) => new Date(ms).getUTCDate() === 1;
  assert.equal(ended("2024-02-01", monthMs, isFirst), "whole");
  assert.equal(ended("2024-01-01", monthMs, isFirst), "whole");
});

Deno.test("13 lastBar() of a continuous market is partial where another row would fit", () => {
  assert.equal(ended([...rows(monday, 4), ...rows(monday + hour, 4)], "continuous"), "whole");
  assert.equal(ended([...rows(monday, 4), ...rows(monday + hour, 3)], "continuous"), "partial");
});
