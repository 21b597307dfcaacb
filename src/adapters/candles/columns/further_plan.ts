import { shown } from "../../../core/text/mod.ts";
import { RowFault } from "../rows/row_fault.ts";
import { type NumberForm, numberIn, wordsOfMissing } from "../text/numbers.ts";
import type { ColumnPlan, Sample } from "./column_plan.ts";

/** Which further columns the rows that are handed over carry, behind the values of their candles. */
export interface FurtherWish {
  readonly names: readonly string[];
  /** Whether what is no number is unknown, and counted, rather than refused. */
  readonly lenient: boolean;
}

/** No further columns. */
export const noFurther: FurtherWish = { names: [], lenient: false };

/** A value of a further column that is no number. */
export interface StrangeValue {
  readonly name: string;
  readonly count: number;
  /** The first, as an error text shows it. */
  readonly first: string;
}

/** Columns of a file that can be read as further ones. */
export interface FurtherPlan {
  /** Those that no candle is made of and that hold numbers, as far as the first rows tell, in the order of the file. */
  readonly names: readonly string[];
  /** Number of the column of that very name, from 0; null where there is none, or where it holds times or instruments. */
  columnOf(name: string): number | null;
}

/** Tells which columns can be read as further ones. A name that two columns have is none. */
export function furtherPlan(
  { header, rows, numberOf }: Sample,
  { time, clock, instrument, prices, volume, adjusted }: ColumnPlan,
): FurtherPlan {
  const names = header ?? [];
  const isOnce = (name: string, index: number) =>
    names.indexOf(name) === index && names.lastIndexOf(name) === index;
  const isWord = new Set([time, clock, instrument]);
  const ofCandles = new Set([...prices, volume, adjusted]);
  const isNumber = (text: string) =>
    text === "" || wordsOfMissing.test(text) || !Number.isNaN(numberOf(text));
  const further = names.filter((name, index) =>
    name !== "" && isOnce(name, index) && !isWord.has(index) && !ofCandles.has(index) &&
    rows.every((row) => isNumber(row[index] ?? ""))
  );
  return {
    names: further,
    columnOf(name) {
      const index = names.indexOf(name);
      return name === "" || index < 0 || !isOnce(name, index) || isWord.has(index) ? null : index;
    },
  };
}

/** Reads values of further columns, and counts those that are no numbers where they are not refused. */
export class FurtherValues {
  readonly wish: FurtherWish;
  readonly #strange = new Map<string, { count: number; first: string }>();

  constructor(wish: FurtherWish) {
    this.wish = wish;
  }

  /** What was no number, by column. */
  get strange(): readonly StrangeValue[] {
    return [...this.#strange].map(([name, found]) => ({ name, ...found }));
  }

  /** A value of the wish's column with this index, NaN where it is unknown. Throws a {@link RowFault}. */
  ofText(
    text: string,
    { index, missing, form }: {
      readonly index: number;
      readonly missing: ReadonlySet<string>;
      readonly form: NumberForm;
    },
  ): number {
    if (text === "" || missing.has(text) || wordsOfMissing.test(text)) return NaN;
    const value = numberIn(text, form);
    return value === null ? this.strangeValue(text, index) : finite(value);
  }

  /** NaN for what is no number, or the fault. */
  strangeValue(value: unknown, index: number): number {
    const name = this.wish.names[index]!;
    if (!this.wish.lenient) {
      const help = typeof value === "string" ? `; --missing ${value} reads it as a missing value` : "";
      throw new RowFault(`${name} must be a number, got ${shown(value)}${help}`);
    }
    const found = this.#strange.get(name);
    if (found === undefined) this.#strange.set(name, { count: 1, first: shown(value) });
    else found.count++;
    return NaN;
  }
}

/** What is not finite is unknown. */
export function finite(value: number): number {
  return Number.isFinite(value) ? value : NaN;
}
