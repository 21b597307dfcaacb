import type { Verdict } from "./judge.ts";

/** What runs leave for later ones. */
export interface Memory {
  /** By the key of the mutant. */
  readonly verdicts: Readonly<Record<string, Verdict>>;
  /** How long the tests of a file take where nothing is mutated. */
  readonly seconds: Readonly<Record<string, number>>;
}

/** The memory in a file, which need not be there yet; written at once, as a run may be stopped at any time. */
export function memoryIn(path: string) {
  const recall = (): Memory => {
    try {
      return JSON.parse(Deno.readTextFileSync(path));
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return { verdicts: {}, seconds: {} };
      throw error;
    }
  };
  return {
    recall,
    remember(more: Partial<Memory>): void {
      const { verdicts, seconds } = recall();
      const all: Memory = {
        verdicts: { ...verdicts, ...more.verdicts },
        seconds: { ...seconds, ...more.seconds },
      };
      Deno.writeTextFileSync(`${path}.new`, JSON.stringify(all));
      Deno.renameSync(`${path}.new`, path);
    },
  };
}
