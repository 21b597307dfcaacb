import assert from "node:assert/strict";
import { shown, shownTime } from "./shown.ts";

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

Deno.test("shownTime() shows a date as far away as there are dates, and the number beyond", () => {
  assert.equal(shownTime(8.64e15), "+275760-09-13T00:00:00Z");
  assert.equal(shownTime(-8.64e15), "-271821-04-20T00:00:00Z");
  for (const ms of [8.64e15 + 1, -8.64e15 - 1, Infinity, NaN]) assert.equal(shownTime(ms), String(ms));
});

Deno.test("shown() shows 80 members and levels as they are, before what is longer is cut", () => {
  assert.equal(shown([undefined, () => 1, new Date(0)]), '[null,null,"1970-01-01T00:00:00.000Z"]');
  assert.equal(shown({ a: undefined, b: 9n }), '{"b":9}');
  const empty = Array.from({ length: 39 }, () => "");
  assert.equal(shown(empty.slice(0, 26)), `[${Array(26).fill('""').join()}]`);
  assert.equal(shown(empty), `${JSON.stringify(empty).slice(0, 77)}...`);
});
