import assert from "node:assert/strict";
import { shown } from "./shown.ts";

Deno.test("shown() writes JSON on one line", () => {
  assert.equal(shown("a\nb"), '"a\\nb"');
  assert.equal(shown({ a: [1n, null] }), '{"a":[1,null]}');
  assert.equal(shown(undefined), "undefined");
  assert.equal(shown(NaN), "NaN");
  assert.equal(shown(12n), "12");
});

Deno.test("shown() cuts to 80 characters", () => {
  assert.equal(shown("x".repeat(78)).length, 80);
  assert.equal(shown("x".repeat(79)), `"${"x".repeat(76)}...`);
});
