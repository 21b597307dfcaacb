import type { Axis } from "./axis.ts";
import { refusal } from "../errors/mod.ts";
import type { IndicatorDefinition } from "../catalogue/mod.ts";

/**
 * Refuses axes of which some combination breaks the definition's `ordered`. Throws `validation_error` at the path of the
 * axis that must hold the larger values.
 */
export function checkAxisOrder(
  { id, ordered }: IndicatorDefinition,
  { axes, pathOf }: { readonly axes: readonly Axis[]; readonly pathOf: (axis: string) => string },
): void {
  if (ordered === undefined) return;
  const { low, high } = ordered;
  const valuesOf = (name: string) => axes.find((axis) => axis.name === name)!.values as readonly number[];
  const smallest = valuesOf(high).reduce((a, b) => Math.min(a, b));
  const largest = valuesOf(low).reduce((a, b) => Math.max(a, b));
  if (smallest >= largest) return;
  const message = `${id}: axis '${high}' expects values >= ${low}, got ${smallest} with ${low} ${largest}`;
  throw refusal([{ path: pathOf(high), code: "greater_than_equal", message }]);
}
