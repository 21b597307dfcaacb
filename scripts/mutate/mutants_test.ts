import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { filesBelow } from "../files_below.ts";
import { allMutants } from "./choose.ts";
import { equivalents, isEquivalent } from "./equivalent.ts";
import { mutantsOf, mutated, shuffled } from "./mutants.ts";
import { typeFaults } from "./type_faults.ts";

/** What each operator makes of a text; all texts that come of it, in the order of their places. */
const cases: readonly (readonly [operator: string, text: string, ...mutations: string[]])[] = [
  ["boundary", "a < b;", "a <= b;"],
  ["equality", "const c = a === b;", "const c = a !== b;"],
  ["arithmetic", "const c = a * b + 1;", "const c = a / b + 1;", "const c = a * b - 1;"],
  ["logical", "const c = a && b;", "const c = a || b;"],
  ["missing", "const c = a ?? b.c;", "const c = b.c;"],
  ["condition", "if (f(a)) g();", "if (!(f(a))) g();"],
  ["condition", "const c = a < 1 ? 2 : 3;", "const c = !(a < 1) ? 2 : 3;"],
  ["negation", "const c = !a;", "const c = a;"],
  ["step", "i++;", "i--;"],
  ["boolean", "const c = { a: true };", "const c = { a: false };"],
  ["call", "const c = Math.min(a, b);", "const c = Math.max(a, b);"],
  ["statement", "if (a) f();", "if (a) ;"],
  ["statement", "for (;;) { if (a) continue; }", "for (;;) { if (a) ; }"],
  ["statement", 'function f() { throw new Error("no"); }', "function f() { ; }"],
  ["await", "async () => { await f(); };", "async () => { f(); };"],
  [
    "await",
    "async () => { try { return await f(); } finally { g(); } };",
    "async () => { try { return f(); } finally { g(); } };",
  ],
  [
    "result",
    "function f(): boolean { return g(); }",
    "function f(): boolean { return true; }",
    "function f(): boolean { return false; }",
  ],
  [
    "result",
    "const f = async (): Promise<readonly string[]> => g();",
    "const f = async (): Promise<readonly string[]> => [];",
  ],
  [
    "result",
    "class A { get b(): A | null { return this; } }",
    "class A { get b(): A | null { return null; } }",
  ],
];
for (const [operator, text, ...mutations] of cases) {
  Deno.test(`mutate: ${operator} changes ${text}`, () => {
    const made = mutantsOf("a.ts", text).filter((mutant) => mutant.operator === operator);
    assert.deepEqual(made.map((mutant) => mutated(text, mutant)), mutations);
  });
}

Deno.test("mutate: texts, types, numbers, imports and what another operator does are left alone", () => {
  const untouched = [
    'import { a } from "b";',
    "type A = { b: true } | 1;",
    "const sql = `SELECT a < b AND NOT c`;",
    "const limits = [1, 2];",
    "async function f() { return await g(); }",
    "function f(): boolean { return; }",
  ];
  const made = (text: string) => mutantsOf("a.ts", text).filter(({ operator }) => operator !== "statement");
  for (const text of untouched) assert.deepEqual(made(text), [], text);
  assert.deepEqual(made("if (a === b) f();").map(({ operator }) => operator), ["equality"]);
  assert.deepEqual(made("if (!a) f();").map(({ operator }) => operator), ["negation"]);
});

Deno.test("mutate: the order is the seed's, and that of the others stays where code is added, moved or taken away", () => {
  const lines = ["f(a < b);", "f(a < b);", "g(b && c);", "h(c + d);", "i(!e);"];
  const orderOf = (path: string, text: string, seed = 7) =>
    shuffled(mutantsOf(path, text), seed).map(({ code, operator, after }) => `${code} ${operator} ${after}`);
  const order = orderOf("src/a/x.ts", lines.join("\n"));
  assert.deepEqual(orderOf("src/b/deep/x.ts", lines.join("\n")), order);
  assert.notDeepEqual(orderOf("src/a/x.ts", lines.join("\n"), 8), order);
  const longer = orderOf("src/a/x.ts", ["k(1);", ...lines].join("\n"));
  assert.deepEqual(longer.filter((one) => !one.startsWith("k(1);")), order);
  assert.equal(longer.length, order.length + 1);
});

const root = fileURLToPath(new URL("../../", import.meta.url));

Deno.test("mutate: a change that does not compile is told from one that does", async () => {
  const path = "src/a.ts";
  const text = "export const f = (a: string | null): string => a === null ? missing : a;";
  const denoJson = await Deno.readTextFile(`${root}deno.json`);
  const hasFaults = await typeFaults(root, new Map([["deno.json", denoJson], [path, text]]));
  assert.equal(hasFaults(path, text.replace("===", "!==")), true);
  // the name that is not there is not the mutant's fault
  assert.equal(hasFaults(path, text.replace(": a;", ': "";')), false);
  assert.equal(hasFaults(path, text), false);
});

Deno.test("mutate: every change that is listed as equivalent is one of the code, and has a reason", async () => {
  const paths = (await filesBelow(`${root}src`)).filter((path) => path.endsWith(".ts"));
  const texts = new Map(
    await Promise.all(
      paths.map(async (path) => [`src/${path}`, await Deno.readTextFile(`${root}src/${path}`)] as const),
    ),
  );
  const mutants = allMutants(texts, "src/");
  assert.ok(mutants.length > 1000, `${mutants.length} mutants`);
  assert.equal(new Set(mutants.map(({ key }) => key)).size, mutants.length, "two of the same key");
  for (const entry of await equivalents()) {
    assert.ok(mutants.some((mutant) => isEquivalent(entry, mutant)), `${entry.file}: ${entry.code}`);
    assert.ok(entry.reason.length > 20, entry.code);
  }
});
