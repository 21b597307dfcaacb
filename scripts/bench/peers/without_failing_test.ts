import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { asPeer, runCommand } from "./run_command.ts";
import { withoutFailing } from "./without_failing.ts";

const works = { version: "1", run: () => Promise.reject(new Error("unused")) };
const c = { ...works, [Symbol.asyncDispose]: () => Promise.resolve() };
const vectorbt = { ...works, runTapes: works.run, runPairs: works.run };

Deno.test("a peer that fails loses its column, and the others are measured", async () => {
  const { result, measured } = await withoutFailing({ c, vectorbt }, async (peers) => {
    if (peers.vectorbt) {
      await asPeer("vectorbt", runCommand("sh", ["-c", "echo 'numpy is another' >&2; exit 1"]));
    }
    return peers.c === null ? "nothing" : "c";
  });
  assert.equal(result, "c");
  assert.deepEqual(measured, { c, vectorbt: null });
});

Deno.test("a program that is not there is a peer's failure, a wrong result of ours is not", async () => {
  await assert.rejects(
    asPeer("vectorbt", runCommand("no-such-python", [])),
    /^Error: vectorbt is left out: /,
  );
  const wrong = () => Promise.reject(new Error("run 3 differs"));
  await assert.rejects(withoutFailing({ c, vectorbt }, wrong), /run 3 differs/);
});

Deno.test("13 a peer that is not there is left out, and a line on stderr says why", async () => {
  const find = fileURLToPath(new URL("./vectorbt.ts", import.meta.url));
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "eval",
      `import { findVectorbt } from ${JSON.stringify(`file://${find}`)};
      console.log(await findVectorbt("no-such-python"));`,
    ],
    cwd: new URL("../../../", import.meta.url),
    env: { NO_COLOR: "1" },
    stdin: "null",
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  assert.equal(code, 0, text(stderr));
  assert.equal(text(stdout), "null\n");
  assert.match(text(stderr), /^vectorbt is left out: .*no-such-python.*\n$/);
});
