import { readdirSync, statSync } from "node:fs";
import process from "node:process";
import { main as assemble } from "assemblyscript/asc";

const output = "build/backtest.wasm";
const inputs = ["asconfig.json", "deno.json", ...sourcesUnder("assembly")];

if (isStale(output, inputs)) {
  const { error, stderr } = await assemble(["--config", "asconfig.json", "--target", "release"]);
  if (error !== null) {
    console.error(`Cannot compile assembly/index.ts to ${output}: ${error.message}\n${stderr.toString()}`);
    process.exit(1);
  }
  console.error(`Compiled ${output}: ${statSync(output).size} bytes`);
}

/** Missing, or older than any of the files it is made from. */
function isStale(file: string, sources: readonly string[]): boolean {
  const built = statSync(file, { throwIfNoEntry: false });
  return built === undefined || sources.some((source) => statSync(source).mtimeMs > built.mtimeMs);
}

function sourcesUnder(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => `${folder}/${name}`);
}
