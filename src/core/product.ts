/** A product of counts, exact, because a product of axis lengths may pass 2^53 before a guard refuses it. */
export function product(lengths: readonly number[]): bigint {
  return lengths.reduce((total, length) => total * BigInt(length), 1n);
}
