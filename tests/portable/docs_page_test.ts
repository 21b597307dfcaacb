import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { operationsOf } from "../helpers/any_request.ts";
import { apiWorld } from "../helpers/api_world.ts";
import { findChromium } from "../helpers/chromium.ts";
import type { DocsPageVisit } from "./docs_page_visit.ts";

const chromium = await findChromium();

Deno.test({
  name: chromium === null
    ? "GET /docs shows every operation in a browser (skipped: there is no chromium on the PATH)"
    : "GET /docs shows every operation in a browser, asks no other host, and nothing is refused",
  ignore: chromium === null,
  async fn() {
    const { api, send } = apiWorld();
    await using server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen() {} },
      (request) => api.fetch(request),
    );
    const origin = `http://127.0.0.1:${server.addr.port}`;
    const operations = operationsOf((await send("GET", "/openapi.json")).json);
    const visit = await visited(chromium!, `${origin}/docs`);
    assert.match(visit.contentSecurityPolicy, /default-src 'none'/);
    assert.deepEqual(visit.shown.toSorted(), operations.map(({ path }) => path).sort());
    assert.match(visit.triedOut, /^200/);
    assert.ok(visit.requests.includes(`${origin}/healthz`), visit.requests.join());
    assert.deepEqual(visit.requests.filter((url) => new URL(url).origin !== origin), []);
    assert.deepEqual(visit.complaints, []);
  },
});

async function visited(chromium: string, url: string): Promise<DocsPageVisit> {
  const script = fileURLToPath(new URL("docs_page_visit.ts", import.meta.url));
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--node-modules-dir=auto",
      "--no-prompt",
      "--no-check",
      "--allow-all",
      script,
      chromium,
      url,
    ],
  }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
  return JSON.parse(new TextDecoder().decode(stdout));
}
