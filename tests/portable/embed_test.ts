import { parseRequestText } from "../../src/request/parse.ts";
import assert from "node:assert/strict";
import { ruleProbe } from "../helpers/rule_probe.ts";
import { fileURLToPath } from "node:url";
import { FileCandleSource } from "../../src/adapters/candles/file_candle_source.ts";
import { createPool } from "../../src/adapters/wasm/pool.ts";
import { unknownMarket } from "../../src/core/bars/mod.ts";
import { sha256Hex } from "../../src/core/text/mod.ts";
import { runBacktest } from "../../src/usecases/run_backtest.ts";
import { loadSettings } from "../../src/wiring/settings.ts";
import { findChromium, postedByPage } from "../helpers/chromium.ts";
import { temporaryFolder } from "../helpers/temporary_folder.ts";
import { run } from "./tools.ts";

const root = new URL("../../", import.meta.url);
const example = (name: string) => new URL(`docs/examples/${name}`, root);
const chromium = await findChromium();

interface ExampleResult {
  readonly hash: string;
  readonly variant_key: string;
  readonly total_return_pct: number;
}

Deno.test("docs/examples/embed answers the same bytes in Node, Deno and the worker's engine", async () => {
  await run(Deno.execPath(), ["run", "--node-modules-dir=auto", "-A", "scripts/bundle.ts"]);
  const expected = await withoutEmbedding();
  const node = JSON.parse(await run("node", ["docs/examples/embed/node.mjs"]));
  const deno = JSON.parse(
    await run(Deno.execPath(), [
      "run",
      "--node-modules-dir=auto",
      "--allow-read",
      "docs/examples/embed/deno.ts",
    ]),
  );
  assert.deepEqual({ node, deno }, { node: expected, deno: expected });
});

Deno.test({
  name: "docs/examples/embed answers the same bytes in a browser page and the worker's engine" +
    (chromium === null ? " (skipped: there is no chromium on the PATH)" : ""),
  ignore: chromium === null,
  async fn() {
    await run(Deno.execPath(), ["run", "--node-modules-dir=auto", "-A", "scripts/bundle.ts"]);
    assert.deepEqual(await inPage(chromium!), await withoutEmbedding());
  },
});

/** What the command and the route answer: threads, files and the host's own SHA-256. */
async function withoutEmbedding(): Promise<ExampleResult> {
  const { config, defaults } = await loadSettings(
    { configPath: fileURLToPath(new URL("configs/backtest.yaml", root)) },
    {},
  );
  await using compute = createPool({ threads: 2 });
  const answer = await runBacktest(
    {
      parsed: parseRequestText(await Deno.readTextFile(example("sp500-sma-rsi.json")), "request"),
      reports: "full",
    },
    {
      candles: new FileCandleSource({ path: example("sp500-daily.csv"), label: "candles" }),
      compute,
      rules: ruleProbe,
      defaults,
      config,
      marketOf: () => unknownMarket,
    },
  );
  const [winner] = answer.variants;
  assert.ok(winner);
  const { variant_key, total_return_pct } = winner;
  return { hash: sha256Hex(JSON.stringify(answer)), variant_key, total_return_pct };
}

async function inPage(chromium: string): Promise<unknown> {
  await using folder = await temporaryFolder();
  const posting = `<script>
    document.addEventListener("swept", ({ detail }) =>
      fetch("/result", { method: "POST", body: JSON.stringify(detail) }));
  </script>`;
  const posted = await postedByPage({
    chromium,
    path: "/docs/examples/embed/index.html",
    profile: `${folder.path}/profile`,
    async serve(request) {
      const { pathname } = new URL(request.url);
      const bytes = await Deno.readFile(new URL(`.${pathname}`, root)).catch(() => null);
      if (bytes === null) return new Response(null, { status: 404 });
      if (!pathname.endsWith(".html")) {
        const type = pathname.endsWith(".mjs") ? "text/javascript" : "application/octet-stream";
        return new Response(bytes, { headers: { "content-type": type } });
      }
      const html = new TextDecoder().decode(bytes).replace("</h1>", `</h1>${posting}`);
      return new Response(html, { headers: { "content-type": "text/html" } });
    },
  });
  return JSON.parse(posted);
}
