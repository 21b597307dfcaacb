/** Digits of `index` over `radices`, the last digit running fastest; `index` is below the product of the radices. */
export function decodeMixedRadix(index: number, radices: readonly number[]): number[] {
  const digits = new Array<number>(radices.length);
  let rest = index;
  for (let i = radices.length - 1; i >= 0; i--) {
    digits[i] = rest % radices[i]!;
    rest = Math.floor(rest / radices[i]!);
  }
  return digits;
}

/** The inverse of {@link decodeMixedRadix}. */
export function encodeMixedRadix(digits: readonly number[], radices: readonly number[]): number {
  return digits.reduce((index, digit, i) => index * radices[i]! + digit, 0);
}

/** A product of counts, exact, because a product of axis lengths may pass 2^53 before a guard refuses it. */
export function product(lengths: readonly number[]): bigint {
  return lengths.reduce((total, length) => total * BigInt(length), 1n);
}
