import assert from "node:assert/strict";
import { axisSchema } from "./axis.ts";

const accepts = (axis: unknown) => axisSchema.safeParse(axis).success;

Deno.test("13 an axis is a list of unique values or a range that does not run backwards", () => {
  const range = { mode: "range", start: 5, stop_incl: 5, step: 1 };
  assert.ok(accepts(range), "a range of one value");
  assert.ok(accepts({ ...range, start: 4.5 }));
  assert.ok(!accepts({ ...range, start: 5.1 }));
  assert.ok(!accepts({ ...range, step: 0 }));
  assert.ok(!accepts({ ...range, step: -1 }));
  assert.ok(!accepts({ ...range, values: [1] }));
  assert.ok(accepts({ mode: "explicit", values: [1] }));
  assert.ok(accepts({ mode: "explicit", values: [1, "close", 2] }));
  assert.ok(!accepts({ mode: "explicit", values: [1, 2, 1] }));
  assert.ok(!accepts({ mode: "explicit", values: [] }));
  assert.ok(!accepts({ mode: "explicit", values: [true] }));
});

Deno.test("13 an axis need not say its mode where its members tell it", () => {
  assert.deepEqual(axisSchema.parse({ values: [3, 4] }), { mode: "explicit", values: [3, 4] });
  const range = { start: 1, stop_incl: 9, step: 2 };
  assert.deepEqual(axisSchema.parse(range), { mode: "range", ...range });
  for (const none of [{}, { step: 1 }, [1, 2], null, 7, "explicit", { mode: "list", values: [1] }]) {
    assert.ok(!accepts(none), JSON.stringify(none));
  }
});
