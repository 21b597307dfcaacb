import { basename } from "node:path";
import type { Mutant } from "./mutants.ts";

/** Mutants that are the same program, or differ in what nothing may depend on. */
export interface Equivalent {
  /** Name of the file, without its folder. */
  readonly file: string;
  /** The line, without indentation. */
  readonly code: string;
  readonly operator: string;
  /** What is put in place of what, where the line has several mutants of the operator. */
  readonly after?: string;
  readonly reason: string;
}

/** The listed ones. */
export async function equivalents(): Promise<readonly Equivalent[]> {
  return JSON.parse(await Deno.readTextFile(new URL("./equivalent.json", import.meta.url)));
}

/** Whether a mutant is one of those of an entry. */
export function isEquivalent({ file, code, operator, after }: Equivalent, mutant: Mutant): boolean {
  return mutant.operator === operator && mutant.code === code && basename(mutant.path) === file &&
    (after === undefined || mutant.after === after);
}
