import { blockSize, BlockValues } from "./block_values.ts";
import type { NumberCheck } from "./number_check.ts";
import { numberText } from "./canonical_text.ts";
import type { Combinations } from "./combinations.ts";
import type { RuleNode } from "./expression.ts";
import type { RuleFault } from "./fault.ts";
import type { RuleParam } from "./params.ts";
import type { Steps } from "./steps.ts";

/** A check and the member in whose text it stands. */
export interface PlacedCheck {
  readonly path: string;
  readonly check: NumberCheck;
}

/**
 * Looks at the windows and numbers of all texts for every kept combination: one fault for each that fails, for the first
 * combination in which it does. A number in which a definition's own fault shows is passed over. Throws `TooManySteps`.
 */
export function checkNumbers(
  checks: readonly PlacedCheck[],
  given: Pick<Given, "params" | "combinations" | "steps">,
): readonly RuleFault[] {
  const failed = new Set<number>();
  return checks.flatMap(({ path, check }) => {
    const nodes = check.kind === "order" ? [check.low.node, check.high.node] : [check.node];
    if (nodes.some((node) => holdsOne(node, failed))) return [];
    const place = firstFailure(check, { nodes, ...given });
    if (place === null) return [];
    // of a definition that is a number: what names it is no fault of its own
    if (check.kind === "finite") failed.add(check.node.id);
    const { params } = given;
    const own = params.filter(({ name, type }) =>
      type === "number" && nodes.some((node) => node.params.includes(name))
    );
    const values = given.combinations.valuesAt(place);
    const withText = own.map(({ name }) => `${name} = ${numberText(Number(values[name]))}`).join(", ");
    const found = nodes.map((node) => valueAt(node, { params, place }));
    const said = sentence(check, found);
    const message = `${said}${withText === "" ? "" : ` with ${withText}`} at ${check.at}`;
    return [{ path, position: check.at, message }];
  });
}

interface Given {
  readonly nodes: readonly RuleNode[];
  readonly params: readonly RuleParam[];
  readonly combinations: Combinations;
  readonly steps: Steps;
}

/** Place of the first kept combination that fails; null when none does. */
function firstFailure(check: NumberCheck, { nodes, params, combinations, steps }: Given): number | null {
  // the same values come again for every value of the other parameters: whether any fails at all is soon seen
  const own = params.filter(({ name }) => nodes.some((node) => node.params.includes(name)));
  const total = own.reduce((product, { values }) => product * values.length, 1);
  steps.take(total, nodes);
  if (findFailure(check, { nodes, params: own, total, isKept: () => true }) === null) return null;
  steps.take(combinations.total, nodes);
  const isKept = (place: number) => combinations.isKept(place);
  return findFailure(check, { nodes, params, total: combinations.total, isKept });
}

function findFailure(
  check: NumberCheck,
  { nodes, params, total, isKept }: {
    readonly nodes: readonly RuleNode[];
    readonly params: readonly RuleParam[];
    readonly total: number;
    readonly isKept: (place: number) => boolean;
  },
): number | null {
  const values = new BlockValues(params);
  for (let from = 0; from < total; from += blockSize) {
    const count = Math.min(blockSize, total - from);
    const [column, other] = nodes.map((node) => values.of(node, { from, count }));
    for (let i = 0; i < count; i++) {
      if (fails(check, column![i]!, other?.[i] ?? 0) && isKept(from + i)) return from + i;
    }
  }
  return null;
}

function fails(check: NumberCheck, value: number, other: number): boolean {
  if (check.kind === "finite") return !Number.isFinite(value);
  if (check.kind === "order") return value > other;
  const { min = -Infinity, max = Infinity, integer = false } = check;
  return !(value >= min && value <= max) || (integer && !Number.isInteger(value));
}

function sentence(check: NumberCheck, [value, other]: readonly number[]): string {
  if (check.kind === "order") {
    const { name, low, high } = check;
    return `${name}: ${high.name} ${numberText(other!)} is below ${low.name} ${numberText(value!)}`;
  }
  if (check.kind === "finite" || !Number.isFinite(value)) return "no finite number";
  const { label, min = -Infinity, max = Infinity, integer = false } = check;
  const what = integer ? "an integer" : "a number";
  return `${label} takes ${what} from ${numberText(min)} to ${numberText(max)}, found ${numberText(value!)}`;
}

/** The value of a number for the combination with this place among all. */
export function valueAt(
  node: RuleNode,
  { params, place }: { readonly params: readonly RuleParam[]; readonly place: number },
): number {
  return new BlockValues(params, 1).of(node, { from: place, count: 1 })[0]!;
}

function holdsOne(node: RuleNode, ids: ReadonlySet<number>): boolean {
  return ids.has(node.id) || node.args.some((arg) => holdsOne(arg, ids));
}
