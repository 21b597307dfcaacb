import assert from "node:assert/strict";
import { nearestWithin } from "./near_name.ts";

Deno.test("13 nearestWithin() finds a name at most two letters off, whichever is the longer", () => {
  const near: readonly (readonly [name: string, known: string])[] = [
    ["close", "close"],
    ["clse", "close"],
    ["cloose", "close"],
    ["cle", "close"],
    ["closest", "close"],
    ["cloxx", "close"],
  ];
  for (const [name, known] of near) assert.equal(nearestWithin(name, ["volume", known]), known, name);
  for (const far of ["cl", "closesty", "clxxx", ""]) assert.equal(nearestWithin(far, ["close"]), null, far);
});

Deno.test("13 nearestWithin() prefers fewer edits, then the first by code point, in whatever order names are known", () => {
  for (const known of [["bbbb", "abbb", "aabb"], ["aabb", "abbb", "bbbb"]]) {
    assert.equal(nearestWithin("abbb", known), "abbb");
    assert.equal(nearestWithin("cbbb", known), "abbb");
  }
  assert.equal(nearestWithin("a", []), null);
});
