import assert from "node:assert/strict";
import fc from "fast-check";
import { RowPlaces } from "./row_places.ts";

Deno.test("RowPlaces finds the line of every row, with blank lines anywhere", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 50 }), (steps) => {
      const places = new RowPlaces();
      let line = 1;
      const lines = steps.map((step) => line += step);
      for (const line of lines) places.add(line);
      assert.deepEqual(lines.map((_, row) => places.lineOf(row)), lines);
    }),
  );
});
