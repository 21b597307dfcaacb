import { type IndicatorCall, indicatorCalls } from "../../src/core/rules/mod.ts";

/** What random rules are made of. */
export interface RuleMakings {
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Names of parameters that are numbers from 2 to 9, and of such that are prices. */
  readonly numbers?: readonly string[];
  readonly prices?: readonly string[];
  /** Names of further columns. */
  readonly columns?: readonly string[];
  /** Timeframes for `on_timeframe`. */
  readonly timeframes?: readonly string[];
}

const honest: readonly IndicatorCall[] = [...indicatorCalls.values()].filter(({ definition }) =>
  definition.lookAhead === 0
);

/** Random texts that are right: series, conditions and numbers inside one another up to a depth. */
export class AnyRule {
  readonly #makings: Required<RuleMakings>;
  #isHigher = false;

  constructor(makings: RuleMakings) {
    this.#makings = { numbers: [], prices: [], columns: [], timeframes: [], ...makings };
  }

  /** A condition. */
  condition(depth: number): string {
    if (depth <= 0) return this.#of([() => `${this.series(0)} ${this.#comparison()} ${this.series(0)}`]);
    const inner = () => this.condition(depth - 1);
    const series = () => this.series(depth - 1);
    const values = () => this.#of([() => `${series()}, ${series()}`, () => `${series()}, ${this.#level()}`]);
    return this.#of([
      () => `${this.#value(depth)} ${this.#comparison()} ${series()}`,
      () =>
        `(${inner()}) ${this.#of(["and", "or", "xor", "&&", "||"].map((word) => () => word))} (${inner()})`,
      () => `${inner()} ${this.#of([() => "and", () => "or"])} ${series()} > ${this.#level()}`,
      () => `${this.#of([() => "not ", () => "!"])}(${inner()})`,
      () =>
        `${this.#of(["crosses", "crosses_above", "crosses_below"].map((name) => () => name))}(${values()})`,
      () => `crosses_above(${this.#level()}, ${series()})`,
      () => `${this.#of([() => "for_bars", () => "within"])}(${inner()}, ${this.#lag()})`,
      () => `${this.#of([() => "rising", () => "falling"])}(${series()}, ${this.#lag()})`,
      () => `known(${this.#of([series, inner])})`,
      () => `prev(${inner()}, ${this.#lag()})`,
      () => this.#session(),
      () => this.#higher(inner) ?? inner(),
      () => this.#of([() => "true", () => "false"]),
    ]);
  }

  /** A series. */
  series(depth: number): string {
    const { prices, columns } = this.#makings;
    if (depth <= 0) {
      const plain = [
        "open",
        "high",
        "low",
        "close",
        "volume",
        "hl2",
        "hlc3",
        "ohlc4",
        "minute",
        "hour",
        "weekday",
      ];
      return this.#of(
        [...plain, ...prices, ...columns.map((name) => `col("${name}")`)].map((name) => () => name),
      );
    }
    const inner = () => this.series(depth - 1);
    return this.#of([
      inner,
      () => this.#indicator(depth),
      () => this.#indicator(depth),
      () => `(${inner()} ${this.#of(["+", "-", "*", "/"].map((sign) => () => sign))} ${this.#value(depth)})`,
      () => `-${this.series(0)}`,
      () => `${this.#of(["abs", "sqrt", "log"].map((name) => () => name))}(${inner()})`,
      () => `${this.#of([() => "min", () => "max"])}(${inner()}, ${this.#value(depth)})`,
      () =>
        `${
          this.#of(["prev", "change", "highest", "lowest", "sum"].map((name) => () => name))
        }(${inner()}, ${this.#lag()})`,
      () => `bars_since(${this.condition(depth - 1)})`,
      () => `value_when(${this.condition(depth - 1)}, ${inner()})`,
      () => this.#higher(inner) ?? inner(),
    ]);
  }

  /** An indicator with random arguments, some left out, and a random output. */
  #indicator(depth: number): string {
    const { name, args, outputs } = honest[this.#whole(honest.length)]!;
    const given = args.map(({ kind, name: argument, integer, min = 0, max = 1 }) => {
      if (kind === "series") return this.series(depth - 2);
      if (integer) return this.#window();
      if (argument === "accel_max") return "0.2";
      return String(Math.round(1000 * (min + this.#makings.random() * 0.01 * (max - min))) / 1000);
    });
    const needed = args.findLastIndex(({ usual }) => usual === undefined) + 1;
    const count = needed + Math.floor(this.#makings.random() * (given.length - needed + 1));
    const text = `${name}(${given.slice(0, count).join(", ")})`;
    return this.#of([() => text, ...outputs.map((output) => () => `${text}.${output}`)]);
  }

  #value(depth: number): string {
    return this.#of([() => this.series(depth - 1), () => this.#level()]);
  }

  #level(): string {
    const { random, numbers } = this.#makings;
    const names = numbers.map((name) => () =>
      this.#of([() => name, () => `${name} * 0.5`, () => `(100 - ${name})`])
    );
    return this.#of([
      () => "0",
      () => "1e-1",
      () => String(Math.round(random() * 200) / 2),
      () => "-1.5",
      ...names,
    ]);
  }

  #window(): string {
    return this.#of([() => String(2 + this.#whole(9)), ...this.#makings.numbers.map((name) => () => name)]);
  }

  #lag(): string {
    return this.#of([() => String(1 + this.#whole(6)), ...this.#makings.numbers.map((name) => () => name)]);
  }

  #session(): string {
    const time = () =>
      `${String(this.#whole(24)).padStart(2, "0")}:${this.#of([() => "00", () => "30", () => "45"])}`;
    const [start, end] = [time(), time()];
    if (start === end) return "true";
    const zone = this.#of(["", ', "America/New_York"', ", 'Europe/Berlin'"].map((text) => () => text));
    return `between_times("${start}", "${end}"${zone})`;
  }

  #higher(inner: () => string): string | null {
    const { timeframes } = this.#makings;
    if (timeframes.length === 0 || this.#isHigher) return null;
    this.#isHigher = true;
    const text = `on_timeframe("${this.#of(timeframes.map((name) => () => name))}", ${inner()})`;
    this.#isHigher = false;
    return text;
  }

  #comparison(): string {
    return this.#of(["<", "<=", ">", ">=", "==", "!="].map((sign) => () => sign));
  }

  #whole(below: number): number {
    return Math.floor(this.#makings.random() * below);
  }

  #of<T>(choices: readonly (() => T)[]): T {
    return choices[this.#whole(choices.length)]!();
  }
}
