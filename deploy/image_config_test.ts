import assert from "node:assert/strict";
import { imageConfig } from "./image_config.ts";

const config = {
  nodeModulesDir: "manual",
  compilerOptions: { strict: true },
  imports: {
    "csv-parse": "npm:csv-parse@7.0.3",
    "@noble/hashes/": "npm:/@noble/hashes@2.4.0/",
    "@hono/zod-openapi": "npm:@hono/zod-openapi@1.6.3",
    "fast-check": "npm:fast-check@4.10.2",
  },
  tasks: {},
};

Deno.test("imageConfig() keeps what is imported, and nothing else", () => {
  const specifiers = ["node:fs", "file:///app/src/main.ts", "npm:/csv-parse@7.0.3/sync"];
  assert.deepEqual(imageConfig(config, specifiers), {
    nodeModulesDir: "auto",
    imports: { "csv-parse": "npm:csv-parse@7.0.3" },
    compilerOptions: { strict: true },
  });
});

Deno.test("imageConfig() tells scoped packages and folders of packages", () => {
  const { imports } = imageConfig(config, [
    "npm:/@noble/hashes@2.4.0/sha2.js",
    "npm:/@hono/zod-openapi@1.6.3",
  ]);
  assert.deepEqual(Object.keys(imports), ["@noble/hashes/", "@hono/zod-openapi"]);
});

Deno.test("imageConfig() refuses an import it cannot tell the package of", () => {
  const imports = { std: "jsr:@std/path@1" };
  assert.throws(() => imageConfig({ imports }, []), /Cannot tell the package of "jsr:@std\/path@1"/);
});
