import assert from "node:assert/strict";
import { catalogue } from "../src/core/catalogue/mod.ts";
import { compileRules, functions } from "../src/core/rules/mod.ts";
import { ruleDocs } from "./rule_docs.ts";

const page = ruleDocs();

/** Cells of the rows whose first one is code. */
const rows = page.split("\n").filter((line) => line.startsWith("| `")).map((line) =>
  line.slice(2, -2).split(" | ").map((cell) => cell.replaceAll("`", ""))
);

Deno.test("the committed reference of rules is fresh", async () => {
  const committed = await Deno.readTextFile(new URL("../docs/rules-reference.md", import.meta.url));
  assert.equal(committed, page, "run scripts/rule_docs.ts");
});

Deno.test("ruleDocs() has every function and every indicator, and of those that read the future says so", () => {
  const named = rows.map(([call]) => call!.split("(")[0]!);
  for (const name of Object.keys(functions)) assert.ok(named.includes(name), name);
  for (const { id, lookAhead } of catalogue) {
    const name = id.slice(id.lastIndexOf(".") + 1);
    assert.equal(named.includes(name), lookAhead === 0, id);
    if (lookAhead !== 0) assert.ok(page.includes(`reads the future: \`${name}\``), id);
  }
});

Deno.test("every call of the reference is one, with the arguments it shows and without those it has values for", () => {
  const values: Readonly<Record<string, string>> = {
    source: "close",
    x: "close",
    y: "open",
    c: "close > open",
    n: "5",
    start: '"09:30"',
    end: '"16:00"',
    timeframe: '"1d"',
    name: '"mood"',
  };
  const calls = rows.filter(([call]) => call!.includes("("));
  assert.ok(calls.length > 80);
  for (const [call, , third] of calls) {
    const [, name, inside] = /^(\w+)\((.*)\)$/.exec(call!)!;
    const args = inside === "" ? [] : inside!.split(", ").map((argument) => argument.split(" = "));
    const whole = args.map(([argument, usual]) => usual ?? values[argument!]!);
    const short = args.filter(([, usual]) => usual === undefined).map(([argument]) => values[argument!]!);
    const outputs = Object.hasOwn(functions, name!) ? [] : third!.split(", ").map((output) => `.${output}`);
    for (const text of [whole, short].map((given) => `${name}(${given.join(", ")})`)) {
      for (const output of ["", ...outputs]) {
        const { faults } = compileRules({ long: { enter: `known(${text}${output})` } }, { timeframe: "1h" });
        assert.deepEqual(faults.map(({ message }) => message), [], `${text}${output}`);
      }
    }
  }
});
