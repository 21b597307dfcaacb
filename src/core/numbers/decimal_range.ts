/** An inclusive range of finite numbers, `step > 0` and `start <= stop_incl`. */
export interface DecimalRange {
  readonly start: number;
  readonly stop_incl: number;
  readonly step: number;
}

/** How many values `start + i * step <= stop_incl` has, counted exactly on the decimal texts; may be astronomic. */
export function rangeLength(range: DecimalRange): bigint {
  const { start, stop, step } = scale(range);
  return (stop - start) / step + 1n;
}

/**
 * The values `start + i * step`, each the double nearest to the exact decimal, so that 0.1 + 2 * 0.1 is 0.3. The caller
 * has bounded {@link rangeLength}.
 */
export function rangeValues(range: DecimalRange): number[] {
  const length = Number(rangeLength(range));
  if (numbers(range).every(Number.isSafeInteger)) {
    return Array.from({ length }, (_, i) => range.start + i * range.step);
  }
  const { start, step, decimals } = scale(range);
  // Parsing decimal text is the one conversion that is correctly rounded at any size.
  return Array.from({ length }, (_, i) => Number(`${start + BigInt(i) * step}e-${decimals}`));
}

/** Whether all values of the range are whole because all three numbers are. */
export function isIntegerRange(range: DecimalRange): boolean {
  return numbers(range).every(Number.isInteger);
}

function numbers(range: DecimalRange): readonly number[] {
  return [range.start, range.stop_incl, range.step];
}

/** The three numbers as whole multiples of `10^-decimals`. */
function scale(range: DecimalRange): { start: bigint; stop: bigint; step: bigint; decimals: number } {
  const decimals = Math.max(0, ...numbers(range).map((value) => -decimalParts(value).exponent));
  const scaled = (value: number) => {
    const { coefficient, exponent } = decimalParts(value);
    return coefficient * 10n ** BigInt(exponent + decimals);
  };
  return { start: scaled(range.start), stop: scaled(range.stop_incl), step: scaled(range.step), decimals };
}

/** Coefficient and power of ten of the shortest decimal text that reads back as `value`. */
function decimalParts(value: number): { coefficient: bigint; exponent: number } {
  const [mantissa = "", exponent] = value.toExponential().split("e");
  const [whole, fraction = ""] = mantissa.split(".");
  return { coefficient: BigInt(whole + fraction), exponent: Number(exponent) - fraction.length };
}
