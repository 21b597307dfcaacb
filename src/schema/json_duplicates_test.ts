import assert from "node:assert/strict";
import fc from "fast-check";
import { duplicateMember } from "./json_duplicates.ts";

Deno.test("duplicateMember() finds the second of two members in the same object, wherever it is", () => {
  const cases: readonly [string, string, number][] = [
    ['{"a":1,"a":2}', "a", 7],
    ['{"a":{"b":[1,{"c":"a,\\"}{","c":0}]}}', "a.b.1.c", 27],
    ['{"a":1,"\\u0061":2}', "a", 7],
    ['[{"":0},{"":0,"x":[],"":1}]', "1.", 21],
  ];
  for (const [text, path, offset] of cases) {
    const found = duplicateMember(text);
    assert.deepEqual([found?.path, found?.offset], [path, offset], text);
  }
});

Deno.test("duplicateMember() finds nothing in what JSON.stringify() writes, and one member that is put in again", () => {
  fc.assert(fc.property(fc.jsonValue(), fc.integer({ min: 0, max: 2 }), (value, indent) => {
    assert.equal(duplicateMember(JSON.stringify(value, null, indent)), null);
  }));
  fc.assert(fc.property(fc.dictionary(fc.string(), fc.jsonValue(), { minKeys: 1 }), (object) => {
    const name = Object.keys(object)[0]!;
    const text = `${JSON.stringify(object).slice(0, -1)}, ${JSON.stringify(name)}: null}`;
    assert.equal(duplicateMember(text)?.name, name);
  }));
});
