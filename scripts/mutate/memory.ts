import type { Verdict } from "./judge.ts";
import type { KeptProfile } from "./profiles.ts";

/** What runs leave for later ones. */
export interface Memory {
  /** By the key of the mutant. */
  readonly verdicts: Readonly<Record<string, Verdict>>;
  /** What test files do where nothing is mutated. */
  readonly profiles: Readonly<Record<string, KeptProfile>>;
  /** Whether mutants compile, by their keys. */
  readonly compiles: Readonly<Record<string, boolean>>;
}

/** What is known at first. */
export const nothing: Memory = { verdicts: {}, profiles: {}, compiles: {} };

/** The memory in a file, which need not be there yet; written at once, as a run may be stopped at any time. */
export function memoryIn(path: string) {
  const recall = (): Memory => {
    try {
      return { ...nothing, ...JSON.parse(Deno.readTextFileSync(path)) };
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return nothing;
      throw error;
    }
  };
  return {
    recall,
    remember(more: Partial<Memory>): void {
      const { verdicts, profiles, compiles } = recall();
      const all: Memory = {
        verdicts: { ...verdicts, ...more.verdicts },
        profiles: { ...profiles, ...more.profiles },
        compiles: { ...compiles, ...more.compiles },
      };
      Deno.writeTextFileSync(`${path}.new`, JSON.stringify(all));
      Deno.renameSync(`${path}.new`, path);
    },
  };
}
