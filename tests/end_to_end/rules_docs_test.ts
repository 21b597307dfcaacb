import assert from "node:assert/strict";
import { compileRules } from "../../src/core/rules/mod.ts";
import { runInProcess } from "../helpers/cli_in_process.ts";
import { temporaryFolder } from "../helpers/temporary_folder.ts";
import { Evaluator, type Tri } from "../oracle/expressions/evaluate.ts";
import { statesOf } from "../oracle/expressions/state.ts";
import { eventsOf } from "../strategies/library.ts";

const page = Deno.readTextFileSync(new URL("../../docs/rules.md", import.meta.url));

/** A part of the page: from a heading to the next of its level. */
function section(heading: string): string {
  const [, level] = /^(#+) /.exec(heading)!;
  const begin = page.indexOf(`\n${heading}\n`);
  assert.ok(begin >= 0, heading);
  const rest = page.slice(begin + heading.length + 2);
  const end = rest.search(new RegExp(`^#{1,${level!.length}} `, "m"));
  return end < 0 ? rest : rest.slice(0, end);
}

/** Rows of the tables of a text, without heads, as cells. */
function rowsOf(text: string): string[][] {
  const tables = text.split(/\n\n+/).map((part) => part.split("\n").filter((line) => line.startsWith("|")));
  return tables.flatMap((lines) => lines.slice(2)).map((line) =>
    line.slice(2, -2).split(/ +\| /).map((cell) => cell.trim())
  );
}

const codesOf = (text: string) => [...text.matchAll(/`([^`]+)`/g)].map(([, code]) => code!);

function faultsOf(text: string): readonly string[] {
  const { faults } = compileRules({ long: { enter: `known(${text})` } }, { timeframe: "1d" });
  return faults.map(({ message }) => message);
}

Deno.test("the tutorial of docs/rules.md prints what it shows, step by step", async () => {
  await using folder = await temporaryFolder();
  const path = `${folder.path}/first.yaml`;
  let file = "";
  let printed = "";
  let compared = 0;
  for (const [, kind, text] of section("## In ten minutes").matchAll(/^```(\w+)\n([^]*?)^```$/gm)) {
    if (kind === "yaml") {
      file = text!.startsWith("template:")
        ? file.replace(/^ {2}rules:\n(?: {4}.*\n)+/m, text!.replace("template:\n", ""))
        : text!;
      await Deno.writeTextFile(path, file);
    } else if (kind === "sh") {
      const args = text!.trim().replace(/^deno task /, "").replace("first.yaml", path).split(" ");
      const { stdout, stderr } = await runInProcess(args);
      printed = stdout + stderr;
    } else {
      assert.equal(printed.trimEnd(), text!.trimEnd());
      compared++;
    }
  }
  assert.equal(compared, 8);
});

Deno.test("docs/rules.md says what unknown values make of expressions", () => {
  const rows = rowsOf(section("## Unknown values"));
  assert.ok(rows.length >= 10);
  const one = [10];
  const candles = { open: one, high: one, low: one, close: one, volume: one };
  const bars = { candles, openMs: [0], closeMs: [86_400_000], columns: {} };
  const words = new Map<Tri, string>([[true, "true"], [false, "false"], [null, "unknown"]]);
  for (const [expression, shown] of rows) {
    const [text] = codesOf(expression!);
    const { rules } = compileRules({ long: { enter: text! } }, { timeframe: "1d" });
    assert.equal(words.get(new Evaluator(bars, {}).condition(rules!.long!.enter)[0]!), shown, text);
  }
});

Deno.test("docs/rules.md says bar by bar how positions open and close", () => {
  const rows = rowsOf(section("## How positions open and close"));
  assert.ok(rows.length >= 8);
  const column = (place: number) => rows.map((row) => row[place] === "true");
  const events = eventsOf({
    long: { enter: column(0), exit: column(1) },
    short: { enter: column(2), exit: column(3) },
  }, rows.length);
  const names = { L: "long", S: "short", N: "none" };
  const states = statesOf(events, { start: 0, stop: rows.length }).map((state) => names[state]);
  assert.deepEqual(states, rows.map((row) => row[4]));
});

Deno.test("what docs/rules.md says in our words are expressions", () => {
  const heads = ["### Pine", "### vectorbt and backtesting.py", "### freqtrade"];
  const members = ["params", "where", "long.enter", "long.exit", "short.enter", "short.exit"];
  const texts = heads.flatMap((head) => rowsOf(section(head)).flatMap(([, here]) => codesOf(here!)))
    .filter((text) => !members.includes(text));
  assert.ok(texts.length > 25);
  for (const text of texts) assert.deepEqual(faultsOf(text), [], text);
});

Deno.test("the built-in rules that docs/rules.md writes as texts are texts", () => {
  const rows = rowsOf(section("## Rules or built-in ones")).filter((row) => row.length === 3);
  assert.equal(rows.length, 9);
  for (const text of rows.flatMap(([, long, short]) => [...codesOf(long!), ...codesOf(short!)])) {
    assert.deepEqual(faultsOf(text), [], text);
  }
});

Deno.test("what docs/rules.md says is meant, where something trips many, are expressions", () => {
  const rows = rowsOf(section("## When it does not do what it should"));
  assert.ok(rows.length >= 8);
  const meant = rows.flatMap(([, , text]) => codesOf(text!)).filter((text) => /[ (]/.test(text));
  assert.ok(meant.length >= 4);
  for (const text of meant.filter((text) => !text.includes(":"))) assert.deepEqual(faultsOf(text), [], text);
});
