import assert from "node:assert/strict";
import fc from "fast-check";
import { canonicalJson } from "./canonical_json.ts";
import { sha256Hex } from "./sha256.ts";

Deno.test("canonicalJson() equals the known answer and its hash", () => {
  const value = { b: 1, a: [true, null, "é\u007f\n/😀"], é: 1.0, Z: -0, n: 1e21, m: 1e-7 };
  const text =
    '{"Z":0,"a":[true,null,"\\u00e9\\u007f\\n/\\ud83d\\ude00"],"b":1,"m":1e-7,"n":1e+21,"\\u00e9":1}';
  assert.equal(canonicalJson(value), text);
  assert.equal(sha256Hex(text), "cc59f42fd13113b4824625daab6d300f8598234a28ba0db689767a3d3787c649");
});

Deno.test("canonicalJson() sorts astral keys behind U+FFFD", () => {
  assert.equal(canonicalJson({ "😀": 1, "\ufffd": 2, a: 3 }), '{"a":3,"\\ufffd":2,"\\ud83d\\ude00":1}');
});

Deno.test("canonicalJson() drops undefined members and keeps null", () => {
  assert.equal(canonicalJson({ a: undefined, b: null }), '{"b":null}');
});

Deno.test("canonicalJson() refuses what JSON cannot carry", () => {
  for (const value of [NaN, Infinity, 1n, undefined, [undefined], () => 1, new Date(0), new Map()]) {
    assert.throws(() => canonicalJson({ a: value === undefined ? [value] : value }), TypeError);
  }
});

Deno.test("S000-40 canonicalJson() does not depend on member order", () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => {
    assert.equal(canonicalJson(reversed(value)), canonicalJson(value));
  }));
});

Deno.test("canonicalJson() is ASCII that parses back to the same value", () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => {
    const text = canonicalJson(value);
    assert.match(text, /^[\x20-\x7e]*$/);
    assert.equal(canonicalJson(JSON.parse(text)), text);
  }));
});

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).reverse().map(([key, member]) => [key, reversed(member)]));
}
