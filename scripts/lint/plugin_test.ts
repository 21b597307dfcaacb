import assert from "node:assert/strict";
import { filesBelow } from "../files_below.ts";
import plugin from "./plugin.ts";

interface Finding {
  readonly rule: string;
  readonly message: string;
}

function lint(path: string, source: string): Finding[] {
  return Deno.lint.runPlugin(plugin, path, source).map(({ id, message }) => ({ rule: id, message }));
}

function rules(path: string, source: string): string[] {
  return lint(path, source).map((finding) => finding.rule);
}

const refused: readonly (readonly [path: string, specifier: string])[] = [
  ["src/core/a.ts", "zod"],
  ["src/core/a.ts", "node:fs"],
  ["src/core/a.ts", "../ports/clock.ts"],
  ["src/ports/a.ts", "node:crypto"],
  ["src/ports/a.ts", "../sweep/batches.ts"],
  ["src/schema/a.ts", "../ports/clock.ts"],
  ["src/schema/a.ts", "../request/parse.ts"],
  ["src/request/a.ts", "../ports/clock.ts"],
  ["src/request/a.ts", "yaml"],
  ["src/schema/a.ts", "postgres"],
  ["src/sweep/a.ts", "../usecases/submit.ts"],
  ["src/usecases/a.ts", "../worker/worker.ts"],
  ["src/worker/a.ts", "../adapters/system/clock.ts"],
  ["src/worker/a.ts", "../usecases/run_backtest.ts"],
  ["src/worker/a.ts", "../ports/job_repository.ts"],
  ["src/worker/a.ts", "../api/handler.ts"],
  ["src/api/a.ts", "../worker/worker.ts"],
  ["src/api/a.ts", "../sweep/batches.ts"],
  ["src/cli/a.ts", "../adapters/system/clock.ts"],
  ["src/cli/a.ts", "../main.ts"],
  ["src/client/a.ts", "zod"],
  ["src/client/a.ts", "../usecases/job_status.ts"],
  ["src/answers/a.ts", "../usecases/job_status.ts"],
  ["src/client/a.ts", "../adapters/system/clock.ts"],
  ["src/adapters/candles/a.ts", "../system/clock.ts"],
  ["src/adapters/candles/a.ts", "../../usecases/submit.ts"],
  ["src/adapters/candles/a.ts", "../../../assembly/layout.ts"],
  ["src/config.ts", "./ports/clock.ts"],
  ["src/core/a.ts", "../corelike/b.ts"],
  ["src/unheard_of/a.ts", "../core/b.ts"],
  ["src/core/bars/a.ts", "../text/trim.ts"],
  ["src/core/bars/a.ts", "../grid/mod.ts"],
  ["src/core/bars/a.ts", "../unheard_of/mod.ts"],
  ["src/ports/a.ts", "../core/bars/candles.ts"],
  ["src/wiring/a.ts", "../core/bars/candles.ts"],
  ["src/cli/a.ts", "../wiring/database.ts"],
];

const allowed: readonly (readonly [path: string, specifier: string])[] = [
  ["src/core/a.ts", "node:crypto"],
  ["src/core/catalogue/deep/a.ts", "../b.ts"],
  ["src/core/grid/a.ts", "../bars/mod.ts"],
  ["src/core/grid/a.ts", "./b.ts"],
  ["src/ports/a.ts", "../core/job/mod.ts"],
  ["src/schema/a.ts", "zod"],
  ["src/schema/a.ts", "zod/mini"],
  ["src/request/a.ts", "../schema/zod_issues.ts"],
  ["src/sweep/a.ts", "../ports/compute.ts"],
  ["src/usecases/a.ts", "../request/parse.ts"],
  ["src/worker/a.ts", "../ports/job_queue.ts"],
  ["src/api/a.ts", "../request/parse.ts"],
  ["src/api/a.ts", "../config.ts"],
  ["src/cli/a.ts", "commander"],
  ["src/cli/a.ts", "../client/client.ts"],
  ["src/client/a.ts", "../answers/job.ts"],
  ["src/answers/a.ts", "zod"],
  ["src/cli/a.ts", "../config.ts"],
  ["src/adapters/postgres/a.ts", "postgres"],
  ["src/adapters/postgres/a.ts", "./rows.ts"],
  ["src/adapters/wasm/a.ts", "../../../assembly/layout.ts"],
  ["src/config.ts", "yaml"],
  ["src/main.ts", "./adapters/system/clock.ts"],
  ["src/wiring/a.ts", "../adapters/postgres/connect.ts"],
  ["src/core/a_test.ts", "fast-check"],
  ["scripts/a.ts", "../src/main.ts"],
];

