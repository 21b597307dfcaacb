import type { Axis } from "./axis.ts";
import { checkAxisOrder } from "./axis_order.ts";
import { axisLength, type AxisRules, materializeAxis } from "./axis_values.ts";
import { catalogue, findIndicator } from "./catalogue.ts";
import type { IndicatorDefinition } from "./catalogue/definition.ts";
import { type DefaultGrids, type LocatedAxis, mergeAxes, mergeSignals, normalized } from "./default_grids.ts";
import type { ErrorItem } from "./errors.ts";
import type { ExecutionSettings } from "./execution.ts";
import { gather, refusal } from "./findings.ts";
import { checkIndicator, checkStage, saturate } from "./guards.ts";
import type { IndicatorGrid, RiskGrid, SweepPlan } from "./plan.ts";
import { compareCodePoints } from "./python_json.ts";
import { byTotalReturn, type RankingOrder } from "./ranking_metric.ts";
import type { BacktestTemplate, IndicatorGridRequest, RiskGridRequest } from "./request.ts";

/** A template and what the config says where it is silent. */
export interface BuildPlanOptions {
  readonly template: BacktestTemplate;
  /** The numbers in force. */
  readonly execution: ExecutionSettings;
  /** The numbers that enter variant keys. */
  readonly keyExecution: Partial<ExecutionSettings>;
  /** Longest shortlist of Stage A, > 0. */
  readonly preselect: number;
  /** By total return unless told otherwise. */
  readonly ranking?: RankingOrder;
  readonly defaults: DefaultGrids;
  /** Most variants of one indicator and of Stage A. */
  readonly maxVariants: number;
}

/**
 * Merges a template with the default grids, spells out every axis and counts the variants; enumerates none.
 *
 * Throws `validation_error`: with items under `body.template` for what is wrong in the request, with empty details for
 * an indicator beyond `maxVariants`, and with the guard's details for a Stage A beyond it, before any signal axis is
 * spelled out. `checkGuards` checks the rest.
 */
export function buildPlan(options: BuildPlanOptions): SweepPlan {
  const { template, defaults, maxVariants } = options;
  const requests = requestedIndicators(template.indicator_grids);
  const computeAxes = requests.map((request) => indicatorAxes(request, { defaults, maxVariants }));
  const signals = gather(
    requests.map(({ definition }) => () =>
      mergeSignals(definition, { grids: template.signal_grids, defaults }).map((axis) =>
        signalRules(definition, axis)
      )
    ),
  );
  const risk = riskGrid(template.risk_grid ?? { sl_enabled: false, tp_enabled: false });

  const lengths = gather(signals.flat().map(({ axis, rules }) => () => axisLength(axis.spec, rules)));
  const signalTotal = product(lengths);
  const stageATotal = product(computeAxes.flat().map(axisSize)) * signalTotal;
  checkStage("stage_a", { total: stageATotal, maxVariants });

  const signalAxes = gather(
    signals.map((axes) => () =>
      gather(axes.map(({ axis, rules }) => () => materializeAxis(axis.spec, rules)))
    ),
  );
  const riskTotal = risk.sl.length * risk.tp.length;
  const shortlistTotal = Math.min(options.preselect, Number(stageATotal));
  return {
    instrument: template.instrument_id,
    timeframe: template.timeframe,
    indicators: requests.map(({ definition }, i) => grid(definition.id, [computeAxes[i], signalAxes[i]])),
    signalTotal: Number(signalTotal),
    stageATotal: Number(stageATotal),
    risk,
    riskTotal,
    shortlistTotal,
    stageBTotal: saturate(BigInt(shortlistTotal) * BigInt(riskTotal)),
    ranking: options.ranking ?? byTotalReturn,
    directionMode: template.direction_mode ?? "long-short",
    sizingMode: template.sizing_mode ?? "all_in",
    execution: options.execution,
    keyExecution: options.keyExecution,
  };
}

interface RequestedIndicator {
  readonly definition: IndicatorDefinition;
  readonly request: IndicatorGridRequest;
  /** Path of the request's grid. */
  readonly path: string;
}

