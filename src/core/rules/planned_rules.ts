import type { DayStart } from "../bars/mod.ts";
import { type Combination, stridesOf } from "./combinations.ts";
import { type Compilation, type CompiledRules, compileRules, type RulesSpec } from "./compile.ts";
import { canonicalRules, rulesHash } from "./keys.ts";

/** The rules of a sweep, as plain data that can be posted to a thread. They have no faults. */
export interface PlannedRules {
  readonly spec: RulesSpec;
  /** The template's. */
  readonly timeframe: string;
  /** Where the market's days start, which decides about higher bars; null for midnight UTC. */
  readonly dayStart: DayStart | null;
}

/** The same, compiled. */
export interface PreparedRules {
  readonly rules: CompiledRules;
  readonly hash: string;
  /** Parameters that a side depends on, and how far one value further of each is among their combinations. */
  readonly used: {
    readonly strides: readonly number[];
    readonly count: number;
  };
}

// a request is checked, planned and prepared; combinations may be ten million
const compilations = new WeakMap<RulesSpec, Map<string, Compilation>>();

/** Compiles rules as `compileRules` does, once for each object and timeframe. */
export function compiledOnce(spec: RulesSpec, { timeframe }: { readonly timeframe: string }): Compilation {
  const known = compilations.get(spec) ?? new Map<string, Compilation>();
  compilations.set(spec, known);
  const compilation = known.get(timeframe) ?? compileRules(spec, { timeframe });
  known.set(timeframe, compilation);
  return compilation;
}

// a plan is asked for keys and payloads of many variants, and posted to threads, which compile it once each
const prepared = new WeakMap<PlannedRules, PreparedRules>();

/** Compiles the rules of a sweep, once for each object. Throws RangeError for rules with a fault. */
export function preparedRules(planned: PlannedRules): PreparedRules {
  const known = prepared.get(planned);
  if (known !== undefined) return known;
  const { rules, faults } = compiledOnce(planned.spec, planned);
  if (rules === null) throw new RangeError(`rules with a fault were planned: ${faults[0]!.message}`);
  const mine = rules.params.filter(({ name }) => !rules.unused.includes(name));
  const own = stridesOf(mine);
  const made = {
    rules,
    hash: rulesHash(canonicalRules(rules)),
    used: {
      strides: rules.params.map((param) => mine.includes(param) ? own[mine.indexOf(param)]! : 0),
      count: mine.reduce((product, { values }) => product * values.length, 1),
    },
  };
  prepared.set(planned, made);
  return made;
}

/** Number of a variant among those that differ in parameters a side depends on: others have the same signal. */
export function distinctRule({ rules: { combinations }, used }: PreparedRules, index: number): number {
  const positions = combinations.positionsAt(combinations.placeOf(index));
  return used.strides.reduce((number, stride, i) => number + stride * positions[i]!, 0);
}

/** Parameters of a variant. */
export function ruleParams(planned: PlannedRules, index: number): Combination {
  return preparedRules(planned).rules.combinations.at(index);
}
