import assert from "node:assert/strict";
import fc from "fast-check";
import { catalogue } from "../catalogue/mod.ts";
import { knownInstead, nearestName } from "./nearest_name.ts";

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
