import { type Mutant, mutated } from "./mutants.ts";
import type { ReachingTest, Texts } from "./reach.ts";
import type { Tree } from "./tree.ts";

/** What became of a mutant. */
export interface Verdict {
  readonly outcome: "killed" | "timed out" | "survived";
  /** The file that noticed it, null when none did. */
  readonly file: string | null;
  /** The first of its tests that did. */
  readonly test: string | null;
  /** How many test files were run for it, and how many reach its file at all. */
  readonly tried: number;
  readonly reaching: number;
}

/** What is known of the test files, from this run and earlier ones. */
export interface Experience {
  /** How long the tests of a file take, in s. */
  readonly seconds: Readonly<Record<string, number>>;
  /** How many mutants near this one a file has killed. */
  killed(file: string): number;
}

/** The test files in the order in which they are run: near and quick ones first, and those that have killed before. */
export function inOrder(
  reaching: readonly ReachingTest[],
  { seconds, killed }: Experience,
): readonly string[] {
  // until it has been run once, a file that loads much is taken for slow, and one that may start servers for slower
  const guess = ({ path, loads }: ReachingTest) => loads / 20 + (path.startsWith("tests/") ? 10 : 0);
  const cost = (test: ReachingTest) =>
    test.distance === 0 ? -Infinity : 2 * test.distance + Math.log2(1 + (seconds[test.path] ?? guess(test))) -
      2 * Math.log2(1 + killed(test.path));
  return reaching.map((test) => ({ path: test.path, cost: cost(test) }))
    .sort((a, b) => a.cost - b.cost || (a.path < b.path ? -1 : 1))
    .map(({ path }) => path);
}

/** What a mutant is judged with. */
export interface JudgeOptions {
  readonly tree: Tree;
  readonly texts: Texts;
  /** Test files that were run without a mutation, and whether they pass there; filled as needed. */
  readonly sound: Map<string, Promise<boolean>>;
  /** How long files take, as far as known; filled. */
  readonly seconds: Record<string, number>;
  /** The test files that reach the mutant's file, in the order in which they are run. */
  readonly reaching: readonly string[];
  /** How many of them are run at most. */
  readonly filesMax: number;
}

/** For a file that nobody has timed yet, with a mutation and without, in s. */
const unknownLimit = 60;
const soundLimit = 300;

/**
 * Runs the test files one after the other until one notices the mutant. A file that does so has to do it twice, the second
 * time with more time, and has to pass without the mutation: it counts for what it notices, not for how it ends on a busy
 * machine.
 */
export async function judge(mutant: Mutant, options: JudgeOptions): Promise<Verdict> {
  const { tree, texts, sound, seconds, reaching, filesMax } = options;
  const original = texts.get(mutant.path)!;
  const changed = mutated(original, mutant);
  const isSound = async (file: string): Promise<boolean> => {
    await tree.write(mutant.path, original);
    const { outcome, seconds: took } = await tree.test(file, soundLimit);
    if (outcome === "passed") seconds[file] = took;
    else {
      const how = outcome === "failed" ? "fails" : "does not end";
      console.error(`${file} is passed over: it ${how} without a mutation, too`);
    }
    return outcome === "passed";
  };
  const count = { reaching: reaching.length };
  let tried = 0;
  try {
    for (const file of reaching) {
      if (tried === filesMax) break;
      if (await sound.get(file) === false) continue;
      const limit = () => seconds[file] === undefined ? unknownLimit : 20 + 6 * seconds[file];
      await tree.write(mutant.path, changed);
      const { outcome, seconds: took, test } = await tree.test(file, limit());
      tried++;
      if (outcome === "passed") {
        seconds[file] ??= took;
        continue;
      }
      if (!sound.has(file)) sound.set(file, isSound(file));
      if (!await sound.get(file)) {
        tried--;
        continue;
      }
      await tree.write(mutant.path, changed);
      const again = await tree.test(file, 3 * limit());
      if (again.outcome === "passed") continue;
      return { outcome: again.outcome === "failed" ? "killed" : "timed out", file, test, tried, ...count };
    }
    return { outcome: "survived", file: null, test: null, tried, ...count };
  } finally {
    await tree.write(mutant.path, original);
  }
}
