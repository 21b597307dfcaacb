import assert from "node:assert/strict";
import { inOrder, judge } from "./judge.ts";
import { mutantsOf } from "./mutants.ts";
import { type KeptProfile, linesOfLcov, Profiles, runsLine } from "./profiles.ts";
import { testsReaching } from "./reach.ts";
import { summary } from "./summary.ts";
import type { TestEnd, Tree } from "./tree.ts";

const path = "src/a.ts";
const original = "f(a < b);";
const [mutant] = mutantsOf(path, original).filter(({ operator }) => operator === "boundary");

interface Ends {
  /** Without the mutation; passed unless given. */
  readonly plain?: TestEnd["outcome"];
  /** With it, one end per run; the last one stays. */
  readonly mutated: TestEnd["outcome"][];
  /** Whether its tests run the mutant's line; they do unless told otherwise. */
  readonly runsIt?: boolean;
}

/** Judges the mutant by test files that end as told. */
async function judged(files: Readonly<Record<string, Ends>>, filesMax = 9) {
  let text = original;
  const runs: string[] = [];
  const limits: number[] = [];
  const kept: Record<string, KeptProfile> = {};
  const end = (outcome: TestEnd["outcome"], file: string) => ({
    outcome,
    seconds: 10,
    test: outcome === "failed" ? `${file} tests it` : null,
  });
  const tree: Tree = {
    write: (_, written) => Promise.resolve(void (text = written)),
    test(file, limitSeconds) {
      const { mutated } = files[file]!;
      assert.notEqual(text, original);
      runs.push(`${file}*`);
      limits.push(limitSeconds);
      return Promise.resolve(end(mutated.length > 1 ? mutated.shift()! : mutated[0]!, file));
    },
    profile(file) {
      const { plain = "passed", runsIt = true } = files[file]!;
      assert.equal(text, original, "the mutation was left in the tree");
      runs.push(file);
      return Promise.resolve({ ...end(plain, file), lines: { [path]: runsIt ? [1, 1] : [2, 9] } });
    },
  };
  const all = new Map([[path, original]]);
  const profiles = new Profiles(all, { kept, keep: (file, profile) => kept[file] = profile });
  const judgeIt = () =>
    judge(mutant!, { tree, texts: all, profiles, reaching: Object.keys(files), filesMax });
  const verdict = await judgeIt();
  assert.equal(text, original, "the mutation was left in the tree");
  return { verdict, runs, limits, kept, judgeIt };
}

Deno.test("mutate: a mutant is killed by the first file that fails with it twice and passes without", async () => {
  const { verdict, runs } = await judged({
    one: { mutated: ["passed"] },
    two: { mutated: ["failed"] },
    three: { mutated: ["failed"] },
  });
  const killed = {
    outcome: "killed",
    file: "two",
    test: "two tests it",
    tried: 2,
    looked: 2,
    reaching: 3,
  };
  assert.deepEqual(verdict, killed);
  assert.deepEqual(runs, ["one", "one*", "two", "two*", "two*"]);
});

Deno.test("mutate: a file that fails once, or without the mutation, kills nothing", async () => {
  const { verdict, runs, kept } = await judged({
    flaky: { mutated: ["failed", "passed"] },
    broken: { plain: "failed", mutated: ["failed"] },
    endless: { plain: "timed out", mutated: ["timed out"] },
  });
  const survived = { outcome: "survived", file: null, test: null, tried: 1, looked: 3, reaching: 3 };
  assert.deepEqual(verdict, survived);
  assert.deepEqual(runs, ["flaky", "flaky*", "flaky*", "broken", "endless"]);
  assert.deepEqual(Object.keys(kept), ["flaky"]);
});

Deno.test("mutate: a file that does not run the line is not run with the mutation", async () => {
  const { verdict, runs } = await judged({
    elsewhere: { mutated: ["failed"], runsIt: false },
    one: { mutated: ["passed"] },
  });
  const survived = { outcome: "survived", file: null, test: null, tried: 1, looked: 2, reaching: 2 };
  assert.deepEqual(verdict, survived);
  assert.deepEqual(runs, ["elsewhere", "one", "one*"]);
});

