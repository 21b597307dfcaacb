import assert from "node:assert/strict";
import { listLimit } from "./list_limit.ts";

Deno.test("listLimit() takes 1 to 250, and 50 where nothing is said", () => {
  assert.deepEqual([undefined, 1, 250].map((limit) => listLimit(limit, "Jobs")), [50, 1, 250]);
  for (
    const [limit, code, bound] of [
      [0, "greater_than", "> 0"],
      [-1, "greater_than", "> 0"],
      [
        1.5,
        "greater_than",
        "> 0",
      ],
      [NaN, "greater_than", "> 0"],
      [251, "max_value", "<= 250"],
    ] as const
  ) {
    assert.throws(() => listLimit(limit, "Jobs"), {
      code: "validation_error",
      message: `Jobs list limit must be ${bound}, got ${limit}`,
      details: { errors: [{ path: "query.limit", code, message: `limit must be ${bound}` }] },
    });
  }
});
