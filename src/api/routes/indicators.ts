import { axisSchema } from "../../request/axis.ts";
import { estimateBodySchema, estimateGrid } from "../../request/estimate.ts";
import type { DefaultGrid } from "../../request/default_grids.ts";
import { z } from "@hono/zod-openapi";
import {
  type AxisDefinition,
  catalogue,
  type IndicatorDefinition,
  lookAheadWarnings,
} from "../../core/catalogue/mod.ts";
import type { ApiDeps } from "../deps.ts";
import { type ApiRoutes, endpoints } from "../endpoint.ts";
import { parseBody } from "../validate.ts";

const axisEntry = z.object({
  name: z.string(),
  kind: z.enum(["int", "float", "source"]),
  min: z.number().nullable(),
  max: z.number().nullable(),
  step: z.number().nullable().describe("Values of a range lie on min + k * step"),
  sources: z.array(z.string()).nullable(),
  inert: z.boolean().describe("Counted and part of the key, but without influence on the scored output"),
  default: axisSchema.nullable().describe(
    "The axis a request gets that leaves it out; null where it must be sent",
  ),
});

const indicatorEntry = z.object({
  id: z.string(),
  description: z.string(),
  output: z.string(),
  inputs: z.array(z.string()),
  params: z.array(axisEntry),
  rule: z.string().nullable().describe("Signal rule; null where no strategy can use the indicator"),
  signal_params: z.array(z.object({ name: z.string(), default: axisSchema.nullable() })),
  warnings: z.array(z.string()),
}).openapi("Indicator");

const indicatorList = z.object({ items: z.array(indicatorEntry) });

const estimateAnswer = z.object({
  schema_version: z.literal(1),
  total_variants: z.int(),
  estimated_memory_bytes: z.int(),
}).openapi("Estimate");

/** `GET /indicators` and `POST /indicators/estimate`. */
export function indicatorRoutes(deps: ApiDeps): ApiRoutes {
  const items = catalogue.map((definition) => entry(definition, deps.defaults[definition.id]));
  const { maxVariantsPerCompute: maxVariants, maxComputeBytesTotal: maxBytes } = deps.config.guards;
  return endpoints(deps, [{
    method: "get",
    path: "/indicators",
    operationId: "listIndicators",
    tag: "indicators",
    summary: "All indicators with their parameters, bounds and default grids",
    access: "user",
    success: { status: 200, description: "Sorted by id", schema: indicatorList },
    handle: (c) => c.json({ items }),
  }, {
    method: "post",
    path: "/indicators/estimate",
    operationId: "estimateGrid",
    tag: "indicators",
    summary: "What a grid would cost, without candles",
    description: "Indicator variants times stops times targets; signal axes and warm-up are not counted.",
    access: "counted",
    body: estimateBodySchema,
    success: { status: 200, description: "Variants and bytes", schema: estimateAnswer },
    async handle(c) {
      const request = await parseBody(c, estimateBodySchema);
      const estimate = estimateGrid(request, { defaults: deps.defaults, maxVariants, maxBytes });
      return c.json({
        schema_version: 1,
        total_variants: estimate.totalVariants,
        estimated_memory_bytes: estimate.estimatedMemoryBytes,
      });
    },
  }]);
}

function entry(
  definition: IndicatorDefinition,
  defaults: DefaultGrid | undefined,
): z.input<typeof indicatorEntry> {
  const { id, description, output, inputs, axes, rule, signalParams } = definition;
  return {
    id,
    description,
    output,
    inputs: [...inputs],
    params: axes.map((axis) => paramEntry(axis, defaults)),
    rule,
    signal_params: signalParams.map((name) => ({ name, default: defaults?.signals[name] ?? null })),
    warnings: lookAheadWarnings([id]),
  };
}

function paramEntry(axis: AxisDefinition, defaults: DefaultGrid | undefined): z.input<typeof axisEntry> {
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
