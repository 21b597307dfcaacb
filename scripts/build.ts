/** Brings `build/backtest.wasm` up to date: copies the shipped module, or compiles where the sources are others. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import process from "node:process";
import { builtModule, compiledModule, shipped, sourcesDigest } from "./wasm_module.ts";

const digestOfBuilt = "build/backtest.sha256";
const digest = sourcesDigest();

mkdirSync("build", { recursive: true });
// a task builds first: this is when the command was given, packages not yet fetched
try {
  writeFileSync("build/started", String(Math.round(performance.timeOrigin)));
} catch {
  // a service that may write nothing, and has nobody to tell
}

if (textOf(digestOfBuilt) !== digest || !existsSync(builtModule)) {
  const isShipped = textOf(shipped.digest) === digest;
  const module = isShipped ? readFileSync(shipped.module) : await compiledModule().catch(failed);
  writeFileSync(builtModule, module);
  writeFileSync(digestOfBuilt, digest);
  console.error(`${isShipped ? "Copied" : "Compiled"} ${builtModule}: ${module.length} bytes`);
}

function textOf(path: string): string | null {
  return existsSync(path) ? readFileSync(path, "utf8").trim() : null;
}

function failed(error: Error): never {
  console.error(error.message);
  process.exit(1);
}
