/**
 * Compiles the module and keeps it beside its sources. `--check` writes nothing and exits 1 with one line when the
 * sources have changed since.
 *
 * Usage: `deno task ship [--check]`
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import process from "node:process";
import { compiledModule, shipped, sourcesDigest } from "./wasm_module.ts";

const digest = sourcesDigest();

if (process.argv[2] === "--check") {
  const kept = readFileSync(shipped.digest, "utf8").trim();
  if (kept !== digest) {
    console.error(`${shipped.module} is stale: run deno task ship`);
    process.exit(1);
  }
} else {
  const module = await compiledModule();
  mkdirSync("assembly/shipped", { recursive: true });
  writeFileSync(shipped.module, module);
  writeFileSync(shipped.digest, `${digest}\n`);
  console.error(`Shipped ${shipped.module}: ${module.length} bytes`);
}
