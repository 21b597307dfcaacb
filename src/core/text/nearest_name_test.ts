import assert from "node:assert/strict";
import fc from "fast-check";
import { catalogue } from "../catalogue/mod.ts";
import { editDistance, knownInstead, nearestName } from "./nearest_name.ts";

const ids = catalogue.map(({ id }) => id);

Deno.test("nearestName() finds short, misspelled and swapped names", () => {
  assert.equal(nearestName("rsi", ids), "momentum.rsi");
  assert.equal(nearestName("trend.rsi", ids), "momentum.rsi");
  assert.equal(nearestName("momentum.rsy", ids), "momentum.rsi");
  assert.equal(nearestName("MOMENTUM.RSI ", ids), "momentum.rsi");
  assert.equal(nearestName("momnetum.rsi", ids), "momentum.rsi");
  assert.equal(nearestName("long", ["long_threshold", "short_threshold"]), "long_threshold");
  assert.equal(nearestName("topk", ["top_k", "top_trades_n", "time_range"]), "top_k");
});

Deno.test("nearestName() prefers a misspelt letter to a short name that is a part of what was written", () => {
  const risk = ["sl_enabled", "tp_enabled", "sl", "tp", "sl_pct", "tp_pct"];
  assert.equal(nearestName("sl_enabld", risk), "sl_enabled");
  assert.equal(nearestName("tp_enbaled", risk), "tp_enabled");
  assert.equal(nearestName("sl_pc", risk), "sl_pct");
  assert.equal(nearestName("sl_x", risk), "sl");
  assert.equal(nearestName("momentum.rsi.14", ids), "momentum.rsi");
});

Deno.test("nearestName() finds nothing where nothing is like it", () => {
  for (const name of ["", " ", "unheard of", "x".repeat(10_000), "zzz"]) {
    assert.equal(nearestName(name, ids), null, name);
  }
  assert.equal(nearestName("rsi", []), null);
});

Deno.test("nearestName() of a known name is that name, and never depends on the order of names", () => {
  fc.assert(fc.property(fc.constantFrom(...ids), fc.string(), (id, any) => {
    assert.equal(nearestName(id, ids), id);
    assert.equal(nearestName(any, ids), nearestName(any, ids.toReversed()));
  }));
});

Deno.test("knownInstead() names the nearest and all", () => {
  assert.equal(
    knownInstead("windw", ["source", "window"]),
    '; nearest is "window"; known are source, window',
  );
  assert.equal(knownInstead("q", ["source"]), "; known are source");
  assert.equal(knownInstead("q", []), "; there are none");
});

Deno.test("nearestName() compares names of 64 characters, and none that are longer", () => {
  const known = "a".repeat(64);
  assert.equal(nearestName(known, [known]), known);
  assert.equal(nearestName(`  ${known}  `, [known]), known);
  assert.equal(nearestName(`${known}a`, [known]), null);
});

Deno.test("nearestName() lets a third of the letters differ, and one at least", () => {
  // 9 letters: 3 may differ
  assert.equal(nearestName("abcdefxyz", ["abcdefghi"]), "abcdefghi");
  assert.equal(nearestName("abcdewxyz", ["abcdefghi"]), null);
  assert.equal(nearestName("ax", ["ab"]), "ab");
  assert.equal(nearestName("xy", ["ab"]), null);
});

Deno.test("editDistance() counts letters added, left out, replaced and swapped with their neighbour", () => {
  const cases: readonly (readonly [a: string, b: string, changes: number])[] = [
    ["", "", 0],
    ["", "abc", 3],
    ["abc", "", 3],
    ["abc", "abc", 0],
    ["abc", "abd", 1],
    ["abc", "abcd", 1],
    ["bcd", "abcd", 1],
    ["abcd", "abdc", 1],
    ["ab", "ba", 1],
    ["abcdef", "badcfe", 3],
    // a swap is no letter for others to be added to
    ["ca", "abc", 3],
    ["kitten", "sitting", 3],
  ];
  for (const [a, b, changes] of cases) {
    assert.equal(editDistance(a, b), changes, `${a} ${b}`);
    assert.equal(editDistance(b, a), changes, `${b} ${a}`);
  }
});
