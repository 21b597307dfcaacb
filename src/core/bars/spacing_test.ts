import assert from "node:assert/strict";
import { looksLikeCloses, openOfClose } from "./close_stamps.ts";
import { storedSpacingMs } from "./spacing.ts";

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

Deno.test("looksLikeCloses() and openOfClose() know stamps a millisecond or a second before the end", () => {
  for (const lag of [1, secondMs]) {
    for (const spacing of [minuteMs, hourMs, dayMs, 7 * dayMs]) {
      const closes = times(...[4, 11, 18].map((day) => day * dayMs + spacing - lag));
      assert.ok(looksLikeCloses(closes, spacing));
      assert.equal(openOfClose(closes[0]!, spacing), 4 * dayMs);
    }
  }
  assert.equal(openOfClose(5 * minuteMs, minuteMs), 4 * minuteMs);
  assert.ok(!looksLikeCloses(times(0, hourMs), hourMs));
  assert.ok(!looksLikeCloses(times(hourMs - 1, 2 * hourMs - secondMs), hourMs));
  assert.ok(!looksLikeCloses(times(999, 1999), secondMs));
});
