import assert from "node:assert/strict";
import { catalogue } from "../src/core/catalogue/mod.ts";
import { withoutTalib } from "../tests/oracle/talib/rules.ts";
import { indicatorDocs, withoutPeer } from "./indicator_docs.ts";

Deno.test("S000-52 the committed indicator docs are fresh", async () => {
  const committed = await Deno.readTextFile(new URL("../docs/indicators.md", import.meta.url));
  assert.equal(committed, indicatorDocs(), "run scripts/indicator_docs.ts");
});

Deno.test("indicatorDocs() has a row for every id and says which one looks ahead", () => {
  const text = indicatorDocs();
  for (const { id } of catalogue) assert.ok(text.includes(`\n| \`${id}\` | `), id);
  assert.equal(text.match(/bars of the future/g)?.length, 1);
});

Deno.test("indicatorDocs() names the indicators that TA-Lib has no function for", () => {
  assert.deepEqual(withoutPeer, Object.keys(withoutTalib));
});

Deno.test("indicatorDocs() says lookbacks, and of each of the six standard indicators where it differs", () => {
  const text = indicatorDocs();
  assert.ok(text.includes("| 47: ema(window) |"));
  const differing = [
    "trend.aroon",
    "trend.psar",
    ...["ad_line", "cmf", "mfi", "obv"].map((id) => `volume.${id}`),
  ];
  const table = text.slice(text.indexOf("## Differs from the reference"));
  for (const id of differing) assert.ok(table.includes(`\n| \`${id}\` | `), id);
});
