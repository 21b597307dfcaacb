import {
  type Axis,
  axisLength,
  type AxisRules,
  type AxisSize,
  checkProduct,
  checkStage,
  type IndicatorGrid,
  isDefault,
  materializeAxis,
  type RiskGrid,
  saturate,
  type SweepPlan,
} from "../core/grid/mod.ts";
import { preparedRules } from "../core/rules/mod.ts";
import { paramSizes, planRules, type TemplateRules } from "./rules.ts";
import { indicatorAxes, requestedIndicators } from "./indicators.ts";
import { riskPctMax } from "../core/limits/mod.ts";
import type { EffectiveRequest } from "./body.ts";
import { rankingOf } from "./effective.ts";
import type { RiskGridRequest } from "./template.ts";
import { refuseUnknownSignals } from "./known_names.ts";
import { type DefaultGrids, type LocatedAxis, mergeSignals } from "./default_grids.ts";
import { comparedPreselect, type Preselect, shippedPreselect } from "../core/ranking/mod.ts";
import { product } from "../core/numbers/mod.ts";
import { gather, refusal } from "../core/errors/mod.ts";
import type { IndicatorDefinition } from "../core/catalogue/mod.ts";

/** What a plan is made of. */
export type PlannedRequest = Pick<EffectiveRequest, "template" | "preselect" | "ranking">;

/** What the config says where the request is silent, and what it allows. */
export interface BuildPlanOptions {
  /** What `all` is held against; the shipped default unless told otherwise. */
  readonly preselectDefault?: Preselect;
  readonly defaults: DefaultGrids;
  /** Whether an earlier version may have stored the template: names nobody knows are then no errors. */
  readonly stored?: boolean;
  /** Most variants of one indicator and of Stage A; with `preselect: "all"` of one indicator and of the product. */
  readonly maxVariants: number;
}

/**
 * Merges a template with the default grids, spells out every axis and counts the variants; enumerates none.
 *
 * Throws `validation_error`: with items under `body.template` for what is wrong in the request, with empty details for
 * an indicator beyond `maxVariants`, and with the guard's details for a Stage A (or a product that is to be expanded
 * whole) beyond it, before any signal axis is spelled out. `checkGuards` checks the rest.
 */
export function buildPlan(request: PlannedRequest, options: BuildPlanOptions): SweepPlan {
  const { template } = request;
  const { defaults, maxVariants } = options;
  if (template.rules !== undefined) return rulesPlan(request, { ...options, rules: template.rules });
  const requests = requestedIndicators(template.indicator_grids, {
    path: "body.template.indicator_grids",
    scored: true,
  });
  const definitions = requests.map(({ definition }) => definition);
  if (!options.stored) refuseUnknownSignals(definitions, template.signal_grids);
  const compute = requests.map((indicator) => indicatorAxes(indicator, { defaults, maxVariants }));
  const computeAxes = compute.map(({ axes }) => axes);
  const signals = gather(
    definitions.map((definition) => () =>
      mergeSignals(definition, { grids: template.signal_grids, defaults }).map((axis) =>
        signalRules(definition, axis)
      )
    ),
  );
  const risk = riskGrid(template.risk_grid ?? { sl_enabled: false, tp_enabled: false });

  const lengths = gather(signals.flat().map(({ axis, rules }) => () => axisLength(axis.spec, rules)));
  const signalTotal = product(lengths);
  const stageASizes = [...compute.flatMap(({ sizes }) => sizes), ...signalSizes(signals.flat(), lengths)];
  const axisSizes = [...stageASizes, ...riskSizes(risk)];
  const stageATotal = product(computeAxes.flat().map(axisSize)) * signalTotal;
  const riskTotal = risk.sl.length * risk.tp.length;
  const expandsAll = request.preselect === "all";
  if (expandsAll) {
    checkProduct(stageATotal * BigInt(riskTotal), { maxVariants, axes: axisSizes });
  } else checkStage("stage_a", { total: stageATotal, maxVariants, axes: stageASizes });

  const signalAxes = gather(
    signals.map((axes) => () =>
      gather(axes.map(({ axis, rules }) => () => materializeAxis(axis.spec, rules)))
    ),
  );
  return {
    ...planned(request, { risk, stageATotal: Number(stageATotal), options }),
    indicators: requests.map(({ definition }, i) => grid(definition.id, [computeAxes[i]!, signalAxes[i]!])),
    signalTotal: Number(signalTotal),
    axisSizes,
  };
}

