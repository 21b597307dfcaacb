/** Made with the module's own logarithm, or from a variance, which the kernel joins from two blocks and the oracle does not. */
const lastBit: ReadonlySet<string> = new Set([
  "momentum.fisher",
  "volatility.bbands_bandwidth",
  "volatility.hv",
  "volatility.stddev",
  "volatility.variance",
  "volume.vwap_deviation",
]);

/** Made from a variance, and a difference of prices, so that a value near 0 has lost digits. */
const inDeviations: ReadonlySet<string> = new Set([
  "structure.zscore",
  "volatility.bbands.lower",
  "volatility.bbands.upper",
  "volatility.bbands_percent_b",
  "volume.vwap_deviation.lower",
]);

/**
 * Whether a kernel's value is its oracle's: in every bit, or to 1e-6 where the last bit of an operation may differ. `id` of
 * an output that is not scored ends with its name.
 */
export function isOracleValue(
  id: string,
  { actual, expected }: { readonly actual: number; readonly expected: number },
): boolean {
  if (Object.is(actual, expected)) return true;
  const distance = Math.abs(actual - expected);
  if (inDeviations.has(id)) return distance <= 1e-6 * Math.max(1, Math.abs(expected));
  return lastBit.has(id) && distance <= 1e-6 * Math.abs(expected);
}
