import assert from "node:assert/strict";
import { inMemberOrder } from "./member_order.ts";

Deno.test("inMemberOrder() orders what is there, leaves away what is not, and keeps the rest last", () => {
  const stored = { zeta: 1, b: 2, alpha: undefined, a: null };
  const ordered = inMemberOrder(stored, ["a", "missing", "b"]);
  assert.deepEqual(Object.entries(ordered), [["a", null], ["b", 2], ["alpha", undefined], ["zeta", 1]]);
});
