import assert from "node:assert/strict";
import { operationsOf } from "../helpers/any_request.ts";
import { apiWorld } from "../helpers/api_world.ts";
import { hasPrograms } from "../helpers/optional_program.ts";
import { startProgram } from "../helpers/program.ts";
import { temporaryFolder } from "../helpers/temporary_folder.ts";
import { untilReady } from "../helpers/until_ready.ts";

const root = new URL("../../", import.meta.url);
const document = Deno.readTextFileSync(new URL("docs/api.md", root));
const withoutShell = !await hasPrograms("bash", "curl");
const baseUrl = "http://127.0.0.1:8000";

interface Block {
  readonly script: string;
  /** What its output must hold. */
  readonly shows: string;
}

/** The shell blocks of the document, in order. */
function blocks(): readonly Block[] {
  return [...document.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, script]) => {
    const [, shows] = /^# shows (.+)$/m.exec(script!) ?? [];
    assert.ok(shows, `A block states nothing that it shows: ${script}`);
    return { script: script!, shows };
  });
}

/** Runs blocks as one shell would: what one sets the next one has. */
function shell(stateFile: string) {
  return async (script: string) => {
    const { code, stdout, stderr } = await new Deno.Command("bash", {
      args: [
        "-euo",
        "pipefail",
        "-c",
        `source ${stateFile}; trap 'declare -p API JOB OPTIMIZATION STRATEGY > ${stateFile}' EXIT\n${script}`,
      ],
      cwd: root,
      stdin: "null",
    }).output();
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    return { code, stdout: text(stdout), stderr: text(stderr) };
  };
}

Deno.test("the routes of docs/api.md are those of the OpenAPI document", async () => {
  const { json } = await apiWorld().send("GET", "/openapi.json");
  const documented = [...document.matchAll(/^\| `([A-Z]+)` +\| `(\/[^`]*)`/gm)].map(([, method, path]) =>
    `${method} ${path}`
  );
  const served = operationsOf(json).map(({ method, path }) => `${method} ${path}`);
  assert.deepEqual(documented.sort(), served.sort());
});

Deno.test("S004-25 the curl lines of docs/api.md run as written and show what they promise", {
  ignore: withoutShell,
}, async () => {
  await using folder = await temporaryFolder();
  const state = await folder.write("state", "API= JOB= OPTIMIZATION= STRATEGY=\n");
  const program = startProgram([
    "start",
    "--data",
    `${folder.path}/data`,
    "--port",
    "0",
    "--config",
    "docs/examples/small-tasks.yaml",
  ]);
  try {
    await program.saw("event=api_started");
    await program.saw("auth=dev");
    const url = /event=api_started url=(\S+)/.exec(program.stderr())![1]!;
    await untilReady(url);
    const run = shell(state);
    const found = blocks();
    assert.ok(found.length > 10);
    for (const { script, shows } of found) {
      const { code, stdout, stderr } = await run(script.replaceAll(baseUrl, url));
      assert.equal(code, 0, `${script}\n${stdout}\n${stderr}`);
      assert.ok(stdout.includes(shows), `${script}\nshows:\n${stdout}`);
    }
  } finally {
    try {
      program.process.kill("SIGTERM");
    } catch {
      // it has ended by itself
    }
    await program.ended();
  }
});
