import assert from "node:assert/strict";
import { catalogue } from "../src/core/catalogue.ts";
import { indicatorDocs } from "./indicator_docs.ts";

Deno.test("S000-52 the committed indicator docs are fresh", async () => {
  const committed = await Deno.readTextFile(new URL("../docs/indicators.md", import.meta.url));
  assert.equal(committed, indicatorDocs(), "run scripts/indicator_docs.ts");
});

Deno.test("indicatorDocs() has a row for every id and says which one looks ahead", () => {
  const text = indicatorDocs();
  for (const { id } of catalogue) assert.ok(text.includes(`\n| \`${id}\` | `), id);
  assert.equal(text.match(/bars of the future/g)?.length, 1);
});
