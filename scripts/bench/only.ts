import { InvalidArgumentError } from "commander";
import { nearestName } from "../../src/core/text/nearest_name.ts";

/**
 * Names of `--only`, which holds one or several with commas between and may be given more than once, added to those of
 * `before`, in the order given. Throws for a name that is not among `known`, or that was given already.
 */
export function addNames(
  text: string,
  { known, before = [] }: { readonly known: readonly string[]; readonly before?: readonly string[] },
): readonly string[] {
  const names = [...before];
  for (const name of text.split(",").map((each) => each.trim())) {
    if (!known.includes(name)) {
      const hint = nearestName(name, known);
      throw new InvalidArgumentError(
        `"${name}" is no benchmark${hint === null ? "" : `, the nearest is "${hint}"`}; there are ${
          known.join(", ")
        }`,
      );
    }
    if (names.includes(name)) throw new InvalidArgumentError(`"${name}" is named twice`);
    names.push(name);
  }
  return names;
}
