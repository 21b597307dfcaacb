import { normalized } from "../core/catalogue/mod.ts";
import type { BacktestTemplate, IndicatorGridRequest } from "./template.ts";
import { compareCodePoints, knownInstead } from "../core/text/mod.ts";
import type { AxisSpec } from "../core/grid/mod.ts";
import { type ErrorItem, refusal } from "../core/errors/mod.ts";
import type { AxisDefinition, IndicatorDefinition } from "../core/catalogue/mod.ts";

/** The grid of one indicator where the request is silent. */
export interface DefaultGrid {
  /** Compute axes by name, `source` among them. */
  readonly axes: Readonly<Record<string, AxisSpec>>;
  /** Signal axes by parameter name. */
  readonly signals: Readonly<Record<string, AxisSpec>>;
}

/** Default grids by indicator id. */
export type DefaultGrids = Readonly<Record<string, DefaultGrid>>;

/** An axis and the dotted path of where it was written: the request, or the file of default grids. */
export interface LocatedAxis {
  readonly name: string;
  readonly spec: AxisSpec;
  readonly path: string;
}

/** A compute axis together with what its values must obey. */
export interface DefinedAxis extends LocatedAxis {
  readonly definition: AxisDefinition;
}

/**
 * The compute axes of one indicator in definition order, each from the request or else from the defaults. `path` is
 * that of `request`. Throws `validation_error` naming every axis that is missing in both or not defined.
 */
export function mergeAxes(
  definition: IndicatorDefinition,
  options: { readonly request: IndicatorGridRequest; readonly defaults: DefaultGrids; readonly path: string },
): readonly DefinedAxis[] {
  const { request, path } = options;
  const items = unexpectedAxes(definition, { request, path });
  const axes: DefinedAxis[] = [];
  for (const axis of definition.axes) {
    const located = locateAxis(axis, { id: definition.id, ...options });
    if (located !== undefined) {
      axes.push({ ...located, definition: axis });
    } else if (axis.kind === "source") {
      const message = `${definition.id}: source axis is required by indicator definition`;
      items.push({ path: `${path}.source`, code: "required", message });
    } else {
      const message = `${definition.id}: missing grid param axis: ${axis.name}`;
      items.push({ path: `${path}.params.${axis.name}`, code: "required", message });
    }
  }
  if (items.length > 0) throw refusal(items);
  return axes;
}

/**
 * The signal axes of one indicator sorted by name, each from the request or else from the defaults. Names are trimmed
 * and lower-cased; names the signal rule does not know stay, see `refuseUnknownSignals`. Throws `validation_error` for
 * required names that are missing in both and for names written twice.
 */
export function mergeSignals(
  definition: IndicatorDefinition,
  options: { readonly grids: BacktestTemplate["signal_grids"]; readonly defaults: DefaultGrids },
): readonly LocatedAxis[] {
  const { id, signalParams } = definition;
  const items: ErrorItem[] = [];
  const requested = new Map<string, LocatedAxis>();
  for (const [key, axes] of sortedEntries(options.grids)) {
    if (normalized(key) !== id) continue;
    for (const [name, spec] of sortedEntries(axes)) {
      const axis = { name: normalized(name), spec, path: `body.template.signal_grids.${key}.${name}` };
      if (requested.has(axis.name)) {
        const message = `${id}: signal param '${axis.name}' is given twice`;
        items.push({ path: axis.path, code: "value_error", message });
      }
      requested.set(axis.name, axis);
    }
  }
  const merged = new Map([...defaultSignals(id, options.defaults), ...requested]);
  for (const name of signalParams) {
    if (merged.has(name)) continue;
    const message = `${id}: missing required signal param '${name}'`;
    items.push({ path: `body.template.signal_grids.${id}.${name}`, code: "required", message });
  }
  if (items.length > 0) throw refusal(items);
  return [...merged.values()].sort((a, b) => compareCodePoints(a.name, b.name));
}

/** Findings for axes of a request that its indicator does not have. */
export function unexpectedAxes(
  definition: IndicatorDefinition,
  options: { readonly request: IndicatorGridRequest; readonly path: string },
): ErrorItem[] {
  const { request, path } = options;
  const defined = (name: string, kind: "source" | "param") =>
    definition.axes.some((axis) => axis.name === name && (axis.kind === "source") === (kind === "source"));
  const unexpected = Object.keys(request.params)
    .filter((name) => !defined(name, "param"))
    .map((name) => ({ name, path: `${path}.params.${name}` }));
  if (request.source !== undefined && !defined("source", "source")) {
    unexpected.push({ name: "source", path: `${path}.source` });
  }
  return unexpected.map((axis) => ({
    path: axis.path,
    code: "extra_forbidden",
    message: `${definition.id}: unexpected grid param axes: ${axis.name}` +
      knownInstead(axis.name, definition.axes.map(({ name }) => name)),
  }));
}

function locateAxis(
  axis: AxisDefinition,
  options: {
    readonly id: string;
    readonly request: IndicatorGridRequest;
    readonly defaults: DefaultGrids;
    readonly path: string;
  },
): LocatedAxis | undefined {
  const { id, request, defaults, path } = options;
  const { name } = axis;
  const sent = axis.kind === "source" ? request.source : own(request.params, name);
  const place = axis.kind === "source" ? "source" : `params.${name}`;
  if (sent !== undefined) return { name, spec: sent, path: `${path}.${place}` };
  const fallback = own(own(defaults, id)?.axes ?? {}, name);
  return fallback && { name, spec: fallback, path: `defaults.${id}.${place}` };
}

function defaultSignals(id: string, defaults: DefaultGrids): [string, LocatedAxis][] {
  return Object.entries(own(defaults, id)?.signals ?? {}).map(([key, spec]) => {
    const name = normalized(key);
    return [name, { name, spec, path: `defaults.${id}.signals.${key}` }];
  });
}

/** Entries by name, so that of two findings the same one is reported whatever the order of members. */
function sortedEntries<T>(record: Readonly<Record<string, T>>): [string, T][] {
  return Object.entries(record).sort(([a], [b]) => compareCodePoints(a, b));
}

function own<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}
