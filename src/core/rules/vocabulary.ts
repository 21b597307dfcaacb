import { catalogue, type IndicatorDefinition } from "../catalogue/mod.ts";

/** Series of the candles. */
export const prices = ["open", "high", "low", "close", "volume", "hl2", "hlc3", "ohlc4"] as const;

/** A series of the candles. */
export type Price = typeof prices[number];

/** Series of a bar's open time, UTC. */
export const clocks = ["minute", "hour", "weekday", "day", "month", "year"] as const;

/** A series of a bar's open time. */
export type Clock = typeof clocks[number];

/** What an argument may be; `value` is a series or a number, `any` a series or a condition. */
export type ArgumentKind = "series" | "condition" | "value" | "any" | "number" | "text";

/** One argument of a call. */
export interface Argument {
  readonly name: string;
  readonly kind: ArgumentKind;
  /** Bounds of a number. */
  readonly min?: number;
  readonly max?: number;
  readonly integer?: boolean;
  /** What it is when left out; only at the end of the list. */
  readonly usual?: number | string;
}

/** Most bars a function may look back. */
const lagMax = 100_000;

const x: Argument = { name: "x", kind: "series" };
const c: Argument = { name: "c", kind: "condition" };
const any: Argument = { name: "x", kind: "any" };
const value: Argument = { name: "x", kind: "value" };
const other: Argument = { name: "y", kind: "value" };
const n: Argument = { name: "n", kind: "number", min: 1, max: lagMax, integer: true };

/** Functions by name, with their arguments in order. Indicators are apart. */
export const functions = {
  abs: [value],
  log: [value],
  sqrt: [value],
  min: [value, other],
  max: [value, other],
  prev: [any, { ...n, min: 0 }],
  change: [x, n],
  highest: [x, n],
  lowest: [x, n],
  sum: [x, n],
  bars_since: [c],
  value_when: [c, x],
  known: [any],
  crosses_above: [value, other],
  crosses_below: [value, other],
  crosses: [value, other],
  for_bars: [c, n],
  within: [c, n],
  rising: [x, n],
  falling: [x, n],
  between_times: [
    { name: "start", kind: "text" },
    { name: "end", kind: "text" },
    { name: "zone", kind: "text", usual: "UTC" },
  ],
  on_timeframe: [{ name: "timeframe", kind: "text" }, any],
  col: [{ name: "name", kind: "text" }],
} as const satisfies Readonly<Record<string, readonly Argument[]>>;

/** Name of a function. */
export type FunctionName = keyof typeof functions;

/** An indicator as expressions call it. */
export interface IndicatorCall {
  /** Last part of its id. */
  readonly name: string;
  readonly definition: IndicatorDefinition;
  readonly args: readonly Argument[];
  /** The first one is what the bare call means. */
  readonly outputs: readonly string[];
}

/** Whether it is the name of a function. */
export function isFunction(name: string): name is FunctionName {
  return Object.hasOwn(functions, name);
}

/** Arguments of a function. */
export function argumentsOf(name: FunctionName): readonly Argument[] {
  return functions[name];
}

/** All indicators by the name they are called by. */
export const indicatorCalls: ReadonlyMap<string, IndicatorCall> = new Map(
  catalogue.map((definition) => {
    const name = lastPart(definition.id);
    return [name, { name, definition, args: indicatorArguments(definition), outputs: outputsOf(definition) }];
  }),
);

/** Names that may stand where a value does, alone or with arguments. */
export const valueNames: readonly string[] = [
  ...prices,
  ...clocks,
  ...Object.keys(functions),
  ...[...indicatorCalls.values()].filter(({ definition }) => definition.lookAhead === 0).map(({ name }) =>
    name
  ),
  "true",
  "false",
];

/** Names with a meaning of their own: no parameter and no definition can have one. */
export const takenNames: ReadonlySet<string> = new Set([
  ...valueNames,
  ...indicatorCalls.keys(),
  "and",
  "or",
  "xor",
  "not",
]);

/** How an output of a call is named in the catalogue: the scored one has another name there at times. */
export function catalogueOutput({ definition, outputs }: IndicatorCall, output: string): string {
  return output === outputs[0] ? definition.output : output;
}

function indicatorArguments(definition: IndicatorDefinition): readonly Argument[] {
  const axes = new Map(definition.axes.map((axis) => [axis.name, axis]));
  return argumentNames(definition).map((name) => {
    const axis = axes.get(name);
    if (axis === undefined) throw new RangeError(`${definition.id} has no axis ${name}`);
    if (axis.kind === "source") return { name, kind: "series" };
    const { min = -Infinity, max = Infinity, single } = axis;
    const bounded = { name, kind: "number" as const, min, max, integer: axis.kind === "int" };
    return single === undefined ? bounded : { ...bounded, usual: single };
  });
}

function argumentNames({ axes, argumentOrder }: IndicatorDefinition): readonly string[] {
  const names = axes.map(({ name }) => name);
  const sources = axes.filter(({ kind }) => kind === "source").map(({ name }) => name);
  return argumentOrder ?? [...sources, ...names.filter((name) => !sources.includes(name))];
}

function outputsOf({ output, spoken, otherOutputs = [] }: IndicatorDefinition): readonly string[] {
  return [spoken ?? output, ...otherOutputs.map(({ name }) => name)];
}

function lastPart(id: string): string {
  return id.slice(id.lastIndexOf(".") + 1);
}
