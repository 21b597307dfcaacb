import { materializeAxis } from "./axis_values.ts";
import type { Axis } from "./axis.ts";
import { normalized } from "../catalogue/mod.ts";
import { checkAxisOrder } from "./axis_order.ts";
import { knownInstead, shown } from "../text/mod.ts";
import { gather, refusal } from "../errors/mod.ts";
import { type AxisDefinition, catalogue, findIndicator, type IndicatorDefinition } from "../catalogue/mod.ts";

/** One value per axis, as somebody asks for it; axes left out fall back to their usual value. */
export interface ChoiceRequest {
  readonly id: string;
  /** By axis name, `source` among them. */
  readonly values: Readonly<Record<string, number | string>>;
  /** Name of one of its outputs; the scored one when left out. */
  readonly output?: string;
}

/** A definition with one value for each of its axes and one of its outputs. */
export interface IndicatorSelection {
  readonly definition: IndicatorDefinition;
  readonly values: Readonly<Record<string, number | string>>;
  readonly output: string;
}

/**
 * The definition of one indicator and a value for each of its axes: the one asked for, else the axis's `single`, else
 * the close as source. Throws `validation_error` naming id, parameter and value: unknown id, parameter or output, wrong
 * type, out of bounds, a source that is not allowed.
 */
export function chooseIndicator(request: ChoiceRequest): IndicatorSelection {
  const definition = findIndicator(normalized(request.id));
  if (definition === undefined) {
    const known = catalogue.map(({ id }) => id);
    const message = `Unknown indicator ${shown(request.id)}${knownInstead(request.id, known)}`;
    throw refusal([{ path: "id", code: "value_error", message }]);
  }
  refuseUnknown(definition, request);
  const axes = gather(definition.axes.map((axis) => () => oneValue(axis, { definition, request })));
  checkAxisOrder(definition, { axes, pathOf });
  const values = Object.fromEntries(axes.map(({ name, values }) => [name, values[0]!]));
  return { definition, values, output: chosenOutput(definition, request.output) };
}

function chosenOutput({ id, output, otherOutputs = [] }: IndicatorDefinition, asked = output): string {
  const outputs = [output, ...otherOutputs.map(({ name }) => name)];
  if (outputs.includes(asked)) return asked;
  const message = `${id}: unknown output ${shown(asked)}${knownInstead(asked, outputs)}`;
  throw refusal([{ path: "output", code: "value_error", message }]);
}

function refuseUnknown({ id, axes }: IndicatorDefinition, { values }: ChoiceRequest): void {
  const names = axes.map(({ name }) => name);
  const items = Object.entries(values).filter(([name]) => !names.includes(name)).map(([name, value]) => ({
    path: pathOf(name),
    code: "extra_forbidden",
    message: `${id}: unknown parameter '${name}' = ${shown(value)}${knownInstead(name, names)}`,
  }));
  if (items.length > 0) throw refusal(items);
}

function oneValue(
  axis: AxisDefinition,
  { definition, request }: { readonly definition: IndicatorDefinition; readonly request: ChoiceRequest },
): Axis {
  const { name, single = "close" } = axis;
  const value = Object.hasOwn(request.values, name) ? request.values[name]! : single;
  const rules = { ...axis, owner: definition.id, path: pathOf(name) };
  return materializeAxis({ mode: "explicit", values: [value] }, rules);
}

function pathOf(axis: string): string {
  return axis === "source" ? "source" : `params.${axis}`;
}
