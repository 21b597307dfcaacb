import { stop, transform } from "esbuild";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";

// build/backtest.mjs: the host side of the module as one file for any host. build/client.mjs: the client of the API as
// one file. The one thing that not every host has, node:crypto, is replaced by a package, and the language is that of
// Node 20 and of browsers of 2022.

const clientBundle = "build/client.mjs";
const { imports } = JSON.parse(readFileSync("deno.json", "utf8"));
const sha256 = new URL("../src/embed/sha256_everywhere.ts", import.meta.url).href;
const source = (path: string) => JSON.stringify(new URL(`../src/${path}`, import.meta.url).href);

const folder = mkdtempSync("build/bundle-");
try {
  const importMap = `${folder}/import_map.json`;
  writeFileSync(importMap, JSON.stringify({ imports: { ...imports, "node:crypto": sha256 } }));
  await bundle("src/embed/embedded_sweep.ts", { importMap, output: "build/backtest.mjs" });
  const client = `${folder}/client.ts`;
  writeFileSync(
    client,
    `export { BacktestClient } from ${source("client/client.ts")};
     export { ApiError } from ${source("client/api_error.ts")};`,
  );
  await bundle(client, { importMap, output: clientBundle });
} catch (error) {
  console.error((error as Error).message);
  Deno.exitCode = 1;
} finally {
  await stop();
  rmSync(folder, { recursive: true });
}

async function bundle(
  entry: string,
  { importMap, output }: { readonly importMap: string; readonly output: string },
): Promise<void> {
  const { code } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...[
        "bundle",
        "--node-modules-dir=auto",
        "--quiet",
        "--no-check",
        "--platform",
        "browser",
        "--import-map",
        importMap,
      ],
      ...["--output", output, entry],
    ],
  }).output();
  if (code !== 0) throw new Error(`Cannot bundle ${entry} to ${output}: deno bundle ended with code ${code}`);
  const { code: lowered } = await transform(readFileSync(output, "utf8"), {
    target: "es2022",
    format: "esm",
    // a page loads the client; names stay readable in its error traces
    minifyWhitespace: output === clientBundle,
    minifySyntax: output === clientBundle,
  });
  writeFileSync(output, lowered);
  console.error(`Bundled ${output}: ${readFileSync(output).length} bytes`);
}
