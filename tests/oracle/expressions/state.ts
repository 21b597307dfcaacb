import type { CompiledRules, CompiledSide } from "../../../src/core/rules/mod.ts";
import type { Signal } from "../rules.ts";
import type { Evaluator, Tri } from "./evaluate.ts";

/** When the sides of a strategy are entered and left, bar by bar. */
export interface SideEvents {
  /** Entered: the entry is true and the exit is not. */
  readonly L: readonly boolean[];
  readonly S: readonly boolean[];
  readonly leaveLong: readonly boolean[];
  readonly leaveShort: readonly boolean[];
}

/** Events of a strategy for chosen parameters. */
export function eventsOf(rules: Pick<CompiledRules, "long" | "short">, evaluator: Evaluator): SideEvents {
  const sideOf = (side: CompiledSide | null) => {
    if (side === null) return null;
    const enter = evaluator.condition(side.enter).map(isTrue);
    const exit = side.exit === null
      ? enter.map((enters) => !enters)
      : evaluator.condition(side.exit).map(isTrue);
    return { enter, exit };
  };
  const [long, short] = [sideOf(rules.long), sideOf(rules.short)];
  const bars = (long ?? short)!.enter.map((_, t) => t);
  const L = bars.map((t) => long !== null && long.enter[t]! && !long.exit[t]!);
  const S = bars.map((t) => short !== null && short.enter[t]! && !short.exit[t]!);
  return {
    L,
    S,
    leaveLong: bars.map((t) => (long?.exit[t] ?? false) || S[t]!),
    leaveShort: bars.map((t) => (short?.exit[t] ?? false) || L[t]!),
  };
}

/** The state after every bar of a slice, which begins with none. */
export function statesOf(
  { L, S, leaveLong, leaveShort }: SideEvents,
  { start, stop }: { readonly start: number; readonly stop: number },
): readonly Signal[] {
  let state: Signal = "N";
  const states: Signal[] = [];
  for (let t = start; t < stop; t++) {
    if (state === "L" && leaveLong[t]) state = "N";
    if (state === "S" && leaveShort[t]) state = "N";
    if (state === "N" && L[t] !== S[t]) state = L[t] ? "L" : "S";
    states.push(state);
  }
  return states;
}

function isTrue(value: Tri): boolean {
  return value === true;
}
