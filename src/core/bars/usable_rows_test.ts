import assert from "node:assert/strict";
import fc from "fast-check";
import { usableRows } from "./usable_rows.ts";

Deno.test("usableRows() are those of a range in order of time, of one time the last", () => {
  const times = fc.array(fc.integer({ min: 0, max: 12 }), { maxLength: 12 });
  const ascending = fc.uniqueArray(fc.integer({ min: 0, max: 12 })).map((found) =>
    found.sort((a, b) => a - b)
  );
  fc.assert(
    fc.property(fc.oneof(times, ascending), fc.nat(12), fc.nat(12), (times, startMs, endMs) => {
      const last = new Map(times.map((timeMs, row) => [timeMs, row] as const));
      const expected = [...last].filter(([timeMs]) => timeMs >= startMs && timeMs < endMs)
        .sort(([a], [b]) => a - b).map(([, row]) => row);
      const rows = usableRows({ tsOpenMs: Float64Array.from(times) }, { startMs, endMs });
      assert.deepEqual(Array.from({ length: rows.length }, (_, place) => rows.at(place)), expected);
    }),
    { numRuns: 1000 },
  );
});
