import assert from "node:assert/strict";
import { cpSync, symlinkSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { testConfig } from "../helpers/config.ts";
import { temporaryFolder } from "../helpers/temporary_folder.ts";
import { requestBody } from "../helpers/worker_harness.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** What becomes of a request on its way to its row and back, in a copy of the sources. */
const walk = `
import { resolveRequest } from "./src/request/effective.ts";
import { gridRequestHash, requestHash } from "./src/request/hashes.ts";
import { parseRequest, requestBody } from "./src/request/parse.ts";
import { readStored } from "./src/request/stored.ts";
import { z } from "zod";

const defaults = JSON.parse(Deno.args[1]);
const walked = JSON.parse(Deno.args[0]).map((body) => {
  const request = parseRequest(body);
  const { stored } = resolveRequest({ request, template: request.template }, { defaults });
  const requestJson = JSON.parse(JSON.stringify(stored));
  const back = readStored({ mode: "template", requestJson, specPayloadJson: null });
  return { label: back.label, hashes: [gridRequestHash(request), requestHash(stored)] };
});
const { properties } = z.toJSONSchema(requestBody.schema, { io: "input", unrepresentable: "any" });
console.log(JSON.stringify({ walked, documented: "label" in properties }));
`;

Deno.test("14 a new member of a request is written in one file: read, stored, hashed, read back and documented by it", async () => {
  await using folder = await temporaryFolder();
  cpSync(`${root}src`, `${folder.path}/src`, { recursive: true });
  for (const name of ["node_modules", "deno.json", "deno.lock"]) {
    symlinkSync(root + name, `${folder.path}/${name}`);
  }
  const grammar = await Deno.readTextFile(`${root}src/request/body.ts`);
  const anchor = "  fold_equal: z.boolean(),\n";
  assert.equal(grammar.split(anchor).length, 2);
  await folder.write(
    "src/request/body.ts",
    grammar.replace(anchor, `${anchor}  label: z.string().max(100),\n`),
  );
  await folder.write("walk.ts", walk);
  const bodies = [requestBody(), requestBody({ label: "first" })];
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-check",
      "--no-prompt",
      "--allow-read",
      "--allow-env",
      "walk.ts",
      ...[bodies, testConfig()].map((value) => JSON.stringify(value)),
    ],
    cwd: folder.path,
    env: { NO_COLOR: "1" },
  }).output();
  assert.equal(code, 0, new TextDecoder().decode(stderr));
  const { walked: [plain, labelled], documented } = JSON.parse(new TextDecoder().decode(stdout));
  assert.ok(documented);
  assert.deepEqual([plain.label, labelled.label], [undefined, "first"]);
  for (const i of [0, 1]) assert.notEqual(labelled.hashes[i], plain.hashes[i]);
});
