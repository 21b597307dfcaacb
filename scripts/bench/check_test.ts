import assert from "node:assert/strict";
import { requireSame, spread } from "./check.ts";

Deno.test("requireSame() lets 1e-9 of the larger of initial cash and final equity pass and no more", () => {
  requireSame({ what: "x", actual: -50, expected: -50 + 0.9e-7 });
  requireSame({ what: "x", actual: 900, expected: 900 + 0.9e-6 });
  assert.throws(() => requireSame({ what: "x", actual: -50, expected: -50 + 1.1e-7 }), {
    message: /^Cannot trust the result of x: -50 %, the replay gives -49\.9999/,
  });
  assert.throws(() => requireSame({ what: "x", actual: NaN, expected: 0 }));
});

Deno.test("spread() takes everything when there is little and the middle of equal parts otherwise", () => {
  assert.deepEqual(spread(3, 5), [0, 1, 2]);
  assert.deepEqual(spread(100, 4), [12, 37, 62, 87]);
});
