import { parseArgs } from "node:util";
import { nearestName } from "../src/core/text/nearest_name.ts";

/** An option that is probably a mistake; its message is one line that says what would help. */
class OptionError extends Error {}

const namesMax = 40;

/** What an option is where it is not given, which also says whether it is a number or a text. */
export type Defaults = Readonly<Record<string, number | string>>;

/** Values of options by their names. */
export type Values<Given extends Defaults> = {
  readonly [Name in keyof Given]: Given[Name] extends number ? number : string;
};

/**
 * Reads a script's options, all of which have a value. A number is whole and above 0, but for `seed`, which may be 0.
 * Throws an {@link OptionError} for an option that is none, with the nearest one, and for a value that is no such number.
 */
export function readOptions<Given extends Defaults>(args: readonly string[], defaults: Given): Values<Given> {
  const names = Object.keys(defaults);
  const { tokens } = parseArgs({
    args: [...args],
    options: Object.fromEntries(names.map((name) => [name, { type: "string" as const }])),
    strict: false,
    tokens: true,
  });
  const values: Record<string, number | string> = { ...defaults };
  for (const token of tokens) {
    if (token.kind === "positional") {
      throw new OptionError(`"${token.value}" belongs to no option; ${there(names)}`);
    }
    if (token.kind !== "option") continue;
    const { name, rawName, value } = token;
    if (!(name in defaults)) {
      const nearest = nearestName(name, names);
      throw new OptionError(
        `${rawName} is no option${nearest === null ? "" : `, the nearest is --${nearest}`}; ${there(names)}`,
      );
    }
    if (value === undefined) throw new OptionError(`${rawName} needs a value`);
    values[name] = typeof defaults[name] === "number" ? wholeNumber(name, value) : value;
  }
  return values as Values<Given>;
}

function there(names: readonly string[]): string {
  return `there are ${names.map((name) => `--${name}`).join(", ")}`;
}

function wholeNumber(name: string, text: string): number {
  const value = Number(text);
  const min = name === "seed" ? 0 : 1;
  if (text.trim() !== "" && Number.isSafeInteger(value) && value >= min) return value;
  throw new OptionError(`--${name} must be a whole number of at least ${min}, got "${text}"`);
}

/** Those of `all` whose name holds `text`. Throws an {@link OptionError} where there are none. */
export function onlyOf<T>(
  all: readonly T[],
  { text, nameOf }: { readonly text: string; readonly nameOf: (each: T) => string },
): readonly T[] {
  const chosen = all.filter((each) => nameOf(each).includes(text));
  if (chosen.length > 0) return chosen;
  const names = all.slice(0, namesMax).map(nameOf).join("; ");
  const more = all.length > namesMax ? "; ..." : "";
  throw new OptionError(`--only "${text}" is in none of the names; there are ${names}${more}`);
}

/** The exit code of a script; 2, with one line on stderr, where its options are wrong. */
export async function exitCode(main: (args: readonly string[]) => Promise<number>): Promise<number> {
  try {
    return await main(Deno.args);
  } catch (error) {
    if (!(error instanceof OptionError)) throw error;
    console.error(`error: ${error.message}`);
    return 2;
  }
}
