import assert from "node:assert/strict";
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
