import { decodeMixedRadix } from "../numbers/mod.ts";
import { blockSize, BlockValues, truth } from "./block_values.ts";
import type { RuleNode } from "./expression.ts";
import type { RuleParam } from "./params.ts";
import { Steps } from "./steps.ts";

/** Chosen values of all parameters by name. */
export type Combination = Readonly<Record<string, number | string>>;

/** Words of the bit set that one entry of the directory stands for. */
const directoryWords = 16;

/**
 * The combinations of the parameters for which all conditions are true. A variant's index is the rank of its combination
 * among them, in mixed radix over the parameters, the first one slowest.
 */
export class Combinations {
  /** How many there are without conditions. */
  readonly total: number;
  /** How many are kept. */
  readonly kept: number;
  readonly #params: readonly RuleParam[];
  readonly #lengths: readonly number[];
  /** Null: all are kept. */
  readonly #bits: Uint32Array | null;
  /** Kept ones before every group of words. */
  readonly #before: Uint32Array;

  /** Goes through all combinations once. `where` are conditions over numbers. Throws `TooManySteps`. */
  constructor(params: readonly RuleParam[], where: readonly RuleNode[], steps = new Steps()) {
    this.#params = params;
    this.#lengths = params.map(({ values }) => values.length);
    this.total = this.#lengths.reduce((product, length) => product * length, 1);
    this.#bits = where.length === 0 ? null : bitsOf(params, { where, total: this.total, steps });
    const words = this.#bits ?? new Uint32Array();
    this.#before = new Uint32Array(Math.ceil(words.length / directoryWords));
    let kept = 0;
    words.forEach((word, i) => {
      if (i % directoryWords === 0) this.#before[i / directoryWords] = kept;
      kept += ones(word);
    });
    this.kept = this.#bits === null ? this.total : kept;
  }

  /** Whether the combination with this place among all is kept. */
  isKept(place: number): boolean {
    return this.#bits === null || (this.#bits[place >>> 5]! >>> (place & 31) & 1) === 1;
  }

  /** Place among all combinations of the one with this index among the kept. */
  placeOf(index: number): number {
    if (!(index >= 0 && index < this.kept)) throw new RangeError(`no combination has the index ${index}`);
    if (this.#bits === null) return index;
    let word = this.#groupOf(index) * directoryWords;
    let left = index - this.#before[word / directoryWords]!;
    for (;; word++) {
      const count = ones(this.#bits[word]!);
      if (left < count) break;
      left -= count;
    }
    let rest = this.#bits[word]!;
    for (; left > 0; left--) rest &= rest - 1;
    return word * 32 + 31 - Math.clz32(rest & -rest);
  }

  /** Index among the kept of the combination with this place among all; null where it is not kept. */
  indexOf(place: number): number | null {
    if (!this.isKept(place)) return null;
    if (this.#bits === null) return place;
    const word = place >>> 5;
    const group = Math.floor(word / directoryWords);
    let index = this.#before[group]!;
    for (let i = group * directoryWords; i < word; i++) index += ones(this.#bits[i]!);
    // a shift by 32 would be none
    return index + ones(this.#bits[word]! & (2 ** (place & 31) - 1));
  }

  /** Positions of the values of the combination with this place among all, in the order of the parameters. */
  positionsAt(place: number): readonly number[] {
    return decodeMixedRadix(place, this.#lengths);
  }

  /** Values of the combination with this index among the kept. */
  at(index: number): Combination {
    return this.valuesAt(this.placeOf(index));
  }

  /** Values of the combination with this place among all. */
  valuesAt(place: number): Combination {
    const positions = this.positionsAt(place);
    return Object.fromEntries(this.#params.map(({ name, values }, i) => [name, values[positions[i]!]!]));
  }

  #groupOf(index: number): number {
    let [low, high] = [0, this.#before.length];
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if (this.#before[middle]! <= index) low = middle;
      else high = middle;
    }
    return low;
  }
}

function bitsOf(
  params: readonly RuleParam[],
  { where, total, steps }: {
    readonly where: readonly RuleNode[];
    readonly total: number;
    readonly steps: Steps;
  },
): Uint32Array {
  const owns = where.map((condition) => params.filter(({ name }) => condition.params.includes(name)));
  where.forEach((condition, i) => steps.take(countOf(owns[i]!), [condition]));
  const bits = new Uint32Array(Math.ceil(total / 32));
  const tables = where.map((condition, i) => tableOf(condition, { params, own: owns[i]! }));
  const positions = new Int32Array(params.length);
  const last = params.length - 1;
  const length = params[last]?.values.length ?? 1;
  const row = new Uint8Array(length);
  for (let place = 0; place < total;) {
    row.fill(1);
    for (const { isTrue, strides } of tables) {
      let from = 0;
      for (let i = 0; i < last; i++) from += positions[i]! * strides[i]!;
      const step = strides[last] ?? 0;
      for (let i = 0; i < length; i++) row[i] = row[i]! & isTrue[from + i * step]!;
    }
    for (let i = 0; i < length; i++, place++) {
      bits[place >>> 5] = bits[place >>> 5]! | row[i]! << (place & 31);
    }
    for (let i = last - 1; i >= 0; i--) {
      positions[i] = positions[i]! + 1;
      if (positions[i]! < params[i]!.values.length) break;
      positions[i] = 0;
    }
  }
  return bits;
}

/** Whether a condition is true, for every combination of the parameters it depends on. */
interface TruthTable {
  readonly isTrue: Uint8Array;
  /** How far one value further of each parameter is in the table; 0 where it does not matter. */
  readonly strides: readonly number[];
}

/** How many combinations some parameters have. */
function countOf(params: readonly RuleParam[]): number {
  return params.reduce((product, { values }) => product * values.length, 1);
}

function tableOf(
  condition: RuleNode,
  { params, own }: { readonly params: readonly RuleParam[]; readonly own: readonly RuleParam[] },
): TruthTable {
  const total = countOf(own);
  const isTrue = new Uint8Array(total);
  const values = new BlockValues(own);
  for (let from = 0; from < total; from += blockSize) {
    const count = Math.min(blockSize, total - from);
    const column = values.of(condition, { from, count });
    for (let i = 0; i < count; i++) isTrue[from + i] = column[i] === truth.yes ? 1 : 0;
  }
  const ownStrides = stridesOf(own);
  const strides = params.map((param) => own.includes(param) ? ownStrides[own.indexOf(param)]! : 0);
  return { isTrue, strides };
}

/** How far one value further of each parameter is, in mixed radix, the last one running fastest. */
export function stridesOf(params: readonly RuleParam[]): readonly number[] {
  let stride = 1;
  return params.toReversed().map(({ values }) => {
    const own = stride;
    stride *= values.length;
    return own;
  }).reverse();
}

function ones(word: number): number {
  let bits = word - (word >>> 1 & 0x55555555);
  bits = (bits & 0x33333333) + (bits >>> 2 & 0x33333333);
  return Math.imul(bits + (bits >>> 4) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
