import { type DecimalRange, rangeLength, rangeValues } from "../numbers/mod.ts";
import { compareCodePoints } from "../text/mod.ts";
import type { RuleFault } from "./fault.ts";
import { numberText } from "./canonical_text.ts";
import { prices, takenNames } from "./vocabulary.ts";

/** A parameter's values as a request writes them. */
export type RuleAxisSpec =
  | { readonly mode: "explicit"; readonly values: readonly (number | string)[] }
  | ({ readonly mode: "range" } & DecimalRange);

/** A parameter with its values spelled out, in enumeration order. */
export interface RuleParam {
  readonly name: string;
  /** Prices make it a series. */
  readonly type: "number" | "series";
  /** Numbers, or names of prices. */
  readonly values: readonly (number | string)[];
}

/** Most parameters of a strategy. */
export const paramsMax = 16;

/** Most combinations of their values. */
export const combinationsMax = 10_000_000;

/** Most values of one range. */
const valuesMax = 1_000_000;

const nameForm = /^[a-z][a-z0-9_]{0,31}$/;

/** Why a name cannot be that of a parameter or a definition; null when it can. */
export function nameFault(name: string, what: "parameter" | "definition"): string | null {
  if (!nameForm.test(name)) return `${JSON.stringify(name)} is no ${what} name: [a-z][a-z0-9_]{0,31}`;
  return takenNames.has(name) ? `${JSON.stringify(name)} has a meaning of its own` : null;
}

/** The parameters, sorted by name by code point; one with a fault is missing, and named among the faults. */
export function readParams(
  specs: Readonly<Record<string, RuleAxisSpec>>,
): { readonly params: readonly RuleParam[]; readonly faults: readonly RuleFault[] } {
  const names = Object.keys(specs).sort(compareCodePoints);
  if (names.length > paramsMax) {
    return {
      params: [],
      faults: [fault("params", `at most ${paramsMax} parameters, found ${names.length}`)],
    };
  }
  const read = names.map((name) => {
    const spec = specs[name]!;
    const said = nameFault(name, "parameter") ?? valuesFault(spec);
    return said === null ? paramOf(name, spec) : fault(`params.${name}`, said);
  });
  const params = read.filter((result) => "values" in result);
  const faults = read.filter((result) => "message" in result);
  const combinations = params.reduce((product, { values }) => product * values.length, 1);
  if (combinations <= combinationsMax) return { params, faults };
  const said = `at most ${combinationsMax} combinations, found ${combinations}`;
  return { params, faults: [...faults, fault("params", said)] };
}

function paramOf(name: string, spec: RuleAxisSpec): RuleParam {
  // adding 0 makes -0 the same as 0
  if (spec.mode === "range") {
    return {
      name,
      type: "number",
      values: rangeValues(spec).map((value) => value + 0),
    };
  }
  const type = typeof spec.values[0] === "string" ? "series" : "number";
  return { name, type, values: spec.values.map((value) => typeof value === "number" ? value + 0 : value) };
}

function valuesFault(spec: RuleAxisSpec): string | null {
  if (spec.mode === "range") return rangeFault(spec);
  const { values } = spec;
  if (values.length === 0) return "a parameter needs at least one value";
  const texts = values.filter((value) => typeof value === "string");
  if (texts.length > 0 && texts.length < values.length) return "numbers and price names do not mix";
  const stranger = texts.find((text) => !prices.some((price) => price === text));
  if (stranger !== undefined) return `${JSON.stringify(stranger)} is no price: ${prices.join(", ")}`;
  const odd = values.find((value) => typeof value === "number" && !Number.isFinite(value));
  if (odd !== undefined) return `values are finite numbers, found ${odd}`;
  const seen = new Set<number | string>();
  const twice = values.find((value) => seen.has(value) || !seen.add(value));
  if (twice === undefined) return null;
  return `values are different, found ${typeof twice === "number" ? numberText(twice) : twice} twice`;
}

function rangeFault(range: DecimalRange): string | null {
  const { start, stop_incl: stop, step } = range;
  const odd = [start, stop, step].find((value) => !Number.isFinite(value));
  if (odd !== undefined) return `a range has finite numbers, found ${odd}`;
  if (step <= 0) return `a range has a step above 0, found ${numberText(step)}`;
  if (start > stop) {
    return `a range has start <= stop_incl, found ${numberText(start)} > ${numberText(stop)}`;
  }
  const length = rangeLength(range);
  if (length > BigInt(valuesMax)) return `a range has at most ${valuesMax} values`;
  // a step below what a double resolves gives values twice
  const values = rangeValues(range);
  return values.every((value, i) => i === 0 || value > values[i - 1]!)
    ? null
    : "a range has different values";
}

function fault(path: string, message: string): RuleFault {
  return { path, position: null, message };
}
