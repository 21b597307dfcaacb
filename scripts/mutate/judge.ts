import { dirname } from "node:path";
import { type Mutant, mutated } from "./mutants.ts";
import { type Profiles, runsLine } from "./profiles.ts";
import type { ReachingTest, Texts } from "./reach.ts";
import type { Tree } from "./tree.ts";

/** What became of a mutant. */
export interface Verdict {
  readonly outcome: "killed" | "timed out" | "survived";
  /** The file that noticed it, null when none did. */
  readonly file: string | null;
  /** The first of its tests that did. */
  readonly test: string | null;
  /** How many test files were run with it; those looked at beside these do not run its line, or do not pass without it. */
  readonly tried: number;
  readonly looked: number;
  /** How many reach its file at all. */
  readonly reaching: number;
}

/** What is known of the test files, from this run and earlier ones. */
export interface Experience {
  /** How long the tests of a file take, in s, if they were run before. */
  seconds(file: string): number | undefined;
  /** How many mutants near this one a file has killed. */
  killed(file: string): number;
}

/**
 * The test files in the order in which they are run: that of the same name, then those of the same folder, near and quick
 * ones, and those that have killed before.
 */
export function inOrder(
  reaching: readonly ReachingTest[],
  { seconds, killed, folder }: Experience & { readonly folder: string },
): readonly string[] {
  // until it has been run once, a file that loads much is taken for slow, and one that may start servers for slower
  const guess = ({ path, loads }: ReachingTest) => loads / 20 + (path.startsWith("tests/") ? 10 : 0);
  const cost = (test: ReachingTest) =>
    test.distance === 0 ? -Infinity : 2 * test.distance + Math.log2(1 + (seconds(test.path) ?? guess(test))) -
      2 * Math.log2(1 + killed(test.path)) - (dirname(test.path) === folder ? 6 : 0);
  return reaching.map((test) => ({ path: test.path, cost: cost(test) }))
    .sort((a, b) => a.cost - b.cost || (a.path < b.path ? -1 : 1))
    .map(({ path }) => path);
}

/** What a mutant is judged with. */
export interface JudgeOptions {
  readonly tree: Tree;
  readonly texts: Texts;
  readonly profiles: Profiles;
  /** The test files that reach the mutant's file, in the order in which they are looked at. */
  readonly reaching: readonly string[];
  /**
   * How many of them are run at most with the mutant. Of those whose lines are not known yet half as many are run without it,
   * and twice as many while none has been found that runs the line.
   */
  readonly filesMax: number;
}

/**
 * Runs the test files that run the mutant's line one after the other until one notices it. A file that does so has to do it
 * twice, the second time with more time, and passes without the mutation: it counts for what it notices, not for how it
 * ends on a busy machine.
 */
export async function judge(mutant: Mutant, options: JudgeOptions): Promise<Verdict> {
  const { tree, texts, profiles, reaching, filesMax } = options;
  const original = texts.get(mutant.path)!;
  const changed = mutated(original, mutant);
  let tried = 0, looked = 0, taken = 0;
  const counts = () => ({ tried, looked, reaching: reaching.length });
  for (const file of reaching) {
    if (tried === filesMax) break;
    const known = profiles.known(file, mutant.path);
    if (!known && taken++ >= (tried === 0 ? 2 * filesMax : filesMax / 2)) continue;
    const profile = await (known ?? profiles.take(file, tree));
    looked++;
    if (!profile.sound || !runsLine(profile, mutant.path, mutant.line)) continue;
    const limit = 20 + 6 * profile.seconds;
    tried++;
    try {
      await tree.write(mutant.path, changed);
      const { outcome, test } = await tree.test(file, limit);
      if (outcome === "passed") continue;
      const again = await tree.test(file, 3 * limit);
      if (again.outcome === "passed") continue;
      return { outcome: again.outcome === "failed" ? "killed" : "timed out", file, test, ...counts() };
    } finally {
      await tree.write(mutant.path, original);
    }
  }
  return { outcome: "survived", file: null, test: null, ...counts() };
}
