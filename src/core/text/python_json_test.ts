import assert from "node:assert/strict";
import { compareCodePoints, pythonFloat, pythonInt, pythonString } from "./python_json.ts";

Deno.test("pythonFloat() keeps a point in integral numbers and changes to exponents at 1e-5 and 1e16", () => {
  const texts: [number, string][] = [
    [3, "3.0"],
    [-0.5, "-0.5"],
    [0, "0.0"],
    [-0, "-0.0"],
    [0.1 + 0.2, "0.30000000000000004"],
    [0.0001, "0.0001"],
    [0.00012345, "0.00012345"],
    [0.00001, "1e-05"],
    [1.5e-7, "1.5e-07"],
    [-2.5e-300, "-2.5e-300"],
    [5e-324, "5e-324"],
    [1e15, "1000000000000000.0"],
    [9007199254740993, "9007199254740992.0"],
    [1e16, "1e+16"],
    [1.2345e20, "1.2345e+20"],
    [1e22, "1e+22"],
    [1.7976931348623157e308, "1.7976931348623157e+308"],
  ];
  for (const [value, text] of texts) assert.equal(pythonFloat(value), text);
});

Deno.test("pythonFloat() refuses what JSON cannot hold", () => {
  assert.throws(() => pythonFloat(NaN), /Cannot print NaN/);
  assert.throws(() => pythonFloat(Infinity), /Cannot print Infinity/);
});

Deno.test("pythonInt() prints digits only", () => {
  assert.equal(pythonInt(-7), "-7");
  assert.equal(pythonInt(-0), "0");
  assert.equal(pythonInt(1e21), "1000000000000000000000");
});

Deno.test("pythonString() escapes beyond ASCII only when asked to", () => {
  assert.equal(pythonString('a"b\\\n', { ascii: false }), '"a\\"b\\\\\\n"');
  assert.equal(pythonString("ü↑😀\u007f", { ascii: false }), '"ü↑😀\u007f"');
  assert.equal(pythonString("ü↑😀\u007f", { ascii: true }), '"\\u00fc\\u2191\\ud83d\\ude00\\u007f"');
});

Deno.test("compareCodePoints() puts characters beyond the BMP last", () => {
  assert.deepEqual(["😀", "\uffee", "b", "a", "ab"].sort(compareCodePoints), [
    "a",
    "ab",
    "b",
    "\uffee",
    "😀",
  ]);
});