Deno.test("S000-06 S000-12 S003-11 house/direction refuses imports that point outward, a worker's to look jobs up among them", () => {
  for (const [path, specifier] of refused) {
    assert.deepEqual(
      rules(path, `import { a } from "${specifier}";`),
      ["house/direction"],
      `${path} ${specifier}`,
    );
  }
});

Deno.test("house/direction allows imports that point inward", () => {
  for (const [path, specifier] of allowed) {
    assert.deepEqual(rules(path, `import { a } from "${specifier}";`), [], `${path} ${specifier}`);
  }
});

Deno.test("house/direction sees every form of import", () => {
  const forms = [
    'import type { A } from "zod";',
    'export * from "zod";',
    'export { a } from "zod";',
    'const a = await import("zod");',
    'type A = typeof import("zod");',
  ];
  for (const form of forms) assert.deepEqual(rules("src/core/a.ts", form), ["house/direction"], form);
});

Deno.test("house/direction says what would be allowed", () => {
  assert.deepEqual(lint("src/ports/a.ts", 'import { a } from "../api/handler.ts";'), [{
    rule: "house/direction",
    message:
      'src/ports/a.ts must not import "../api/handler.ts": src/ports/ may import src/ports/, src/core/',
  }]);
});

Deno.test("house/direction reports a file without a place once", () => {
  assert.deepEqual(lint("src/unheard_of/a.ts", 'import "./b.ts"; import "./c.ts";'), [{
    rule: "house/direction",
    message:
      "src/unheard_of/a.ts has no place in the import direction: add its folder to scripts/lint/direction.ts",
  }]);
});

Deno.test("house/env leaves the environment to main, scripts and tests", () => {
  for (const read of ['Deno.env.get("A");', 'Deno["env"];', "process.env.A;"]) {
    assert.deepEqual(rules("src/worker/a.ts", read), ["house/env"], read);
    for (const path of ["src/main.ts", "scripts/a.ts", "tests/a.ts", "src/worker/a_test.ts"]) {
      assert.deepEqual(rules(path, read), [], path);
    }
  }
  assert.deepEqual(rules("src/worker/a.ts", "Deno.exit(config.env);"), []);
});

Deno.test("house/positional counts the parameters of exported functions", () => {
  for (
    const code of [
      "export function f(a: A, b: B, c: C) {}",
      "export const f = (a: A, b: B, c: C) => a;",
      "export const f = function (a: A, b: B, ...c: C[]) {};",
      "export default function (a: A, b: B, c = 1) {}",
    ]
  ) {
    assert.deepEqual(rules("src/core/a.ts", `/** Doc. */\n${code}`), ["house/positional"], code);
    assert.deepEqual(rules("scripts/a.ts", code), [], code);
  }
  assert.deepEqual(rules("src/core/a.ts", "/** Doc. */\nexport function f(a: A, { b, c, d }: B) {}"), []);
  assert.deepEqual(rules("src/core/a.ts", "function f(a: A, b: B, c: C) {}"), []);
});

Deno.test("S000-51 house/doc wants a doc comment right above an exported declaration", () => {
  const bare = ["export const a = 1;", "export type A = 1;", "export interface A {}", "export class A {}"];
  for (const code of bare) {
    assert.deepEqual(rules("src/core/a.ts", code), ["house/doc"], code);
    assert.deepEqual(rules("src/core/a.ts", `// no doc\n${code}`), ["house/doc"], code);
    assert.deepEqual(rules("src/core/a.ts", `/** Of b. */\nconst b = 1;\n${code}`), ["house/doc"], code);
    assert.deepEqual(rules("src/core/a.ts", `/** Naïve. */\n// deno-lint-ignore x\n${code}`), [], code);
    assert.deepEqual(rules("tests/a.ts", code), [], code);
  }
});