/** The requested indicators sorted by id, each known, with a signal rule, and named once. */
function requestedIndicators(grids: readonly IndicatorGridRequest[]): readonly RequestedIndicator[] {
  const found = new Map<string, RequestedIndicator>();
  const items: ErrorItem[] = [];
  grids.forEach((request, i) => {
    const path = `body.template.indicator_grids.${i}`;
    const refuse = (message: string) =>
      items.push({ path: `${path}.indicator_id`, code: "value_error", message });
    const definition = findIndicator(normalized(request.indicator_id));
    if (definition === undefined) {
      const known = catalogue.map(({ id }) => id).join(", ");
      refuse(`Unknown indicator "${request.indicator_id}"; known are ${known}`);
    } else if (definition.rule === null) {
      refuse(`Unsupported indicator_id for signals v1: ${definition.id}`);
    } else if (found.has(definition.id)) {
      refuse(`Indicator "${definition.id}" is given twice`);
    } else {
      found.set(definition.id, { definition, request, path });
    }
  });
  if (grids.length === 0) {
    const message = "A template needs at least one indicator, got none";
    items.push({ path: "body.template.indicator_grids", code: "value_error", message });
  }
  if (items.length > 0) throw refusal(items);
  return [...found.values()].sort((a, b) => compareCodePoints(a.definition.id, b.definition.id));
}

/** The compute axes of one indicator in definition order, within its own guard. */
function indicatorAxes(
  requested: RequestedIndicator,
  options: { readonly defaults: DefaultGrids; readonly maxVariants: number },
): readonly Axis[] {
  const { definition, request, path } = requested;
  const merged = mergeAxes(definition, { request, defaults: options.defaults, path });
  const axes = gather(
    merged.map((axis) => () =>
      materializeAxis(axis.spec, { ...axis.definition, owner: definition.id, path: axis.path })
    ),
  );
  checkAxisOrder(definition, { axes, pathOf: (name) => merged.find((axis) => axis.name === name)!.path });
  checkIndicator(product(axes.map(axisSize)), options.maxVariants);
  return axes;
}

function signalRules(
  definition: IndicatorDefinition,
  axis: LocatedAxis,
): { axis: LocatedAxis; rules: AxisRules } {
  const { id, rule, signalParams } = definition;
  // a name the rule does not know may hold anything
  const lag = rule === "delta_sign" && signalParams.includes(axis.name);
  return { axis, rules: { name: axis.name, kind: "signal", lag, owner: id, path: axis.path } };
}

function grid(
  indicatorId: string,
  [axes, signalAxes]: readonly [readonly Axis[], readonly Axis[]],
): IndicatorGrid {
  return {
    indicatorId,
    axes,
    variants: Number(product(axes.map(axisSize))),
    signalAxes,
    signalCombinations: Number(product(signalAxes.map(axisSize))),
  };
}

function riskGrid(request: RiskGridRequest): RiskGrid {
  const [sl, tp] = gather([() => riskSide("sl", request), () => riskSide("tp", request)]);
  return { sl, tp };
}

/** Percentages of one side: its axis, or else its scalar; `[null]` when it is off. */
function riskSide(name: "sl" | "tp", request: RiskGridRequest): readonly (number | null)[] {
  if (!request[`${name}_enabled`]) return [null];
  const path = `body.template.risk_grid.${name}`;
  const axis = request[name];
  const scalar = request[`${name}_pct`];
  if (axis === undefined && scalar === undefined) {
    const message = `risk_grid: ${name}_enabled is true, so ${name} or ${name}_pct is required`;
    throw refusal([{ path, code: "required", message }]);
  }
  const rules = { name, kind: "float", min: 0, owner: "risk_grid" } as const;
  const values = axis === undefined
    ? materializeAxis({ mode: "explicit", values: [scalar!] }, { ...rules, path: `${path}_pct` }).values
    : materializeAxis(axis, { ...rules, path }).values;
  return values as readonly number[];
}

function axisSize(axis: Axis): number {
  return axis.values.length;
}

/** Exact, because a product of axis lengths may pass 2^53 before a guard refuses it. */
function product(lengths: readonly number[]): bigint {
  return lengths.reduce((total, length) => total * BigInt(length), 1n);
}
