import assert from "node:assert/strict";
import { type TemporaryFolder, temporaryFolder } from "../helpers/temporary_folder.ts";

const root = new URL("../../", import.meta.url);

/** What a program of its own writes over the client; each line ends with what is wrong with it, if anything is. */
const lines = [
  'const client = new BacktestClient({ baseUrl: "http://127.0.0.1:8000", token: "t" });',
  "const jobId: string = (await client.submitJob({})).job_id;",
  'for await (const { state } of client.watchJobs([jobId])) if (state === "succeeded") break;',
  "const rows: readonly { readonly total_return_pct: number }[] = (await client.topRows(jobId)).items;",
  "const seconds: number | null = new ApiError('no', { code: 'x', status: 500 }).retryAfterSeconds;",
  "console.log(rows, seconds);",
];
const wrong: readonly (readonly [line: string, complaint: RegExp])[] = [
  ["const id: number = (await client.submitJob({})).job_id;", /'string' is not assignable to type 'number'/],
  ['if ((await client.job(jobId)).state === "done") console.log();', /no overlap/],
  ["await client.cancelAll();", /'cancelAll' does not exist/],
];

Deno.test("deno task bundle gives build/client.mjs types that a program without this project is checked by", async () => {
  for (const script of ["bundle", "client_types"]) {
    const { code, output } = await deno(["run", "--node-modules-dir=auto", "-A", `scripts/${script}.ts`]);
    assert.equal(code, 0, output);
  }
  await using folder = await temporaryFolder();
  for (const name of ["client.mjs", "client.d.mts"]) {
    const text = await Deno.readTextFile(new URL(`build/${name}`, root));
    assert.doesNotMatch(text, /^import|from "|reference path/m, `${name} needs another file`);
    await folder.write(name, text);
  }
  const right = await checked(folder, lines);
  assert.equal(right.code, 0, right.output);
  for (const [line, complaint] of wrong) {
    const { code, output } = await checked(folder, [...lines, line]);
    assert.equal(code, 1, line);
    assert.match(output, complaint);
  }
});

async function checked(folder: TemporaryFolder, program: readonly string[]) {
  const source = ['import { ApiError, BacktestClient } from "./client.mjs";', ...program].join("\n");
  return await deno(["check", "--no-config", await folder.write("program.ts", source)]);
}

async function deno(args: readonly string[]) {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd: root,
    env: { NO_COLOR: "1" },
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, output: text(stdout) + text(stderr) };
}
