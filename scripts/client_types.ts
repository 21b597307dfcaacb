import { generateDtsBundle } from "dts-bundle-generator";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import * as backtest from "../src/answers/backtest.ts";
import * as candles from "../src/answers/candles.ts";
import * as catalogue from "../src/answers/catalogue.ts";
import * as job from "../src/answers/job.ts";
import * as optimization from "../src/answers/optimization.ts";
import * as parts from "../src/answers/parts.ts";
import * as run from "../src/answers/run.ts";
import * as scenario from "../src/answers/scenario.ts";
import * as strategy from "../src/answers/strategy.ts";
import { answerTypes } from "./answer_types.ts";

// build/client.d.mts: the types of build/client.mjs with all they are made of, as one file without imports. TypeScript
// finds it beside the module by its name, Deno by the module's first line. The types of answers are written out of their
// schemas, so that they need no package.

const module = "build/client.mjs";
const typesLine = '// @ts-self-types="./client.d.mts"\n';

const folder = mkdtempSync("build/types-");
try {
  writeFileSync(
    `${folder}/answers.ts`,
    answerTypes([parts, backtest, candles, catalogue, job, optimization, run, scenario, strategy]),
  );
  mkdirSync(`${folder}/client`);
  for (const name of readdirSync("src/client").filter((name) => name.endsWith(".ts"))) {
    const source = readFileSync(`src/client/${name}`, "utf8")
      .replaceAll(/"\.\.\/answers\/\w+\.ts"/g, '"../answers.ts"')
      .replaceAll('"../core/', '"../../../src/core/');
    writeFileSync(`${folder}/client/${name}`, source);
  }
  const entry = `${folder}/client.ts`;
  writeFileSync(
    entry,
    `export { BacktestClient } from "./client/client.ts";
     export { ApiError } from "./client/api_error.ts";`,
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
