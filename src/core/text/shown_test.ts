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

Deno.test("shown() cuts what is nested deeper than the stack, and leaves what fits as it is", () => {
  for (const [open, close] of [["[", "]"], ['{"a":', "}"]] as const) {
    const text = `${open.repeat(200_000)}1${close.repeat(200_000)}`;
    assert.equal(shown(JSON.parse(text)), `${text.slice(0, 77)}...`);
    const fits = `${open.repeat(13)}1${close.repeat(13)}`;
    assert.equal(shown(JSON.parse(fits)), fits.length <= 80 ? fits : `${fits.slice(0, 77)}...`);
  }
  const wide = Array.from({ length: 1000 }, (_, i) => i);
  assert.equal(shown(wide), `${JSON.stringify(wide).slice(0, 77)}...`);
});