/** The plan of a template with rules: its base variants are the kept combinations of their parameters. */
function rulesPlan(
  request: PlannedRequest,
  { rules: sent, ...options }: BuildPlanOptions & { readonly rules: TemplateRules },
): SweepPlan {
  const { template } = request;
  const rules = planRules(sent, { timeframe: template.timeframe });
  const risk = riskGrid(template.risk_grid ?? { sl_enabled: false, tp_enabled: false });
  const prepared = preparedRules(rules);
  const stageATotal = prepared.rules.combinations.kept;
  const sizes = paramSizes(prepared.rules);
  const axisSizes = [...sizes, ...riskSizes(risk)];
  const { maxVariants } = options;
  if (request.preselect === "all") {
    const riskTotal = risk.sl.length * risk.tp.length;
    checkProduct(BigInt(stageATotal) * BigInt(riskTotal), { maxVariants, axes: axisSizes });
  } else checkStage("stage_a", { total: stageATotal, maxVariants, axes: sizes });
  return {
    ...planned(request, { risk, stageATotal, options }),
    rules,
    indicators: [],
    signalTotal: 1,
    axisSizes,
  };
}

/** What plans of both forms have in common. */
function planned(
  request: PlannedRequest,
  { risk, stageATotal, options }: {
    readonly risk: RiskGrid;
    readonly stageATotal: number;
    readonly options: BuildPlanOptions;
  },
): Omit<SweepPlan, "indicators" | "signalTotal" | "axisSizes"> {
  const { template } = request;
  const riskTotal = risk.sl.length * risk.tp.length;
  const expandsAll = request.preselect === "all";
  const preselect = request.preselect === "all"
    ? comparedPreselect(options.preselectDefault ?? shippedPreselect)
    : request.preselect;
  const shortlistTotal = Math.min(preselect, stageATotal);
  return {
    instrument: template.instrument_id,
    timeframe: template.timeframe,
    stageATotal,
    risk,
    riskTotal,
    shortlistTotal,
    expandsAll,
    stageBTotal: saturate(BigInt(expandsAll ? stageATotal : shortlistTotal) * BigInt(riskTotal)),
    ranking: rankingOf(request),
    directionMode: template.direction_mode,
    sizingMode: template.sizing_mode,
    execution: template.execution,
  };
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

function signalSizes(
  axes: readonly { readonly axis: LocatedAxis; readonly rules: AxisRules }[],
  lengths: readonly number[],
): readonly AxisSize[] {
  return axes.map(({ axis, rules }, i) => ({
    name: `${rules.owner}.signal.${axis.name}`,
    kind: "signal",
    values: lengths[i]!,
    byDefault: isDefault(axis.path),
  }));
}

function riskSizes({ sl, tp }: RiskGrid): readonly AxisSize[] {
  const size = (name: string, values: number): AxisSize => ({ name, kind: "risk", values, byDefault: false });
  return [size("sl_pct", sl.length), size("tp_pct", tp.length)];
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
  const rules = { name, kind: "float", min: 0, max: riskPctMax, owner: "risk_grid" } as const;
  const values = axis === undefined
    ? materializeAxis({ mode: "explicit", values: [scalar!] }, { ...rules, path: `${path}_pct` }).values
    : materializeAxis(axis, { ...rules, path }).values;
  return values as readonly number[];
}

function axisSize(axis: Axis): number {
  return axis.values.length;
}
