import assert from "node:assert/strict";
import { apiProcess } from "../helpers/api_process.ts";
import { findChromium, postedByPage } from "../helpers/chromium.ts";
import { longWalkRequest, withoutVariantsGuard } from "../helpers/long_walk.ts";
import { embeddedPostgres } from "../helpers/postgres.ts";
import { type TemporaryFolder, temporaryFolder } from "../helpers/temporary_folder.ts";
import { walkRequest, workerWorld } from "../helpers/worker_world.ts";
import { type ClientRun, clientRun } from "./client_run.ts";
import { bundle, run } from "./tools.ts";

const root = new URL("../../", import.meta.url);
const chromium = await findChromium();
const postgres = embeddedPostgres();
const requests = { request: walkRequest({ windows: 5 }), long: longWalkRequest({ windows: 1500 }) };

/** What a page or a script is given. */
interface Given {
  readonly baseUrl: string;
  readonly token: string;
  readonly requests: typeof requests;
}

Deno.test(
  "S001-23 build/client.mjs submits, watches, reads and cancels jobs of a real API in Deno and in Node",
  () =>
    withRealApi(async ({ given, folder }) => {
      const deno = await inDeno(await given());
      const node = await inNode(await given(), folder.path);
      assert.deepEqual(deno.states.at(-1), "succeeded");
      assert.equal(deno.rows.length, 3);
      assert.equal(deno.file, "PAR1PAR1");
      assert.deepEqual(deno.cancelled, [true, "cancelled"]);
      assert.deepEqual(deno.refused, ["ApiError", "not_found", 404]);
      assert.match(await runExample(await given(), folder), /(^|\n)succeeded 100\nbest: -?[\d.]+ %\n$/s);
      assert.deepEqual(comparable(node), comparable(deno));
    }),
);

Deno.test({
  name: "S001-23 build/client.mjs does the same in a browser as in Deno" +
    (chromium === null ? " (skipped: there is no chromium on the PATH)" : ""),
  ignore: chromium === null,
  fn: () =>
    withRealApi(async ({ given, folder }) => {
      const deno = await inDeno(await given());
      const page = await inPage(await given(), { chromium: chromium!, folder: folder.path });
      assert.equal(deno.states.at(-1), "succeeded");
      assert.deepEqual(comparable(page), comparable(deno));
    }),
});

/** A real API with a worker, and the bundled client. */
interface RealApi {
  /** Answers what a run is given, each time for another user. */
  readonly given: () => Promise<Given>;
  /** Holds the bundled `client_run.mjs`. */
  readonly folder: TemporaryFolder;
}

async function withRealApi(use: (api: RealApi) => Promise<void>): Promise<void> {
  await run(Deno.execPath(), ["run", "--node-modules-dir=auto", "-A", "scripts/bundle.ts"]);
  await using folder = await temporaryFolder();
  await bundle("tests/portable/client_run.ts", `${folder.path}/client_run.mjs`);
  await using world = await workerWorld(postgres);
  const config = withoutVariantsGuard(await Deno.readTextFile(world.configPath));
  await Deno.writeTextFile(world.configPath, config);
  await using api = await apiProcess(world);
  const worker = world.startWorker();
  try {
    const given = async () => ({ baseUrl: api.url, token: await api.token(crypto.randomUUID()), requests });
    await use({ given, folder });
  } finally {
    worker.process.kill("SIGTERM");
    await worker.ended();
  }
}

/** A run without the states on the way: a short job may be over before anybody has seen it run. */
function comparable({ states, ...rest }: ClientRun): unknown {
  return { ...rest, last: states.at(-1) };
}

async function inDeno({ requests, ...options }: Given): Promise<ClientRun> {
  const { BacktestClient } = await import(new URL("build/client.mjs", root).href);
  return await clientRun(new BacktestClient(options), requests);
}

async function inNode(given: Given, folder: string): Promise<ClientRun> {
  const script = `${folder}/run.mjs`;
  await Deno.writeTextFile(
    script,
    `import { BacktestClient } from ${JSON.stringify(new URL("build/client.mjs", root).href)};
     import { clientRun } from "./client_run.mjs";
     const { requests, ...options } = JSON.parse(process.argv[2]);
     console.log(JSON.stringify(await clientRun(new BacktestClient(options), requests)));`,
  );
  return JSON.parse(await run("node", [script, JSON.stringify(given)]));
}

/** The program in docs/api.md, with another address, token and request in it. */
async function runExample({ baseUrl, token, requests }: Given, folder: TemporaryFolder): Promise<string> {
  const [, example] = /^```js\n(.*?)^```$/ms.exec(await Deno.readTextFile(new URL("docs/api.md", root)))!;
  const request = await folder.write("request.json", JSON.stringify(requests.request));
  const script = await folder.write(
    "example.mjs",
    example!
      .replace("./build/client.mjs", new URL("build/client.mjs", root).href)
      .replace('baseUrl: "http://127.0.0.1:8000"', `baseUrl: "${baseUrl}", token: "${token}"`)
      .replace("docs/examples/sp500-sma-rsi.json", request),
  );
  return await run("node", [script]);
}

/** Behind a gateway that gives the page and the API one origin, the API below `/api`. */
async function inPage(
  given: Given,
  { chromium, folder }: { readonly chromium: string; readonly folder: string },
): Promise<ClientRun> {
  const javaScript = { headers: { "content-type": "text/javascript" } };
  const html = `<!doctype html><title>page</title><script type="module">
    import { BacktestClient } from "/client.mjs";
    import { clientRun } from "/client_run.mjs";
    const { requests, token } = await (await fetch("/given.json")).json();
    const client = new BacktestClient({ baseUrl: location.origin + "/api", token });
    const result = await clientRun(client, requests).catch(String);
    await fetch("/result", { method: "POST", body: JSON.stringify(result) });
  </script>`;
  const posted = await postedByPage({
    chromium,
    profile: `${folder}/profile`,
    async serve(request) {
      const { pathname, search } = new URL(request.url);
      switch (pathname) {
        case "/":
          return new Response(html, { headers: { "content-type": "text/html" } });
        case "/client.mjs":
          return new Response(await Deno.readFile(new URL("build/client.mjs", root)), javaScript);
        case "/client_run.mjs":
          return new Response(await Deno.readFile(`${folder}/client_run.mjs`), javaScript);
        case "/given.json":
          return Response.json(given);
        default:
          if (!pathname.startsWith("/api/")) return new Response(null, { status: 404 });
          return await fetch(
            new Request(`${given.baseUrl}${pathname.slice("/api".length)}${search}`, request),
          );
      }
    },
  });
  return JSON.parse(posted);
}
