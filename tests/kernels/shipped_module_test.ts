import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { compiledModule, shipped, sourcesDigest } from "../../scripts/wasm_module.ts";

Deno.test("the shipped module is, byte by byte, what the compiler makes of assembly/", async () => {
  assert.equal(readFileSync(shipped.digest, "utf8").trim(), sourcesDigest(), "stale: run deno task ship");
  assert.ok(readFileSync(shipped.module).equals(await compiledModule()), "run deno task ship");
});
