/** Made with the module's own logarithm, or from a variance, which the kernel joins from two blocks and the oracle does not. */
const lastBit: ReadonlySet<string> = new Set([
  "momentum.fisher",
  "volatility.bbands_bandwidth",
  "volatility.hv",
  "volatility.stddev",
  "volatility.variance",
  "volume.vwap_deviation",
]);

/** Made from a variance and in its unit, so that a value near 0 is a difference of prices. */
const inDeviations: ReadonlySet<string> = new Set(["structure.zscore", "volatility.bbands_percent_b"]);

/** Whether a kernel's value is its oracle's: in every bit, or to 1e-6 where the last bit of an operation may differ. */
export function isOracleValue(
  id: string,
  { actual, expected }: { readonly actual: number; readonly expected: number },
): boolean {
  if (Object.is(actual, expected)) return true;
  const distance = Math.abs(actual - expected);
  if (inDeviations.has(id)) return distance <= 1e-6 * Math.max(1, Math.abs(expected));
  return lastBit.has(id) && distance <= 1e-6 * Math.abs(expected);
}
