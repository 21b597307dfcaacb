import assert from "node:assert/strict";
import fc from "fast-check";
import { barGrid } from "./bar_grid.ts";
import { emptyCandles } from "./candles.ts";
import { parseDayStart } from "./day_start.ts";
import { timeframeOf } from "./timeframe.ts";
import { checkStoredGrid, type StoredGridInput } from "./stored_grid.ts";

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

function check(
  times: readonly number[],
  { storedMs, barMs, dayStart }: {
    readonly storedMs: number;
    readonly barMs: number;
    readonly dayStart?: string;
  },
): ReturnType<typeof checkStoredGrid> {
  const input: StoredGridInput = {
    candles: { ...emptyCandles(times.length), tsOpenMs: Float64Array.from(times) },
    storedMs,
    range: { startMs: -Infinity, endMs: Infinity },
    grid: barGrid(
      timeframeOf(`${barMs / minute}m`),
      dayStart === undefined ? null : parseDayStart(dayStart, "day_start"),
    ),
    marketId: 7,
  };
  return checkStoredGrid(input);
}

const every = (stepMs: number, count: number, fromMs = 0) =>
  Array.from({ length: count }, (_, i) => fromMs + i * stepMs);

Deno.test("checkStoredGrid() refuses candles that do not divide the bars, naming both grids", () => {
  for (
    const [storedMs, barMs, name] of [[3 * hour, 4 * hour, "4h"], [45 * minute, hour, "1h"], [
      3 * minute,
      5 * minute,
      "5m",
    ], [7 * minute, day, "1d"]] as const
  ) {
    assert.throws(
      () => check(every(storedMs, 100), { storedMs, barMs }),
      ({ message }) =>
        message.includes(`Cannot build ${name} bars from`) &&
        /stored are candles every \w+ from 1970-01-01T00:00:00Z, asked for are bars every \w+ from 00:00 UTC; nearest are \w+ and \w+$/
          .test(message),
    );
  }
});

Deno.test("checkStoredGrid() names --stamp close where every stamp looks like a close", () => {
  const shifted = { storedMs: hour, barMs: 4 * hour };
  for (const lag of [1, 1000]) {
    assert.throws(() => check(every(hour, 50, hour - lag), shifted), {
      message: /every stamp lies just before a whole interval, as closes do: --stamp close reads them so$/,
    });
  }
  assert.throws(() => check(every(hour, 50, 30 * minute), shifted), { message: /\(--day-start\)$/ });
});

Deno.test("checkStoredGrid() refuses a shifted grid until the day starts with it", () => {
  const shifted = { storedMs: hour, barMs: 4 * hour };
  assert.throws(() => check(every(hour, 50, 30 * minute), shifted), {
    message:
      /stored are candles every 1h from 1970-01-01T03:30:00Z, asked for are bars every 4h from 00:00 UTC.*markets\.7\.day_start/,
  });
  assert.equal(check(every(hour, 50, 30 * minute), { ...shifted, dayStart: "00:30 UTC" }).single, 0);
  const berlin = Array.from(
    { length: 300 },
    (_, i) => Date.parse("2024-01-01T00:00:00+01:00") + i * day - (i >= 91 ? hour : 0),
  );
  const days = { storedMs: day, barMs: day };
  assert.throws(() => check(berlin, days), { message: /day_start/ });
  assert.throws(() => check(berlin.slice(0, 1), days), { message: /day_start/ });
  assert.deepEqual(check(berlin, { ...days, dayStart: "00:00 Europe/Berlin" }), {
    offMinute: 0,
    single: 0,
    firstMs: NaN,
    unit: "minute",
  });
  // London's days lie on the UTC grid for half a year
  const london = Array.from(
    { length: 366 },
    (_, i) => Date.UTC(2024, 0, 1) + i * day - (i >= 91 && i < 301 ? hour : 0),
  );
  assert.throws(() => check(london, days), { message: /day_start/ });
});

Deno.test("checkStoredGrid() counts shifts below a minute and single rows", () => {
  assert.deepEqual(check(every(minute, 60, 30_000), { storedMs: minute, barMs: 5 * minute }), {
    offMinute: 60,
    single: 0,
    firstMs: 30_000,
    unit: "minute",
  });
  const odd = [...every(day, 100), 99 * day + 40 * hour];
  assert.deepEqual(check(odd, { storedMs: day, barMs: day }), {
    offMinute: 0,
    single: 1,
    firstMs: 99 * day + 40 * hour,
    unit: "minute",
  });
  assert.deepEqual(check(every(1000, 600), { storedMs: 1000, barMs: minute }), {
    offMinute: 0,
    single: 0,
    firstMs: NaN,
    unit: "second",
  });
});

Deno.test("checkStoredGrid() takes as many single rows as 1 % of all, and always one", () => {
  const days = { storedMs: day, barMs: day };
  /** Days of which every tenth was stored in the afternoon, until so many were. */
  const late = (rows: number, shifted: number) =>
    every(day, rows).map((openMs, i) => i % 10 === 5 && i / 10 < shifted ? openMs + 15 * hour : openMs);
  for (const [rows, most] of [[40, 1], [100, 1], [199, 1], [200, 2], [400, 4]] as const) {
    const { single, firstMs } = check(late(rows, most), days);
    assert.deepEqual([single, firstMs], [most, 5 * day + 15 * hour]);
    assert.throws(() => check(late(rows, most + 1), days), { message: /\(--day-start\)$/ }, `${rows}`);
  }
});

Deno.test("checkStoredGrid() refuses two neighbours that reach beyond their bars, wherever they stand", () => {
  const days = { storedMs: day, barMs: day };
  const shiftedAt = (...places: readonly number[]) =>
    every(day, 400).map((openMs, i) => places.includes(i) ? openMs + 15 * hour : openMs);
  for (const at of [0, 1, 200, 398]) {
    assert.throws(() => check(shiftedAt(at, at + 1), days), { message: /\(--day-start\)$/ }, `${at}`);
    assert.equal(check(shiftedAt(at), days).single, 1);
  }
  assert.equal(check(shiftedAt(0, 399), days).single, 2);
  assert.equal(check(shiftedAt(200, 202), days).single, 2);
});

Deno.test("checkStoredGrid() lets no grid pass on which a bar would hold the future", () => {
  const minutes = fc.integer({ min: 1, max: 300 });
  fc.assert(fc.property(minutes, minutes, fc.integer({ min: 0, max: 299 }), (stored, bar, shift) => {
    fc.pre(bar >= stored);
    const [storedMs, barMs] = [stored * minute, bar * minute];
    const times = every(storedMs, 400, shift * minute);
    const future = times.some((ms) => ms + storedMs > (Math.floor(ms / barMs) + 1) * barMs);
    const passes = () => check(times, { storedMs, barMs });
    if (future) assert.throws(passes);
    else assert.equal(passes().single, 0);
  }));
});
