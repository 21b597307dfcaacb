/**
 * The module of kernels, from its sources. The compiler is a large package that is loaded only where something is
 * compiled, so that a first command on a new machine need not fetch it.
 */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";

/** Where programs load the module from. */
export const builtModule = "build/backtest.wasm";

/** The module as it is kept beside its sources, and the digest of those. */
export const shipped = {
  module: "assembly/shipped/backtest.wasm",
  digest: "assembly/shipped/sources.sha256",
};

/** SHA-256 in hex of all that the module is made from: sources, options and the compiler's version. */
export function sourcesDigest(): string {
  const hash = createHash("sha256");
  const sources = readdirSync("assembly", { recursive: true, encoding: "utf8" })
    .map((name) => `assembly/${name.replaceAll("\\", "/")}`)
    .filter((name) => name.endsWith(".ts") && !name.endsWith("_test.ts"))
    .sort();
  for (const path of ["asconfig.json", ...sources]) hash.update(`${path}\n`).update(readFileSync(path));
  return hash.update(compilerVersion()).digest("hex");
}

/** Compiles the sources. Throws with the compiler's messages. */
export async function compiledModule(): Promise<Uint8Array> {
  const { main } = await import("assemblyscript/asc");
  let module: Uint8Array | undefined;
  const { error, stderr } = await main(["--config", "asconfig.json", "--target", "release"], {
    writeFile: (name, contents) => {
      if (name === builtModule && typeof contents !== "string") module = contents;
    },
  });
  if (error === null && module !== undefined) return module;
  throw new Error(`Cannot compile assembly/index.ts: ${error?.message ?? "no module"}\n${stderr.toString()}`);
}

function compilerVersion(): string {
  const { imports } = JSON.parse(readFileSync("deno.json", "utf8")) as { imports: Record<string, string> };
  return imports["assemblyscript/asc"]!;
}
