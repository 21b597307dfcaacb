import { equivalents, isEquivalent } from "./equivalent.ts";
import { type Mutant, mutantsOf, mutated, shuffled } from "./mutants.ts";
import type { Texts } from "./reach.ts";
import { typeFaults } from "./type_faults.ts";

/** The folders whose code is mutated, with all that is below them. */
export const mutatedFolders: readonly string[] = [
  "src/core/",
  "src/request/",
  "src/sweep/",
  "src/worker/",
  "src/usecases/",
  "src/adapters/postgres/",
];

/** Which mutants are wanted. */
export interface Wish {
  /** The project's folder. */
  readonly root: string;
  readonly texts: Texts;
  readonly seed: number;
  readonly count: number;
  /** Beginning of the paths to take them from, or a file with a line: `src/core/grid/axis.ts:12`. */
  readonly only: string;
  /** Whether mutants compile, by their keys, as far as that is known; filled. */
  readonly compiles: Record<string, boolean>;
}

/** The mutants to judge, and how many were passed over to get them. */
export interface Choice {
  readonly mutants: readonly Mutant[];
  /** Those the type check refuses, so that no test is needed. */
  readonly invalid: number;
  /** Those listed as the same program. */
  readonly equivalent: number;
}

/** The first so many mutants in the order of the seed that compile and are not listed as equivalent. */
export async function chooseMutants({ root, texts, seed, count, only, compiles }: Wish): Promise<Choice> {
  const hasFaults = await typeFaults(root, texts);
  const same = await equivalents();
  const mutants: Mutant[] = [];
  let invalid = 0, equivalent = 0;
  for (const mutant of shuffled(allMutants(texts, only), seed)) {
    if (mutants.length === count) break;
    if (same.some((entry) => isEquivalent(entry, mutant))) {
      equivalent++;
      continue;
    }
    compiles[mutant.key] ??= !hasFaults(mutant.path, mutated(texts.get(mutant.path)!, mutant));
    if (compiles[mutant.key]) mutants.push(mutant);
    else invalid++;
  }
  return { mutants, invalid, equivalent };
}

/** All mutants of the mutated folders' code below a path, or of one line of a file. */
export function allMutants(texts: Texts, only: string): readonly Mutant[] {
  const [, place, line] = /^(.*?)(?::(\d+))?$/.exec(only)!;
  return [...texts].filter(([path]) => path.startsWith(place!) && isMutated(path))
    .flatMap(([path, text]) => mutantsOf(path, text))
    .filter((mutant) => line === undefined || mutant.line === Number(line));
}

function isMutated(path: string): boolean {
  return mutatedFolders.some((folder) => path.startsWith(folder)) && path.endsWith(".ts") &&
    !path.endsWith("_test.ts");
}
