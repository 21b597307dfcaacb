/** What a step decided: -1 short, 0 flat, 1 long. */
export type Side = -1 | 0 | 1;

/** Who closed a step: the agent, or its deadline. */
export type StepSource = "agent" | "timeout_hold";

/** What an agent may ask for; `hold` keeps the side of the step before. */
export const actions = ["long", "short", "flat", "hold"] as const;

/** One of {@link actions}. */
export type Action = typeof actions[number];

/** A side in words. */
export type SideName = Exclude<Action, "hold">;

const sides: Readonly<Record<SideName, Side>> = { long: 1, short: -1, flat: 0 };

/**
 * The steps of a run so far as one text, a letter a step: `l`, `s`, `f` for its side, a capital where the agent decided. A
 * run of ten thousand steps is read in one piece, and compared as one.
 */
export type StepCodes = string;

const letters: Readonly<Record<Side, string>> = { 1: "L", [-1]: "S", 0: "F" };

/** The letter of a step. */
export function stepCode({ side, source }: { readonly side: Side; readonly source: StepSource }): string {
  return source === "agent" ? letters[side] : letters[side].toLowerCase();
}

/** Side of a step; of the one before the first: flat. */
export function sideAt(steps: StepCodes, index: number): Side {
  const letter = steps[index]?.toUpperCase();
  return letter === "L" ? 1 : letter === "S" ? -1 : 0;
}

/** Who closed a step. */
export function sourceAt(steps: StepCodes, index: number): StepSource {
  const letter = steps[index]!;
  return letter === letter.toUpperCase() ? "agent" : "timeout_hold";
}

/** Timeouts at the end of the steps. */
export function holdsInRow(steps: StepCodes): number {
  let from = steps.length;
  while (from > 0 && sourceAt(steps, from - 1) === "timeout_hold") from--;
  return steps.length - from;
}

/** The side that an action means after these steps. */
export function sideOf(action: Action, steps: StepCodes): Side {
  return action === "hold" ? sideAt(steps, steps.length - 1) : sides[action];
}

/** A side in words. */
export function sideName(side: Side): SideName {
  return side === 1 ? "long" : side === -1 ? "short" : "flat";
}

/** How the bars of a run's slice are shared out among its steps. */
export interface StepGrid {
  /** Bars of the slice. */
  readonly bars: number;
  /** Bars per step, >= 1; the last step may have fewer. */
  readonly every: number;
}

/** How many steps there are. */
export function stepsOf({ bars, every }: StepGrid): number {
  return Math.ceil(bars / every);
}

/** First bar of a step, counted from the start of the slice: at its close the step is decided. */
export function barOfStep(step: number, { every }: StepGrid): number {
  return step * every;
}

/** The two bit masks that the module trades, one bit a bar of the slice. */
export interface SideMasks {
  readonly long: Uint32Array<ArrayBuffer>;
  readonly short: Uint32Array<ArrayBuffer>;
}

/**
 * Signals of the first `bars` bars: each bar has the side of the step it belongs to, and bars of steps that are not decided
 * that of the last decided one.
 */
export function signalMasks(steps: StepCodes, { bars, every }: StepGrid): SideMasks {
  const words = Math.ceil(bars / 32);
  const masks = { long: new Uint32Array(words), short: new Uint32Array(words) };
  for (let bar = 0; bar < bars; bar++) {
    const side = sideAt(steps, Math.min(Math.floor(bar / every), steps.length - 1));
    const bit = 1 << (bar & 31);
    if (side === 1) masks.long[bar >>> 5]! |= bit;
    else if (side === -1) masks.short[bar >>> 5]! |= bit;
  }
  return masks;
}

/**
 * Closes of the first `bars` bars of a slice and a made-up one of 1 after them. What is traded over these is traded as over
 * the whole slice up to the last real bar, and a trade that ends on the made-up one is the position that is open there. One
 * that had to be closed on the last real bar would need a close there.
 */
export function closesAndOneMore(close: Float32Array, bars: number): Float32Array<ArrayBuffer> {
  const closes = new Float32Array(bars + 1);
  closes.set(close.subarray(0, bars));
  closes[bars] = 1;
  return closes;
}
