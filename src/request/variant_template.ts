import type { BacktestTemplate } from "./request.ts";
import type { VariantPayload } from "../core/grid/mod.ts";
import type { ExecutionSettings } from "../core/execution/mod.ts";
import { BacktestError, type ErrorItem, validationError } from "../core/errors/mod.ts";

/** A variant as it is sent back: that of an older answer may lack execution numbers. */
export interface SentVariant extends Omit<VariantPayload, "execution_params"> {
  readonly execution_params: Partial<ExecutionSettings>;
}

/**
 * The template whose only variant is the given one. Instrument and timeframe are those of `template`; execution numbers
 * that the variant does not carry are, too.
 */
export function templateOf(variant: SentVariant, template: BacktestTemplate): BacktestTemplate {
  const { sl_enabled, sl_pct, tp_enabled, tp_pct } = variant.risk_params;
  return {
    instrument_id: template.instrument_id,
    timeframe: template.timeframe,
    indicator_grids: variant.indicator_selections.map(({ indicator_id, inputs, params }) => ({
      indicator_id,
      params: points(params),
      ...(inputs.source === undefined ? {} : { source: { mode: "explicit", values: [inputs.source] } }),
    })),
    signal_grids: Object.fromEntries(
      Object.entries(variant.signal_params).map(([id, params]) => [id, points(params)]),
    ),
    risk_grid: {
      sl_enabled,
      tp_enabled,
      ...(sl_pct === null ? {} : { sl_pct }),
      ...(tp_pct === null ? {} : { tp_pct }),
    },
    direction_mode: variant.direction_mode,
    sizing_mode: variant.sizing_mode,
    execution: { ...template.execution, ...variant.execution_params },
  };
}

/** Runs what works on such a template, and puts what it refuses where the variant has it. */
export async function namingVariant<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof BacktestError) || !Array.isArray(error.details.errors)) throw error;
    const items = error.details.errors as readonly ErrorItem[];
    throw validationError(error.message, items.map((item) => ({ ...item, path: variantPath(item.path) })));
  }
}

/** In the order in which they are tried: the first that fits is taken. */
const places: readonly (readonly [pattern: RegExp, place: string])[] = [
  [/^body\.template\.indicator_grids\.(\d+)\.source/, "body.variant.indicator_selections.$1.inputs.source"],
  [/^body\.template\.indicator_grids/, "body.variant.indicator_selections"],
  [/^body\.template\.signal_grids/, "body.variant.signal_params"],
  [/^body\.template\.risk_grid\.(sl|tp)(_pct)?$/, "body.variant.risk_params.$1_pct"],
];

function variantPath(path: string): string {
  const found = places.find(([pattern]) => pattern.test(path));
  return found === undefined ? path : path.replace(found[0], found[1]);
}

function points(values: Readonly<Record<string, number>>) {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, { mode: "explicit" as const, values: [value] }]),
  );
}
