import assert from "node:assert/strict";
import { docsAsset } from "./docs_asset.ts";

Deno.test("docsAsset() answers the files of the pinned package, and nothing else", async () => {
  const script = await docsAsset("swagger-ui-bundle.js");
  assert.match(new TextDecoder().decode(script!.body), /SwaggerUIBundle/);
  assert.equal(script!.contentType, "text/javascript; charset=utf-8");
  assert.ok((await docsAsset("swagger-ui.css"))!.body.length > 1000);
  assert.deepEqual(
    [...(await docsAsset("favicon-32x32.png"))!.body.slice(1, 4)],
    [..."PNG"].map((c) => c.charCodeAt(0)),
  );
  for (const name of ["package.json", "../zod/package.json", "toString", ""]) {
    assert.equal(await docsAsset(name), null, name);
  }
});
