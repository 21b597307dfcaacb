import { generateDtsBundle } from "dts-bundle-generator";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";

// build/client.d.mts: the types of build/client.mjs with all they are made of, as one file without imports. TypeScript
// finds it beside the module by its name, Deno by the module's first line.

const module = "build/client.mjs";
const typesLine = '// @ts-self-types="./client.d.mts"\n';

const folder = mkdtempSync("build/types-");
try {
  const entry = `${folder}/client.ts`;
  writeFileSync(
    entry,
    `export { BacktestClient } from "../../src/client/client.ts";
     export { ApiError } from "../../src/client/api_error.ts";`,
  );
  const config = `${folder}/tsconfig.json`;
  writeFileSync(
    config,
    JSON.stringify({
      compilerOptions: {
        target: "esnext",
        module: "esnext",
        moduleResolution: "bundler",
        lib: ["esnext", "dom", "dom.iterable", "dom.asynciterable"],
        types: [],
        paths: { "node:crypto": ["../../src/embed/sha256_everywhere.ts"] },
        allowImportingTsExtensions: true,
        emitDeclarationOnly: true,
        strict: true,
        exactOptionalPropertyTypes: true,
        skipLibCheck: true,
      },
    }),
  );
  const [types] = generateDtsBundle([{ filePath: entry, output: { noBanner: true } }], {
    preferredConfigPath: config,
  });
  writeFileSync("build/client.d.mts", types!);
  const code = readFileSync(module, "utf8");
  if (!code.startsWith(typesLine)) writeFileSync(module, typesLine + code);
  console.error(`Described ${module}: build/client.d.mts, ${types!.length} bytes`);
} catch (error) {
  console.error(`Cannot describe ${module}: ${(error as Error).message}`);
  Deno.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true });
}
