import assert from "node:assert/strict";
import { runProgram } from "../helpers/program.ts";

const readme = Deno.readTextFileSync(new URL("../../README.md", import.meta.url));

/** Job ids, times and ports differ from run to run; everything else must be what the README shows. */
function masked(text: string): string {
  return text.trim()
    .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "<id>")
    .replaceAll(/in [\d.]+ s from nothing/g, "in <time> s from nothing")
    .replaceAll(/127\.0\.0\.1:\d+/g, "127.0.0.1:<port>");
}

Deno.test("the README shows what the demo prints", async () => {
  const [, shown = ""] = /```text\n(Job [\s\S]*?)```/.exec(readme) ?? [];
  const { stdout } = await runProgram(["demo"]);
  assert.equal(masked(stdout), masked(shown));
});

Deno.test("the README's commands exist as tasks, and its links lead to files", async () => {
  const { tasks } = JSON.parse(await Deno.readTextFile(new URL("../../deno.json", import.meta.url)));
  const commands = [...readme.matchAll(/(?:deno@[\d.]+|deno) task ([\w:-]+)/g)].map(([, name]) => name!);
  assert.ok(commands.length > 5);
  for (const name of commands) assert.ok(name in tasks, name);
  for (const [, path] of readme.matchAll(/\]\(([\w./-]+)\)/g)) {
    await Deno.stat(new URL(`../../${path}`, import.meta.url));
  }
});

Deno.test("the README's backtest line runs as written", async () => {
  const [, line = ""] = /^deno task (backtest .+)$/m.exec(readme) ?? [];
  const { code, stdout } = await runProgram(line.split(" "));
  assert.equal(code, 0);
  assert.equal(JSON.parse(stdout).variants.length, 10);
});

Deno.test("the strategy in the README is the example's, and its line prints what is shown", async () => {
  const part = readme.slice(readme.indexOf("## A strategy in your own words"));
  const [yaml, line, table] = [...part.matchAll(/^```\w+\n([^]*?)^```$/gm)].map(([, text]) => text!);
  const example = await Deno.readTextFile(
    new URL("../../docs/examples/strategies/golden-cross.yaml", import.meta.url),
  );
  const indented = yaml!.trimEnd().split("\n").map((text) => `  ${text}\n`).join("");
  assert.ok(example.includes(`\n${indented}`));
  const { code, stdout, stderr } = await runProgram(line!.trim().split(" task ")[1]!.split(" "));
  assert.equal(code, 0, stderr);
  assert.equal((stdout + stderr).trimEnd(), table!.trimEnd());
});
