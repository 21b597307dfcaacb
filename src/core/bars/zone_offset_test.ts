import assert from "node:assert/strict";
import fc from "fast-check";
import { isZone, localMoments, zoneOffsets } from "./zone_offset.ts";

const hourMs = 3_600_000;

Deno.test("localMoments() gives two moments where clocks are put back and none where they are put forward", () => {
  const newYork = localMoments("America/New_York");
  assert.deepEqual(newYork(Date.UTC(2024, 10, 3, 0, 30)), [Date.UTC(2024, 10, 3, 4, 30)]);
  assert.deepEqual(
    newYork(Date.UTC(2024, 10, 3, 1, 30)),
    [5.5, 6.5].map((h) => Date.UTC(2024, 10, 3) + h * hourMs),
  );
  assert.deepEqual(newYork(Date.UTC(2024, 10, 3, 2, 0)), [Date.UTC(2024, 10, 3, 7)]);
  assert.deepEqual(newYork(Date.UTC(2024, 2, 10, 2, 30)), []);
  assert.deepEqual(newYork(Date.UTC(2024, 2, 10, 3, 0)), [Date.UTC(2024, 2, 10, 7)]);
});

Deno.test("localMoments() finds every moment again from what the clocks show", () => {
  const zones = ["America/New_York", "Europe/Berlin", "Asia/Kolkata", "Australia/Lord_Howe", "UTC"];
  const anyTime = fc.integer({ min: Date.UTC(1900, 0) / 1000, max: Date.UTC(2050, 0) / 1000 });
  fc.assert(
    fc.property(
      fc.constantFrom(...zones),
      fc.array(anyTime, { minLength: 1, maxLength: 8 }),
      (zone, times) => {
        const [offsetAt, moments] = [zoneOffsets(zone), localMoments(zone)];
        for (const seconds of times) {
          const epochMs = seconds * 1000;
          const found = moments(epochMs + offsetAt(epochMs));
          assert.ok(found.includes(epochMs), `${zone} ${epochMs}: ${found}`);
          assert.deepEqual(found, [...found].sort((a, b) => a - b));
        }
      },
    ),
  );
});

Deno.test("isZone() knows the names of the zone database", () => {
  assert.deepEqual(["America/New_York", "UTC", "Mars/Olympus", ""].map(isZone), [true, true, false, false]);
});
