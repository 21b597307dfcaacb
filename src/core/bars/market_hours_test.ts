import assert from "node:assert/strict";
import fc from "fast-check";
import { type MarketHours, missingInHours, openTimes, parseSession, parseSpan } from "./market_hours.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

const stocks: MarketHours = {
  zone: "America/New_York",
  sessions: [parseSession("Mon-Fri 09:30-16:00")!],
  closed: new Set(["2025-01-01", "2025-01-09", "2025-01-20"]),
  short: new Map([["2025-07-03", parseSpan("09:30-13:00")!]]),
};
const fx: MarketHours = {
  zone: "America/New_York",
  sessions: [parseSession("Sun-Thu 17:00-17:00")!],
  closed: new Set(),
  short: new Map(),
};

/** Opens of bars that reach into open times. */
function barsOf(
  hours: MarketHours,
  { from, to, barMs }: { from: string; to: string; barMs: number },
): number[] {
  const [startMs, endMs] = [Date.parse(from), Date.parse(to)];
  const opens = openTimes(hours, { startMs, endMs });
  const found: number[] = [];
  for (let ms = startMs; ms < endMs; ms += barMs) {
    if (opens.some((open) => ms + barMs > open.startMs && ms < open.endMs)) found.push(ms);
  }
  return found;
}

Deno.test("parseSession() reads days and times, over midnight and over the end of the week", () => {
  const cases: readonly [string, ReturnType<typeof parseSession>][] = [
    ["Mon-Fri 09:30-16:00", { days: [1, 2, 3, 4, 5], fromMinute: 570, toMinute: 960 }],
    ["sun-thu 18:00-17:00", { days: [0, 1, 2, 3, 4], fromMinute: 1080, toMinute: 2460 }],
    ["Fri-Mon 10:00-12:00", { days: [5, 6, 0, 1], fromMinute: 600, toMinute: 720 }],
    ["Sat 00:00-24:00", { days: [6], fromMinute: 0, toMinute: 1440 }],
    ["Mon-Fri", null],
    ["Mo-Fr 09:30-16:00", null],
    ["Mon-Fri 9:30-16:00", null],
    ["Mon-Fri 09:30-25:00", null],
    ["Mon-Fri 09:30-24:30", null],
  ];
  for (const [text, expected] of cases) assert.deepEqual(parseSession(text), expected, text);
});

Deno.test("openTimes() follow the clocks of their zone, holidays and short days, and join what touches", () => {
  const range = { startMs: Date.UTC(2025, 6, 2), endMs: Date.UTC(2025, 6, 4) };
  const iso = (ms: number) => new Date(ms).toISOString().slice(0, 16);
  const inside = openTimes(stocks, range).filter(({ startMs }) =>
    startMs >= range.startMs && startMs < range.endMs
  );
  assert.deepEqual(inside.map(({ startMs, endMs }) => [iso(startMs), iso(endMs)]), [
    ["2025-07-02T13:30", "2025-07-02T20:00"],
    ["2025-07-03T13:30", "2025-07-03T17:00"],
  ]);
  const week = openTimes(fx, { startMs: Date.UTC(2025, 2, 10), endMs: Date.UTC(2025, 2, 11) });
  // clocks changed on the Sunday
  assert.deepEqual(week.map(({ startMs, endMs }) => [iso(startMs), iso(endMs)]).at(-1), [
    "2025-03-09T21:00",
    "2025-03-13T21:00",
  ]);
});

Deno.test("missingInHours() expects bars of any length while a market is open, through a change of clocks, and no others", () => {
  for (
    const [hours, barMs] of [[stocks, minuteMs], [stocks, 30 * minuteMs], [stocks, hourMs], [
      stocks,
      4 * hourMs,
    ], [fx, hourMs]] as const
  ) {
    const opens = barsOf(hours, { from: "2025-02-24T00:00Z", to: "2025-03-22T00:00Z", barMs });
    assert.deepEqual(missingInHours(Float64Array.from(opens), { hours, barMs }), [], `${barMs}`);
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(opens.length - 3), { minLength: 1, maxLength: 12 }), (left) => {
        const gone = new Set(left.map((index) => index + 1));
        const rows = Float64Array.from(opens.filter((_, index) => !gone.has(index)));
        const runs = missingInHours(rows, { hours, barMs })!;
        assert.equal(runs.reduce((sum, run) => sum + run, 0), gone.size);
        assert.equal(runs.length, [...gone].filter((index) => !gone.has(index - 1)).length);
      }),
      { numRuns: 30 },
    );
  }
});

Deno.test("missingInHours() expects a daily row for each day on which a market opens, wherever its days begin", () => {
  const days = ["06", "07", "08", "10", "13", "14", "15", "16", "17", "21", "22"];
  const utc = days.map((day) => Date.parse(`2025-01-${day}T00:00Z`));
  for (const shiftMs of [0, 5 * hourMs, -2 * hourMs]) {
    const rows = Float64Array.from(utc, (ms) => ms + shiftMs);
    assert.deepEqual(missingInHours(rows, { hours: stocks, barMs: dayMs }), [], `${shiftMs}`);
    const without = rows.filter((_, index) => ![2, 5, 6].includes(index));
    assert.deepEqual(missingInHours(without, { hours: stocks, barMs: dayMs }), [1, 2]);
  }
  assert.equal(missingInHours(Float64Array.from(utc), { hours: stocks, barMs: 7 * dayMs }), null);
  assert.deepEqual(missingInHours(new Float64Array(0), { hours: stocks, barMs: dayMs }), []);
});
