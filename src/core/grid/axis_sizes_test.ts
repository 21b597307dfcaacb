import assert from "node:assert/strict";
import { sizesText } from "./axis_sizes.ts";

const axis = (name: string, values: number, byDefault = false) => ({ name, values, byDefault });

Deno.test("sizesText() names the axes that multiply, longest first and equal ones by name, and which nobody sent", () => {
  assert.equal(sizesText([]), "");
  assert.equal(sizesText([axis("a", 1), axis("b", 0)]), "");
  assert.equal(sizesText([axis("c", 2), axis("a", 1), axis("b", 2), axis("d", 9)]), "; axes: d 9, b 2, c 2");
  assert.equal(
    sizesText([axis("a", 2), axis("b", 3, true)]),
    "; axes: b 3 (default), a 2; send an axis to replace its default",
  );
});

Deno.test("sizesText() names twelve axes and counts the others", () => {
  const axes = (count: number) => Array.from({ length: count }, (_, i) => axis(`a${i}`, 100 - i));
  const twelve = `; axes: ${axes(12).map(({ name, values }) => `${name} ${values}`).join(", ")}`;
  assert.equal(sizesText(axes(12)), twelve);
  assert.equal(sizesText(axes(13)), `${twelve}, and 1 more`);
  assert.equal(sizesText(axes(15)), `${twelve}, and 3 more`);
  // a default that is not among the named ones is one all the same
  assert.match(sizesText([...axes(12), axis("z", 2, true)]), /, and 1 more; send an axis/);
});
