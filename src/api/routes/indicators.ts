import { estimateBody, estimateGrid } from "../../request/estimate.ts";
import type { DefaultGrid } from "../../request/default_grids.ts";
import { estimateSchema, type IndicatorList, indicatorListSchema } from "../../answers/catalogue.ts";
import {
  type AxisDefinition,
  catalogue,
  type IndicatorDefinition,
  lookAheadWarnings,
} from "../../core/catalogue/mod.ts";
import { indicatorCalls } from "../../core/rules/mod.ts";
import type { ApiDeps } from "../deps.ts";
import { type ApiRoutes, endpoint, endpoints } from "../endpoint.ts";

type Indicator = IndicatorList["items"][number];

/** `GET /indicators` and `POST /indicators/estimate`. */
export function indicatorRoutes(deps: ApiDeps): ApiRoutes {
  const items = catalogue.map((definition) => entry(definition, deps.defaults[definition.id]));
  const { max_variants_per_compute: maxVariants, max_compute_bytes_total: maxBytes } = deps.config.guards;
  return endpoints(deps, [
    endpoint({
      method: "get",
      path: "/indicators",
      operationId: "listIndicators",
      tag: "indicators",
      summary: "All indicators with their parameters, bounds and default grids",
      access: "user",
      success: { status: 200, description: "Sorted by id", schema: indicatorListSchema },
      handle: () => ({ items }),
    }),
    endpoint({
      method: "post",
      path: "/indicators/estimate",
      operationId: "estimateGrid",
      tag: "indicators",
      summary: "What a grid would cost, without candles",
      description:
        "Indicator variants, or the combinations of `rules` that `where` keeps, times stops times targets; signal axes and " +
        "warm-up are not counted. Memory is that of the candles, of the series (of rules those of one variant) and of the " +
        "masks that are cached.",
      access: "counted",
      body: estimateBody,
      success: { status: 200, description: "Variants and bytes", schema: estimateSchema },
      handle({ body }) {
        const estimate = estimateGrid(body, { defaults: deps.defaults, maxVariants, maxBytes });
        return {
          schema_version: 1 as const,
          total_variants: estimate.totalVariants,
          estimated_memory_bytes: estimate.estimatedMemoryBytes,
        };
      },
    }),
  ]);
}

function entry(
  definition: IndicatorDefinition,
  defaults: DefaultGrid | undefined,
): Indicator {
  const { id, description, output, inputs, axes, rule, signalParams } = definition;
  return {
    id,
    description,
    output,
    inputs: [...inputs],
    params: axes.map((axis) => paramEntry(axis, defaults)),
    call: callEntry(definition),
    rule,
    signal_params: signalParams.map((name) => ({ name, default: defaults?.signals[name] ?? null })),
    warnings: lookAheadWarnings([id]),
  };
}

/** How expressions call it: arguments in their order, without a step. */
function callEntry({ id, lookAhead }: IndicatorDefinition): Indicator["call"] {
  const call = indicatorCalls.get(id.slice(id.lastIndexOf(".") + 1))!;
  if (lookAhead !== 0) return null;
  return {
    name: call.name,
    arguments: call.args.map(({ name, kind, min, max, integer, usual }) => ({
      name,
      kind: kind === "series" ? "series" : "number",
      min: min ?? null,
      max: max ?? null,
      integer: integer ?? false,
      default: typeof usual === "number" ? usual : null,
    })),
    outputs: [...call.outputs],
  };
}

function paramEntry(axis: AxisDefinition, defaults: DefaultGrid | undefined): Indicator["params"][number] {
  return {
    name: axis.name,
    kind: axis.kind,
    min: axis.min ?? null,
    max: axis.max ?? null,
    step: axis.step ?? null,
    sources: axis.sources ? [...axis.sources] : null,
    inert: axis.inert ?? false,
    default: defaults?.axes[axis.name] ?? null,
  };
}
