import assert from "node:assert/strict";
import { hasPrograms, outputOf } from "../helpers/optional_program.ts";
import { temporaryFolder } from "../helpers/temporary_folder.ts";

const units = new URL("../../deploy/systemd/", import.meta.url);
const names = ["backtest-api.service", "backtest-worker@.service"];
const withoutSystemd = !await hasPrograms("systemd-analyze");

/** What `systemd-analyze verify` says of a unit whose program is the Deno of the tests; empty when nothing. */
async function complaints(name: string, change: (text: string) => string = (text) => text): Promise<string> {
  await using folder = await temporaryFolder();
  const text = await Deno.readTextFile(new URL(name, units));
  // where the package puts Deno does not matter to whether the unit is right
  await Deno.symlink(Deno.execPath(), `${folder.path}/deno`);
  const here = change(text).replace("/usr/local/bin/deno", `${folder.path}/deno`);
  const path = await folder.write(name.replace("@.", "@9204."), here);
  const { success, stderr } = (await outputOf("systemd-analyze", ["verify", path]))!;
  return success ? "" : new TextDecoder().decode(stderr);
}

Deno.test(
  "systemd takes the units, and complains about a wrong one",
  { ignore: withoutSystemd },
  async () => {
    for (const name of names) assert.equal(await complaints(name), "", name);
    const wrong = await complaints(names[0]!, (text) => text.replace("deno task", "no-such-program task"));
    assert.match(wrong, /no-such-program/);
  },
);

Deno.test("the units run tasks that are there, as nobody, with each secret in a file", async () => {
  const { tasks } = JSON.parse(await Deno.readTextFile(new URL("../../deno.json", import.meta.url)));
  for (const name of names) {
    const text = await Deno.readTextFile(new URL(name, units));
    const [, task = ""] = /^ExecStart=\/usr\/local\/bin\/deno task --quiet (\w+)/m.exec(text) ?? [];
    assert.ok(task in tasks, name);
    assert.match(text, /^DynamicUser=yes$/m);
    assert.match(text, /^ProtectSystem=strict$/m);
    const credentials = [...text.matchAll(/^LoadCredential=(\w+):/gm)].map(([, credential]) => credential);
    const files = [...text.matchAll(/(\w+)_FILE=%d\/(\w+)/g)];
    assert.deepEqual(files.map(([, , credential]) => credential), credentials, name);
    for (const [, variable] of files) {
      assert.match(
        tasks[task].command,
        new RegExp(`[=,]${variable}_FILE[, ]`),
        `${task} may not read ${variable}_FILE`,
      );
      assert.doesNotMatch(text, new RegExp(`\\b${variable}=`), variable);
    }
  }
});
