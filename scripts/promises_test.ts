import assert from "node:assert/strict";
import { buildPromises, promisesOf, promisesPage } from "./promises.ts";

Deno.test("the committed page of promises is fresh", async () => {
  const committed = await Deno.readTextFile(new URL("../docs/promises.md", import.meta.url));
  assert.equal(committed, await buildPromises(), "run deno task docs");
});

Deno.test("promisesOf() reads every code of every form of test name, and nothing else", () => {
  const source = [
    'Deno.test("S001-02 S000-03 a \\"worker\\" ends", () => {});',
    "Deno.test(`S000-03 keeps ${count} rows`, () => {});",
    'Deno.test({ name: "S009-01 is skipped", ignore: true, fn() {} });',
    'Deno.test("has no code, though S001-02 is in it", () => {});',
    "// S001-02 in a comment",
  ].join("\n");
  assert.deepEqual(promisesOf("tests/a_test.ts", source), [
    { code: "S001-02", sentence: 'a "worker" ends', path: "tests/a_test.ts" },
    { code: "S000-03", sentence: 'a "worker" ends', path: "tests/a_test.ts" },
    { code: "S000-03", sentence: "keeps … rows", path: "tests/a_test.ts" },
    { code: "S009-01", sentence: "is skipped", path: "tests/a_test.ts" },
  ]);
});

Deno.test("promisesPage() has the codes in order, each with its sentences by file", () => {
  const page = promisesPage([
    { code: "S001-02", sentence: "b [x]", path: "tests/b_test.ts" },
    { code: "S000-03", sentence: "two", path: "tests/b_test.ts" },
    { code: "S000-03", sentence: "one", path: "tests/a_test.ts" },
  ]);
  assert.deepEqual(page.split("\n").filter((line) => /^(##|-) ?/.test(line)), [
    "## S000-03",
    "- one ([tests/a_test.ts](../tests/a_test.ts))",
    "- two ([tests/b_test.ts](../tests/b_test.ts))",
    "## S001-02",
    "- b \\[x\\] ([tests/b_test.ts](../tests/b_test.ts))",
  ]);
});
