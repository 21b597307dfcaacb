import assert from "node:assert/strict";
import fc from "fast-check";
import { trimEndOf, trimOf } from "./trim.ts";

Deno.test("trimOf() and trimEndOf() take away what stands at the ends only", () => {
  const text = fc.string({ unit: fc.constantFrom("a", " ", "\t", "0") });
  fc.assert(fc.property(text, (text) => {
    assert.equal(trimEndOf(text, " \t"), text.replace(/[ \t]+$/, ""));
    assert.equal(trimOf(text, " \t"), text.replace(/^[ \t]+|[ \t]+$/g, ""));
  }));
  assert.equal(trimOf("   ", " "), "");
});