Deno.test("mutate: what is known of a file holds for other mutants, and until the file or what it runs changes", async () => {
  const { runs, judgeIt, kept } = await judged({ one: { mutated: ["passed"] } });
  await judgeIt();
  assert.deepEqual(runs, ["one", "one*", "one*"]);
  const keep = () => assert.fail("nothing is run");
  const of = (texts: Readonly<Record<string, string>>) =>
    new Profiles(new Map(Object.entries(texts)), { kept, keep }).known("one", path);
  assert.equal((await of({ [path]: original }))?.sound, true);
  assert.equal(of({ [path]: "other" }), null);
  assert.equal(of({ [path]: original, one: "other" }), null);
});

Deno.test("mutate: what does not end is a kill of its own when more time does not help", async () => {
  const late = await judged({ one: { mutated: ["timed out"] } });
  assert.deepEqual([late.verdict.outcome, late.verdict.file], ["timed out", "one"]);
  // 20 s and six times what it takes; then three times as long
  assert.deepEqual(late.limits, [80, 240]);
  const slow = await judged({ one: { mutated: ["timed out", "passed"] } });
  assert.equal(slow.verdict.outcome, "survived");
});

Deno.test("mutate: no more files are run than wanted", async () => {
  const { verdict } = await judged({ one: { mutated: ["passed"] }, two: { mutated: ["failed"] } }, 1);
  assert.deepEqual([verdict.outcome, verdict.tried, verdict.reaching], ["survived", 1, 2]);
});

Deno.test("mutate: the lines that were run are taken from a report, those of the project's code", () => {
  const lcov = [
    "SF:/work/tree/src/core/a.ts",
    "FN:1,a",
    ...["1,3", "2,1", "3,0", "5,1", "6,2", "7,1"].map((line) => `DA:${line}`),
    "end_of_record",
    "SF:/work/tree/tests/helpers/b.ts",
    "DA:1,1",
    "end_of_record",
    "SF:/work/tree/build/old/src/core/a.ts",
    "DA:9,1",
  ];
  const lines = linesOfLcov(lcov.join("\n"), "/work/tree");
  assert.deepEqual(lines, { "src/core/a.ts": [1, 2, 5, 7] });
  const profile = { sound: true, seconds: 1, lines };
  const run = [1, 2, 3, 4, 5, 6, 7, 8].filter((line) => runsLine(profile, "src/core/a.ts", line));
  assert.deepEqual(run, [1, 2, 5, 6, 7]);
  assert.equal(runsLine(profile, "src/core/b.ts", 1), false);
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
  const times: Readonly<Record<string, number>> = { own: 500, slow: 63, quick: 1, far: 1 };
  const seconds = (file: string) => times[file];
  assert.deepEqual(inOrder(reaching, { seconds, killed: () => 0, folder: "src" }), [
    "own",
    "quick",
    "unknown",
    "far",
    "slow",
  ]);
  const killed = (file: string) => file === "slow" ? 15 : 0;
  assert.deepEqual(inOrder(reaching, { seconds, killed, folder: "src" }), [
    "own",
    "slow",
    "quick",
    "unknown",
    "far",
  ]);
});

Deno.test("mutate: tests of the file's folder come before nearer ones of other folders", () => {
  const reaching = ["src/b/near_test.ts", "src/a/far_test.ts"].map((path, i) => ({
    path,
    distance: 1 + 2 * i,
    loads: 9,
  }));
  const experience = { seconds: () => 1, killed: () => 0 };
  const order = (folder: string) => inOrder(reaching, { ...experience, folder });
  assert.deepEqual(order("src/a"), ["src/a/far_test.ts", "src/b/near_test.ts"]);
  assert.deepEqual(order("src/c"), ["src/b/near_test.ts", "src/a/far_test.ts"]);
});

Deno.test("mutate: the score is that of the mutants that compile, and survivors are named", () => {
  const mutants = mutantsOf(path, "f(a < b, c && d);").filter(({ operator }) => operator !== "statement");
  const counts = { tried: 1, looked: 2, reaching: 3 };
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
    /SURVIVED src\/a\.ts:1 logical: "&&" -> "\|\|" \(run by 1 of 2 test files looked at, of 3 that reach it\)\n {4}f\(a < b, c && d\);/,
  );
  assert.match(text, /src\/a\.ts: 1 of 2\nseed 5: 0 killed, 1 timed out, 1 survived: 50\.0 % of 2; /);
});
