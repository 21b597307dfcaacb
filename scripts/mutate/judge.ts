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

/** How long the tests of a file take where nothing is mutated; null: they fail there, or never end. */
export type Baselines = Map<string, Promise<number | null>>;

/** The test files in the order in which they are run: near ones first, and of those as near the quick ones. */
export function inOrder(
  reaching: readonly ReachingTest[],
  seconds: Readonly<Record<string, number>>,
): readonly string[] {
  // until it has been run once, a file that loads much is taken for slow
  const cost = ({ path, distance, loads }: ReachingTest) =>
    distance === 0 ? 0 : distance + Math.log2(1 + (seconds[path] ?? loads / 20));
  return reaching.map((test) => ({ path: test.path, cost: cost(test) }))
    .sort((a, b) => a.cost - b.cost || (a.path < b.path ? -1 : 1))
    .map(({ path }) => path);
}

/** What a mutant is judged with. */
export interface JudgeOptions {
  readonly tree: Tree;
  readonly texts: Texts;
  readonly baselines: Baselines;
  /** Told how long a file took where nothing was mutated. */
  readonly onBaseline: (file: string, seconds: number) => void;
  /** The test files that reach the mutant's file, in the order in which they are run. */
  readonly reaching: readonly string[];
  /** How many of them are run at most. */
  readonly filesMax: number;
}

const baselineLimitSeconds = 300;

/**
 * Runs the test files one after the other until one notices the mutant. A file that fails without it is passed over, and
 * one that fails with it has to do so twice, with more time: it counts for what it notices, not for how it ends on a
 * busy machine.
 */
export async function judge(mutant: Mutant, options: JudgeOptions): Promise<Verdict> {
  const { tree, texts, baselines, onBaseline, reaching, filesMax } = options;
  const original = texts.get(mutant.path)!;
  const changed = mutated(original, mutant);
  const count = { reaching: reaching.length };
  let tried = 0;
  try {
    for (const file of reaching) {
      if (tried === filesMax) break;
      if (!baselines.has(file)) {
        await tree.write(mutant.path, original);
        baselines.set(file, baseline(tree, file));
        await baselines.get(file)!.then((seconds) => onBaseline(file, seconds ?? baselineLimitSeconds));
      }
      const usual = await baselines.get(file)!;
      if (usual === null) continue;
      tried++;
      await tree.write(mutant.path, changed);
      const limit = 20 + 6 * usual;
      const { outcome, test } = await tree.test(file, limit);
      if (outcome === "passed") continue;
      const again = await tree.test(file, 3 * limit);
      if (again.outcome === "passed") continue;
      return { outcome: again.outcome === "failed" ? "killed" : "timed out", file, test, tried, ...count };
    }
    return { outcome: "survived", file: null, test: null, tried, ...count };
  } finally {
    await tree.write(mutant.path, original);
  }
}

async function baseline(tree: Tree, file: string): Promise<number | null> {
  const { outcome, seconds } = await tree.test(file, baselineLimitSeconds);
  if (outcome === "passed") return seconds;
  console.error(
    `${file} is passed over: it ${outcome === "failed" ? "fails" : "does not end"} without a mutation, too`,
  );
  return null;
}