Deno.test("house/file-size stops at 300 lines of source and 450 of tests", () => {
  const lines = (count: number) => "1;\n".repeat(count);
  assert.deepEqual(rules("src/core/a.ts", lines(300)), []);
  assert.deepEqual(lint("src/core/a.ts", lines(301)), [
    { rule: "house/file-size", message: "src/core/a.ts has 301 lines, at most 300 are allowed" },
  ]);
  assert.deepEqual(rules("tests/a.ts", lines(450)), []);
  assert.deepEqual(rules("src/core/a_test.ts", lines(451)), ["house/file-size"]);
});

Deno.test("house/file-size and house/function-size hold for assembly, which deno lint leaves out", async () => {
  const root = new URL("../../assembly/", import.meta.url);
  const paths = (await filesBelow(root)).filter((path) => path.endsWith(".ts"));
  assert.ok(paths.length > 50, paths.join());
  for (const path of paths) {
    const found = lint(`assembly/${path}`, await Deno.readTextFile(new URL(path, root)));
    assert.deepEqual(found.filter(({ rule }) => /^house\/(file|function)-size$/.test(rule)), [], path);
  }
});

Deno.test("house/function-size counts the lines of a function without those of the functions in it", () => {
  const body = (count: number, inside = "") => `{\n${"1;\n".repeat(count - 2)}${inside}}`;
  const found = (code: string) => rules("tests/a.ts", code);
  assert.deepEqual(found(`function f() ${body(70)}`), []);
  assert.deepEqual(lint("tests/a.ts", `function f() ${body(71)}`), [
    { rule: "house/function-size", message: "A function has 71 lines of its own, at most 70 are allowed" },
  ]);
  assert.deepEqual(found(`const f = () => ${body(71)};`), ["house/function-size"]);
  assert.deepEqual(found(`const f = { g() ${body(71)} };`), ["house/function-size"]);
  const inner = `function g() ${body(40)}\n`;
  assert.deepEqual(found(`function f() ${body(69, inner)}`), []);
  assert.deepEqual(found(`function f() ${body(70, inner)}`), ["house/function-size"]);
  const values = `const list = [].map(() => (\n${"1 +\n".repeat(10)}1));\n`;
  assert.deepEqual(found(`function f() ${body(60, values)}`), ["house/function-size"]);
});

Deno.test("S003-39 house/ended-states refuses a second list of the states that end a job", () => {
  const lists = [
    'const a = ["succeeded", "failed", "cancelled"];',
    'const a = ["cancelled", "succeeded", "failed"] as const;',
    "const a = sql`state IN ('succeeded', 'failed', 'cancelled')`;",
    "const a = \"state IN ('failed','cancelled','succeeded')\";",
  ];
  for (const list of lists) {
    assert.deepEqual(rules("src/usecases/a.ts", list), ["house/ended-states"], list);
    assert.deepEqual(rules("src/usecases/a_test.ts", list), [], list);
    assert.deepEqual(rules("tests/a.ts", list), [], list);
  }
  assert.deepEqual(
    rules("src/a.ts", 'const a = ["queued", "running", "succeeded", "failed", "cancelled"];'),
    [
      "house/direction",
    ],
  );
  assert.deepEqual(rules("src/usecases/a.ts", 'const a = ["succeeded", "failed"];'), []);
});

Deno.test("house/no-enum names the enum", () => {
  assert.deepEqual(lint("tests/a.ts", "enum Side { long, short }"), [
    { rule: "house/no-enum", message: "Write enum Side as a union of string literals" },
  ]);
});

Deno.test("file-path refuses the pathname of a file's URL, and allows that of an address", () => {
  const of = (expression: string) => rules("tests/a_test.ts", `export const path = ${expression};`);
  assert.deepEqual(of('new URL("a.ts", import.meta.url).pathname'), ["house/file-path"]);
  assert.deepEqual(of('new URL("a.ts", root).pathname'), ["house/file-path"]);
  assert.deepEqual(of("new URL(request.url).pathname"), []);
  assert.deepEqual(of('fileURLToPath(new URL("a.ts", import.meta.url))'), []);
});
