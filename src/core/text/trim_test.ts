import assert from "node:assert/strict";
import fc from "fast-check";
import { trimEndOf } from "./trim.ts";

Deno.test("trimEndOf() takes away what stands at the end only", () => {
  const text = fc.string({ unit: fc.constantFrom("a", " ", "\t", "0") });
  fc.assert(fc.property(text, (text) => {
    assert.equal(trimEndOf(text, " \t"), text.replace(/[ \t]+$/, ""));
  }));
  assert.equal(trimEndOf("   ", " "), "");
});
