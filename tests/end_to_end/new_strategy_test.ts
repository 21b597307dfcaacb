import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { parseRequestText } from "../../src/request/parse.ts";
import { runInProcess } from "../helpers/cli_in_process.ts";
import { runProgram } from "../helpers/program.ts";
import { temporaryFolder } from "../helpers/temporary_folder.ts";

const candles = fileURLToPath(new URL("../../docs/examples/sp500-daily.csv", import.meta.url));

Deno.test("new-strategy writes a strategy that checks and runs as it is, and never over another", async () => {
  await using folder = await temporaryFolder();
  const options = { cwd: folder.path };
  const { code, stdout, stderr } = await runProgram(["new-strategy", "my-idea"], options);
  assert.equal(code, 0, stderr);
  assert.match(
    stdout,
    /^Wrote strategies\/my-idea\.yaml\. It runs as it is:\n {2}deno task backtest --request strategies\/my-idea\.yaml /,
  );
  const path = `${folder.path}/strategies/my-idea.yaml`;
  const text = await Deno.readTextFile(path);
  assert.match(text, /^# my-idea: /);
  const run = await runInProcess(["backtest", "--request", path, "--candles", candles, "--json"]);
  assert.equal(run.code, 0, run.stderr);
  const { variants, warnings } = JSON.parse(run.stdout);
  assert.equal(variants.length, 10);
  assert.deepEqual(warnings, []);
  const [, bar] = /rules explain \S+ --candles \S+ --bar (\S+)\n/.exec(stdout)!;
  const explained = await runInProcess(["rules", "explain", path, "--candles", candles, "--bar", bar!]);
  assert.equal(explained.code, 0, explained.stderr);
  assert.equal((await runInProcess(["rules", "check", path])).code, 0);
  assert.ok(variants.every(({ metrics }: { metrics: { trades: number } }) => metrics.trades > 0));

  await Deno.writeTextFile(path, "mine");
  const again = await runProgram(["new-strategy", "my-idea"], options);
  assert.equal(again.code, 1);
  assert.equal(again.stderr, 'Cannot write "strategies/my-idea.yaml": the file exists already\n');
  assert.equal(await Deno.readTextFile(path), "mine");
});

Deno.test("new-strategy: the sides and levels that are remarks are right, too", async () => {
  await using folder = await temporaryFolder();
  await runProgram(["new-strategy", "a"], { cwd: folder.path });
  const text = await Deno.readTextFile(`${folder.path}/strategies/a.yaml`);
  const whole = text.replaceAll(/^( +)# (short:| {2}enter:| {2}exit:|tp:)/gm, "$1$2");
  assert.notEqual(whole, text);
  const request = parseRequestText(whole, "a.yaml");
  assert.ok("template" in request && request.template.rules?.short && request.template.risk_grid?.tp);
});

Deno.test("new-strategy refuses names that are no file of its folder, and says what would do", async () => {
  await using folder = await temporaryFolder();
  const cases = [["../up", "up"], ["My Idea.yaml", "my-idea"], ["a/b", "a-b"], ["-x", "x"], ["..", null], [
    "x".repeat(65),
    "x".repeat(64),
  ]];
  for (const [name, likely] of cases) {
    const { code, stderr } = await runProgram(["new-strategy", "--", name!], { cwd: folder.path });
    assert.equal(code, 1);
    assert.ok(
      stderr.startsWith(`Cannot name a strategy "${name}": a name has small letters, digits`),
      stderr,
    );
    assert.equal(stderr.trim().endsWith(`for example "${likely}"`), likely !== null, stderr);
  }
  assert.deepEqual([...Deno.readDirSync(folder.path)], []);
});
