import type { CompiledRules, CompiledSide } from "./compile.ts";

/** What a signal holds: 1 long, -1 short, 0 nothing. */
export type SideState = 1 | -1 | 0;

/** What is true of a side's texts on one bar; unknown is not true. */
export interface SideTruth {
  readonly enter: boolean;
  readonly exit: boolean;
}

/** What decides a bar's state. */
export interface StepInput {
  /** State of the bar before; 0 on the first bar of the range. */
  readonly before: SideState;
  readonly long: SideTruth;
  readonly short: SideTruth;
  /** Sides that the direction mode opens. */
  readonly opens: { readonly long: boolean; readonly short: boolean };
}

/** The state of a bar, and why it is that one, in a few words each. */
export interface StateStep {
  readonly state: SideState;
  readonly reasons: readonly string[];
}

const names = { 1: "long", [-1]: "short" } as const;

/**
 * One step from state to state: a side is left when its exit is true, or without an exit when its enter is not, or when the
 * other side is entered; who holds nothing enters the one side that says so. An enter counts only where its own exit is not
 * true.
 */
export function stepState(
  rules: Pick<CompiledRules, "long" | "short">,
  { before, opens, ...truth }: StepInput,
): StateStep {
  const sides = { long: sideOf("long", rules, truth.long), short: sideOf("short", rules, truth.short) };
  const reasons: string[] = [];
  let state = before;
  if (before !== 0) {
    const [own, other] = before === 1 ? [sides.long, sides.short] : [sides.short, sides.long];
    if (own.leaves !== null) reasons.push(own.leaves);
    if (other.enters) reasons.push(`${other.name}.enter is true`);
    if (reasons.length === 0) return { state, reasons: [`nothing ends ${names[before]}`] };
    reasons.push(`${names[before]} ends`);
    state = 0;
  }
  const { long, short } = sides;
  for (const side of [long, short]) {
    if (side.isBoth) {
      reasons.push(`${side.name}.enter and ${side.name}.exit are both true, so it is not entered`);
    }
  }
  if (long.enters && short.enters) {
    reasons.push("long.enter and short.enter are both true, so neither is entered");
    return { state, reasons };
  }
  const entered = long.enters ? long : short.enters ? short : null;
  if (entered === null) return { state, reasons: reasons.length > 0 ? reasons : ["no enter is true"] };
  if (!opens[entered.name]) {
    return {
      state,
      reasons: [...reasons, `${entered.name}.enter is true, but the direction mode opens no ${entered.name}`],
    };
  }
  if (!reasons.includes(`${entered.name}.enter is true`)) reasons.push(`${entered.name}.enter is true`);
  return { state: entered.name === "long" ? 1 : -1, reasons: [...reasons, `${entered.name} is entered`] };
}

interface SideFacts {
  readonly name: "long" | "short";
  /** Whether its enter counts. */
  readonly enters: boolean;
  readonly isBoth: boolean;
  /** Why it is left; null where it is not. */
  readonly leaves: string | null;
}

function sideOf(
  name: "long" | "short",
  rules: Pick<CompiledRules, "long" | "short">,
  { enter, exit }: SideTruth,
): SideFacts {
  const side: CompiledSide | null = rules[name];
  if (side === null) return { name, enters: false, isBoth: false, leaves: null };
  if (side.exit === null) {
    return {
      name,
      enters: enter,
      isBoth: false,
      leaves: enter ? null : `${name}.enter is not true, and there is no exit`,
    };
  }
  return {
    name,
    enters: enter && !exit,
    isBoth: enter && exit,
    leaves: exit ? `${name}.exit is true` : null,
  };
}
