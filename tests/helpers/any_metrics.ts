import fc from "fast-check";
import type { VariantMetrics } from "../../src/core/report/mod.ts";
import { figureNames, flagNames } from "../../src/core/report/variant_metrics.ts";

const finite = fc.double({ noNaN: true, noDefaultInfinity: true });

/** Any metrics a variant can have. */
export const anyMetrics: fc.Arbitrary<VariantMetrics> = fc.record({
  ...Object.fromEntries(figureNames.map((name) => [name, fc.option(finite)])),
  ...Object.fromEntries(flagNames.map((name) => [name, fc.boolean()])),
}) as unknown as fc.Arbitrary<VariantMetrics>;

/** Metrics that differ in every figure, some of them undefined; those of one rank are equal. */
export function metricsOfRank(rank: number): VariantMetrics {
  const ends = [null, 0.1 + 0.2, 1e21, 5e-324, -1.7976931348623157e308];
  return {
    ...Object.fromEntries(figureNames.map((name, i) => [name, ends[i] ?? (i + 0.5) / rank])),
    ...Object.fromEntries(flagNames.map((name, i) => [name, (rank + i) % 2 === 0])),
  } as unknown as VariantMetrics;
}
