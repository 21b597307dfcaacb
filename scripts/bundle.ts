import { stop, transform } from "esbuild";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";

// build/backtest.mjs: the host side of the module as one file for any host. The one thing that not every host has,
// node:crypto, is replaced by a package, and the language is that of Node 20 and of browsers of 2022.

const [output = "build/backtest.mjs"] = Deno.args;
const { imports } = JSON.parse(readFileSync("deno.json", "utf8"));
const sha256 = new URL("../src/embed/sha256_everywhere.ts", import.meta.url).href;

const folder = mkdtempSync("build/bundle-");
try {
  const importMap = `${folder}/import_map.json`;
  writeFileSync(importMap, JSON.stringify({ imports: { ...imports, "node:crypto": sha256 } }));
  const { code } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["bundle", "--quiet", "--no-check", "--platform", "browser", "--import-map", importMap],
      ...["--output", output, "src/embed/embedded_sweep.ts"],
    ],
  }).output();
  if (code !== 0) {
    console.error(
      `Cannot bundle src/embed/embedded_sweep.ts to ${output}: deno bundle ended with code ${code}`,
    );
    Deno.exit(1);
  }
  const { code: lowered } = await transform(readFileSync(output, "utf8"), {
    target: "es2022",
    format: "esm",
  });
  writeFileSync(output, lowered);
  console.error(`Bundled ${output}: ${readFileSync(output).length} bytes`);
} finally {
  await stop();
  rmSync(folder, { recursive: true });
}
