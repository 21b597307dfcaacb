import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { findChromium, postedByPage } from "../helpers/chromium.ts";
import { temporaryFolder } from "../helpers/temporary_folder.ts";
import { goldenRun } from "./golden_run.ts";
import { bundle, run } from "./tools.ts";

const root = new URL("../../", import.meta.url);
const wasmFile = new URL("build/backtest.wasm", root);
const candlesFile = new URL("tests/golden/data/candles/synthetic-600-nan.json", root);

const expected = goldenRun(
  await Deno.readFile(wasmFile),
  JSON.parse(await Deno.readTextFile(candlesFile)),
);

Deno.test("the golden run has the same hash in Node", async () => {
  await using folder = await temporaryFolder();
  await bundle("tests/portable/golden_run.ts", `${folder.path}/golden_run.mjs`);
  const script = await folder.write(
    "run.mjs",
    `import { readFileSync } from "node:fs";
     import { goldenRun } from "./golden_run.mjs";
     const [wasm, candles] = process.argv.slice(2).map((path) => readFileSync(path));
     console.log(await goldenRun(wasm, JSON.parse(candles.toString())));`,
  );
  const node = await run("node", [script, fileURLToPath(wasmFile), fileURLToPath(candlesFile)]);
  assert.equal(node.trim(), await expected);
});

const chromium = await findChromium();

Deno.test({
  name: chromium === null
    ? "the golden run has the same hash in Chromium (skipped: there is no chromium on the PATH)"
    : "the golden run has the same hash in Chromium",
  ignore: chromium === null,
  async fn() {
    await using folder = await temporaryFolder();
    await bundle("tests/portable/golden_run.ts", `${folder.path}/golden_run.mjs`);
    const posted = await postedByPage({
      chromium: chromium!,
      serve: (request) => page(new URL(request.url).pathname, folder.path),
      profile: `${folder.path}/profile`,
    });
    assert.equal(posted, await expected);
  },
});

async function page(pathname: string, folder: string): Promise<Response> {
  const file = (path: string | URL, type: string) =>
    Deno.readFile(path).then((bytes) => new Response(bytes, { headers: { "content-type": type } }));
  switch (pathname) {
    case "/":
      return new Response(
        `<!doctype html><script type="module">
          import { goldenRun } from "./golden_run.mjs";
          const load = async (path) => (await fetch(path)).arrayBuffer();
          const candles = JSON.parse(new TextDecoder().decode(await load("/candles.json")));
          const hash = await goldenRun(await load("/backtest.wasm"), candles).catch(String);
          await fetch("/result", { method: "POST", body: hash });
        </script>`,
        { headers: { "content-type": "text/html" } },
      );
    case "/golden_run.mjs":
      return await file(`${folder}/golden_run.mjs`, "text/javascript");
    case "/backtest.wasm":
      return await file(wasmFile, "application/wasm");
    case "/candles.json":
      return await file(candlesFile, "application/json");
    default:
      return new Response(null, { status: 404 });
  }
}
