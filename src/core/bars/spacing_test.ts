import assert from "node:assert/strict";
import { looksLikeCloses, openOfClose } from "./close_stamps.ts";
import { SpacingTeller, spacingText, storedSpacingMs } from "./spacing.ts";
import { monthMs } from "./timeframe.ts";

const [secondMs, minuteMs, hourMs, dayMs] = [1000, 60_000, 3_600_000, 86_400_000];
const times = (...all: readonly number[]) => Float64Array.from(all);

Deno.test("storedSpacingMs() is the smallest spacing where the others are gaps of it", () => {
  assert.equal(storedSpacingMs(times(0, minuteMs, 5 * minuteMs, 9 * minuteMs)), minuteMs);
  assert.equal(storedSpacingMs(times(0, 3 * dayMs, 4 * dayMs)), dayMs);
  assert.equal(storedSpacingMs(times(0, secondMs)), secondMs);
});

Deno.test("storedSpacingMs() is not taken in by stamps that are late, days of 25 hours and odd rows", () => {
  const late = Float64Array.from({ length: 200 }, (_, i) => i * hourMs + (i % 7 === 6 ? secondMs : 0));
  assert.equal(storedSpacingMs(late), hourMs);
  const days = [0, 1, 2, 3].map((day) => day * dayMs);
  assert.equal(storedSpacingMs(times(...days, 4 * dayMs + hourMs, 5 * dayMs + hourMs)), dayMs);
  assert.equal(storedSpacingMs(times(...days, 3 * dayMs + 16 * hourMs)), dayMs);
  const jittered = Float64Array.from({ length: 100 }, (_, i) => i * minuteMs + i * 7919 % 1301);
  assert.equal(storedSpacingMs(jittered), minuteMs);
});

Deno.test("13 storedSpacingMs() of irregular stamps is whole minutes from about one minute on, else whole seconds", () => {
  // no spacing is a multiple of the smallest; the second of three is the middle one
  const of = (middle: number) => storedSpacingMs(times(0, middle - 7, 2 * middle - 7, 3 * middle));
  assert.equal(of(61_234), minuteMs);
  assert.equal(of(91_000), 2 * minuteMs);
  assert.equal(of(54_001), minuteMs);
  assert.equal(of(53_001), 53 * secondMs);
  assert.equal(of(1400), secondMs);
  assert.equal(of(1000), secondMs);
  assert.equal(of(900), 900);
});

Deno.test("15 storedSpacingMs() of months is their mean length, also where some are left out or begin in another zone", () => {
  const first = (hour: number, months: readonly number[]) =>
    times(...months.map((month) => Date.UTC(2023, month, 1, hour)));
  for (const months of [[0, 1, 2], [0, 1, 2, 3, 6, 7, 20, 21], Array.from({ length: 300 }, (_, i) => i)]) {
    assert.equal(storedSpacingMs(first(0, months)), monthMs);
  }
  const berlin = times(...[0, 1, 2, 3, 4].map((n) => Date.UTC(2024, n, 1, n < 3 ? -1 : -2)));
  assert.equal(storedSpacingMs(berlin), monthMs);
  const teller = new SpacingTeller();
  for (const timeMs of berlin) teller.take(timeMs);
  assert.equal(teller.spacingMs, monthMs);
  // July to September are all 31 days apart
  assert.equal(storedSpacingMs(first(0, [6, 7, 8])), monthMs);
  assert.equal(storedSpacingMs(first(-5, [6, 7])), monthMs);
  const two = new SpacingTeller();
  for (const month of [6, 7]) two.take(Date.UTC(2024, month));
  assert.equal(two.spacingMs, monthMs);
  // quarters, four weeks, thirty days are none
  assert.notEqual(storedSpacingMs(first(0, [0, 3, 6, 9, 12])), monthMs);
  for (const days of [28, 30, 31]) {
    assert.equal(storedSpacingMs(times(...[0, 1, 2, 5].map((n) => n * days * dayMs))), days * dayMs);
  }
  assert.deepEqual([monthMs, 7 * dayMs, 14 * dayMs, hourMs].map(spacingText), ["1M", "1w", "14d", "1h"]);
});

Deno.test("13 SpacingTeller says of rows that come one by one what storedSpacingMs() says of all of them", () => {
  for (const all of [[0, 5, 10, 25], [0, 61_227, 122_461, 183_702], [0, 893, 1793, 2700, 3593], [3, 9]]) {
    const teller = new SpacingTeller();
    for (const timeMs of all) teller.take(timeMs);
    assert.equal(teller.spacingMs, storedSpacingMs(times(...all)));
  }
  const one = new SpacingTeller();
  one.take(5);
  assert.deepEqual([one.spacingMs, one.smallestMs], [null, null]);
  one.take(9);
  one.take(12);
  assert.equal(one.smallestMs, 3);
});

Deno.test("looksLikeCloses() and openOfClose() know stamps a millisecond or a second before the end", () => {
  for (const lag of [1, secondMs]) {
    for (const spacing of [minuteMs, hourMs, dayMs, 7 * dayMs]) {
      const closes = times(...[4, 11, 18].map((day) => day * dayMs + spacing - lag));
      assert.ok(looksLikeCloses(closes, spacing));
      assert.equal(openOfClose(closes[0]!, spacing), 4 * dayMs);
    }
  }
  assert.equal(openOfClose(5 * minuteMs, minuteMs), 4 * minuteMs);
  for (const close of ["2024-02-29T23:59:59.999Z", "2024-03-01T00:00:00Z", "2024-02-29T00:00:00Z"]) {
    assert.equal(openOfClose(Date.parse(close), monthMs), Date.UTC(2024, 1), close);
  }
  assert.equal(openOfClose(Date.parse("2024-03-01T05:00:00Z"), monthMs), Date.UTC(2024, 1, 1, 5));
  assert.ok(!looksLikeCloses(times(0, hourMs), hourMs));
  assert.ok(!looksLikeCloses(times(hourMs - 1, 2 * hourMs - secondMs), hourMs));
  assert.ok(!looksLikeCloses(times(999, 1999), secondMs));
});
