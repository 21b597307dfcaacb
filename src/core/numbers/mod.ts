/**
 * Arithmetic that is exact or the same on every machine.
 * @module
 */
export { type DecimalRange, isIntegerRange, rangeLength, rangeValues } from "./decimal_range.ts";
export { decodeMixedRadix, encodeMixedRadix, product } from "./mixed_radix.ts";
export { exponential, naturalLog, power } from "./power.ts";
export { mean, median, sampleDeviation } from "./statistics.ts";
