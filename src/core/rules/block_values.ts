import { naturalLog } from "../numbers/mod.ts";
import type { RuleNode } from "./expression.ts";
import type { RuleParam } from "./params.ts";

/** Combinations that are computed at a time. */
export const blockSize = 4096;

/** True, false and unknown of a condition over numbers. */
export const truth = { no: 0, yes: 1, unknown: 2 } as const;

/**
 * Values of expressions over number parameters for many combinations at once, an operation at a time, in f64. What is not
 * finite is unknown: NaN for a number, `truth.unknown` for a condition.
 */
export class BlockValues {
  readonly #axes: ReadonlyMap<string, { readonly values: readonly number[]; readonly stride: number }>;
  readonly #rooms = new Map<number, Float64Array>();
  readonly #held = new Map<number, { from: number; count: number }>();
  readonly #size: number;

  /**
   * Combinations are numbered in mixed radix over the parameters in their order, the last one running fastest. At most
   * `size` of them are computed at a time.
   */
  constructor(params: readonly RuleParam[], size = blockSize) {
    let stride = 1;
    const axes = params.toReversed().map(({ name, values }) => {
      const axis = [name, { values: values.map(Number), stride }] as const;
      stride *= values.length;
      return axis;
    });
    this.#axes = new Map(axes);
    // no more are ever asked for than there are
    this.#size = Math.min(size, stride);
  }

  /**
   * Of `count` combinations from `from` on; of a condition numbers of {@link truth}. The array is filled anew by the next
   * call for another place.
   */
  of(node: RuleNode, { from, count }: { readonly from: number; readonly count: number }): Float64Array {
    const room = this.#roomOf(node.id);
    const held = this.#held.get(node.id);
    if (held !== undefined && held.from === from && held.count === count) return room;
    const args = node.args.map((arg) => this.of(arg, { from, count }));
    if (node.kind === "parameter") this.#fillParameter(node.name, { room, from, count });
    else fill(node, { room, args, count });
    this.#held.set(node.id, { from, count });
    return room;
  }

  #roomOf(id: number): Float64Array {
    let room = this.#rooms.get(id);
    if (room === undefined) this.#rooms.set(id, room = new Float64Array(this.#size));
    return room;
  }

  #fillParameter(
    name: string,
    { room, from, count }: { readonly room: Float64Array; readonly from: number; readonly count: number },
  ): void {
    const { values, stride } = this.#axes.get(name)!;
    let position = Math.floor(from / stride) % values.length;
    let left = stride - from % stride;
    for (let i = 0; i < count; i++) {
      room[i] = values[position]!;
      if (--left > 0) continue;
      left = stride;
      position = position + 1 === values.length ? 0 : position + 1;
    }
  }
}

interface Filling {
  readonly room: Float64Array;
  readonly args: readonly Float64Array[];
  readonly count: number;
}

function fill(node: RuleNode, filling: Filling): void {
  const { room, args, count } = filling;
  const [a, b] = [args[0]!, args[1]!];
  switch (node.kind) {
    case "number":
      room.fill(node.value, 0, count);
      return;
    case "truth":
      room.fill(node.truth ? truth.yes : truth.no, 0, count);
      return;
    case "minus":
      for (let i = 0; i < count; i++) room[i] = -a[i]!;
      return;
    case "not":
      for (let i = 0; i < count; i++) room[i] = a[i] === truth.unknown ? truth.unknown : 1 - a[i]!;
      return;
    case "arithmetic":
      fillArithmetic(node.operator, filling);
      return;
    case "comparison":
      fillComparison(node.operator, filling);
      return;
    case "logic":
      fillLogic(node.operator, { room, args: [a, b], count });
      return;
    case "function":
      fillFunction(node.name, filling);
      return;
    default:
      throw new RangeError(`${node.text} has a value on every bar, not one`);
  }
}

function fillArithmetic(operator: "+" | "-" | "*" | "/", { room, args, count }: Filling): void {
  const [a, b] = [args[0]!, args[1]!];
  if (operator === "+") { for (let i = 0; i < count; i++) room[i] = finite(a[i]! + b[i]!); }
  else if (operator === "-") { for (let i = 0; i < count; i++) room[i] = finite(a[i]! - b[i]!); }
  else if (operator === "*") { for (let i = 0; i < count; i++) room[i] = finite(a[i]! * b[i]!); }
  else for (let i = 0; i < count; i++) room[i] = finite(a[i]! / b[i]!);
}

function fillComparison(operator: string, { room, args, count }: Filling): void {
  const [a, b] = [args[0]!, args[1]!];
  if (operator === "==" || operator === "!=") {
    const hit = operator === "==" ? truth.yes : truth.no;
    for (let i = 0; i < count; i++) {
      const [x, y] = [a[i]!, b[i]!];
      room[i] = x === y ? hit : x < y || x > y ? 1 - hit : truth.unknown;
    }
    return;
  }
  const [low, high] = operator.startsWith(">") ? [b, a] : [a, b];
  const onEqual = operator.endsWith("=") ? truth.yes : truth.no;
  for (let i = 0; i < count; i++) {
    const [x, y] = [low[i]!, high[i]!];
    room[i] = x < y ? truth.yes : x > y ? truth.no : x === y ? onEqual : truth.unknown;
  }
}

function fillLogic(operator: "and" | "or" | "xor", { room, args, count }: Filling): void {
  const [a, b] = [args[0]!, args[1]!];
  if (operator === "xor") {
    for (let i = 0; i < count; i++) {
      const isKnown = a[i] !== truth.unknown && b[i] !== truth.unknown;
      room[i] = isKnown ? Number(a[i] !== b[i]) : truth.unknown;
    }
    return;
  }
  // what decides whatever the other side is
  const decides = operator === "and" ? truth.no : truth.yes;
  for (let i = 0; i < count; i++) {
    if (a[i] === decides || b[i] === decides) room[i] = decides;
    else room[i] = a[i] === truth.unknown || b[i] === truth.unknown ? truth.unknown : 1 - decides;
  }
}

function fillFunction(name: string, { room, args, count }: Filling): void {
  const [a, b] = [args[0]!, args[1]!];
  const unary: Readonly<Record<string, (value: number) => number>> = {
    abs: Math.abs,
    log: naturalLog,
    sqrt: Math.sqrt,
  };
  const binary: Readonly<Record<string, (x: number, y: number) => number>> = { min: Math.min, max: Math.max };
  const [one, two] = [unary[name], binary[name]];
  if (one !== undefined) { for (let i = 0; i < count; i++) room[i] = finite(one(a[i]!)); }
  else if (two !== undefined) { for (let i = 0; i < count; i++) room[i] = finite(two(a[i]!, b[i]!)); }
  else throw new RangeError(`${name} takes no numbers alone`);
}

function finite(value: number): number {
  return value - value === 0 ? value : NaN;
}
