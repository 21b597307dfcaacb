import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { addNames } from "./only.ts";

const known = ["pairs", "plane", "dense", "whole_job"];

Deno.test("--only takes several names in the order given, commas between, and more than once", () => {
  assert.deepEqual(addNames("dense", { known }), ["dense"]);
  assert.deepEqual(addNames("dense, pairs,plane", { known }), ["dense", "pairs", "plane"]);
  assert.deepEqual(addNames("whole_job", { known, before: ["dense"] }), ["dense", "whole_job"]);
});

Deno.test("--only refuses a name that is none, with the nearest, and one that is named twice", () => {
  const refusal = (text: string) => ({ name: /^/, message: new RegExp(text) });
  assert.throws(
    () => addNames("pairs,plan", { known }),
    refusal('"plan" is no benchmark.*"plane"; there are pairs,'),
  );
  assert.throws(() => addNames("pairs,", { known }), refusal('"" is no benchmark'));
  assert.throws(() => addNames("pairs", { known, before: ["pairs"] }), refusal('"pairs" is named twice'));
});

Deno.test("bench collects what several --only name", async () => {
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--node-modules-dir=manual", "--no-check", "--no-prompt", "-A"],
      fileURLToPath(new URL("./main.ts", import.meta.url)),
      ...["--smoke", "--only", "dense,plane", "--only", "dense"],
    ],
    stdin: "null",
  }).output();
  assert.equal(code, 1);
  assert.match(
    new TextDecoder().decode(stderr),
    // behind what a first run says of packages it fetches
    /^error: option '--only <names>'.*"dense" is named twice\n$/m,
  );
});
