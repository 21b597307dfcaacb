import assert from "node:assert/strict";
import { inOrder, judge } from "./judge.ts";
import { mutantsOf } from "./mutants.ts";
import { testsReaching } from "./reach.ts";
import { summary } from "./summary.ts";
import type { TestEnd, Tree } from "./tree.ts";

const path = "src/a.ts";
const original = "f(a < b);";
const [mutant] = mutantsOf(path, original).filter(({ operator }) => operator === "boundary");

/** Judges the mutant by test files that end as told, one end per run; the last one stays. */
async function judged(
  files: Readonly<
    Record<string, { readonly plain?: TestEnd["outcome"]; readonly mutated: TestEnd["outcome"][] }>
  >,
  filesMax = 9,
) {
  let text = original;
  const runs: string[] = [];
  const limits: number[] = [];
  const tree: Tree = {
    write: (_, written) => Promise.resolve(void (text = written)),
    test(file, limitSeconds) {
      const { plain = "passed", mutated } = files[file]!;
      const outcome = text === original ? plain : mutated.length > 1 ? mutated.shift()! : mutated[0]!;
      runs.push(`${file}${text === original ? "" : "*"}`);
      limits.push(limitSeconds);
      return Promise.resolve({
        outcome,
        seconds: 10,
        test: outcome === "failed" ? `${file} tests it` : null,
      });
    },
  };
  const seconds: Record<string, number> = { timed: 10 };
  const verdict = await judge(mutant!, {
    tree,
    texts: new Map([[path, original]]),
    sound: new Map(),
    seconds,
    reaching: Object.keys(files),
    filesMax,
  });
  assert.equal(text, original, "the mutation was left in the tree");
  return { verdict, runs, limits, seconds };
}

Deno.test("mutate: a mutant is killed by the first file that fails with it twice and passes without", async () => {
  const { verdict, runs, seconds } = await judged({
    one: { mutated: ["passed"] },
    two: { mutated: ["failed"] },
    three: { mutated: ["failed"] },
  });
  const killed = { outcome: "killed", file: "two", test: "two tests it", tried: 2, reaching: 3 };
  assert.deepEqual(verdict, killed);
  assert.deepEqual(runs, ["one*", "two*", "two", "two*"]);
  assert.deepEqual(seconds, { one: 10, two: 10, timed: 10 });
});

Deno.test("mutate: a file that fails once, or without the mutation, kills nothing", async () => {
  const { verdict, runs } = await judged({
    flaky: { mutated: ["failed", "passed"] },
    broken: { plain: "failed", mutated: ["failed"] },
    endless: { plain: "timed out", mutated: ["timed out"] },
  });
  assert.deepEqual(verdict, { outcome: "survived", file: null, test: null, tried: 1, reaching: 3 });
  assert.deepEqual(runs, ["flaky*", "flaky", "flaky*", "broken*", "broken", "endless*", "endless"]);
});

Deno.test("mutate: what does not end is a kill of its own when more time does not help", async () => {
  const late = await judged({ timed: { mutated: ["timed out"] } });
  assert.deepEqual([late.verdict.outcome, late.verdict.file], ["timed out", "timed"]);
  // 20 s and six times what it takes; without the mutation any time; then three times as long
  assert.deepEqual(late.limits, [80, 300, 240]);
  // of a file that was not timed yet it is known how long it takes once it has been run without the mutation
  assert.deepEqual((await judged({ one: { mutated: ["timed out"] } })).limits, [60, 300, 240]);
  const slow = await judged({ one: { mutated: ["timed out", "passed"] } });
  assert.equal(slow.verdict.outcome, "survived");
});

Deno.test("mutate: no more files are run than wanted", async () => {
  const { verdict } = await judged({ one: { mutated: ["passed"] }, two: { mutated: ["failed"] } }, 1);
  assert.deepEqual([verdict.outcome, verdict.tried, verdict.reaching], ["survived", 1, 2]);
});

const texts = new Map(Object.entries({
  "src/core/a.ts": "export const a = 1;",
  "src/core/b.ts": "export const b = 1;",
  "src/core/mod.ts": 'export { a } from "./a.ts"; export { b as c, type B } from "./b.ts";',
  "src/use_a.ts": 'import { a } from "./core/mod.ts"; import type { B } from "./core/mod.ts";',
  "src/use_b.ts": 'import { type A, c } from "./core/mod.ts";',
  "src/pool.ts": 'new Worker(new URL("./use_b.ts", import.meta.url));',
  "src/core/a_test.ts": 'import { c } from "./mod.ts"; import "./a.ts";',
  "tests/use_a_test.ts": 'import "../src/use_a.ts";',
  "tests/pool_test.ts": 'const { p } = await import("../src/pool.ts");',
  "tests/types_test.ts": 'import type { a } from "../src/core/a.ts";',
}));

Deno.test("mutate: a file is reached through imports, workers and by name through doors, not by types", () => {
  const reaching = (file: string) => testsReaching(texts)(file).map(({ path, distance }) => [path, distance]);
  assert.deepEqual(reaching("src/core/a.ts"), [["src/core/a_test.ts", 0], ["tests/use_a_test.ts", 2]]);
  assert.deepEqual(reaching("src/core/b.ts"), [["src/core/a_test.ts", 1], ["tests/pool_test.ts", 3]]);
});

Deno.test("mutate: the test of the same name comes first, then near and quick ones, and those that have killed before", () => {
  const tests = [["own", 0, 900], ["slow", 2, 1], ["quick", 2, 900], ["far", 4, 1], [
    "unknown",
    2,
    60,
  ]] as const;
  const reaching = tests.map(([path, distance, loads]) => ({ path, distance, loads }));
  const seconds = { own: 500, slow: 63, quick: 1, far: 1 };
  assert.deepEqual(inOrder(reaching, { seconds, killed: () => 0 }), [
    "own",
    "quick",
    "unknown",
    "far",
    "slow",
  ]);
  const killed = (file: string) => file === "slow" ? 15 : 0;
  assert.deepEqual(inOrder(reaching, { seconds, killed }), ["own", "slow", "quick", "unknown", "far"]);
});

Deno.test("mutate: the score is that of the mutants that compile, and survivors are named", () => {
  const mutants = mutantsOf(path, "f(a < b, c && d);").filter(({ operator }) => operator !== "statement");
  const counts = { tried: 1, reaching: 2 };
  const verdicts = new Map(
    mutants.map((mutant, i) => [
      mutant,
      i === 0
        ? { outcome: "timed out", file: "one_test.ts", test: null, ...counts } as const
        : { outcome: "survived", file: null, test: null, ...counts } as const,
    ]),
  );
  const { text, score } = summary({ mutants, verdicts, invalid: 3, equivalent: 4, seed: 5 });
  assert.equal(score, 50);
  assert.match(
    text,
    /SURVIVED src\/a\.ts:1 logical: "&&" -> "\|\|" \(1 of 2 test files\)\n {4}f\(a < b, c && d\);/,
  );
  assert.match(text, /src\/a\.ts: 1 of 2\nseed 5: 0 killed, 1 timed out, 1 survived: 50\.0 % of 2; /);
});
