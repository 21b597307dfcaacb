import { type ExecutionSettings, noRisk, type RiskSettings } from "../execution/mod.ts";
import { compareCodePoints, pythonFloat, pythonInt, pythonString, sha256Hex } from "../text/mod.ts";
import type { Axis } from "./axis.ts";
import { preparedRules, ruleParams, ruleVariantKey } from "../rules/mod.ts";
import { axisPositions, decodeStageA, riskAt, type StageAPoint } from "./grid.ts";
import type { IndicatorGrid, SweepPlan } from "./plan.ts";

/** What a key is made of. A plan has all its execution numbers; older answers had keys made of fewer. */
export interface KeyedPlan extends Omit<SweepPlan, "execution"> {
  readonly execution: Partial<ExecutionSettings>;
}

/** Indicator keys kept per plan; ranked variants share few compute points, Stage B cells share all. */
const memoEntriesMax = 4096;

/** SHA-256 hex of what is computed: instrument, timeframe, indicators with inputs and parameters. */
export function indicatorVariantKey(plan: KeyedPlan, stageAIndex: number): string {
  const { indicatorKeys } = textsOf(plan);
  const computeIndex = Math.floor(stageAIndex / plan.signalTotal);
  const known = indicatorKeys.get(computeIndex);
  if (known !== undefined) return known;
  const key = plan.rules === undefined
    ? sha256Hex(indicatorVariantText(plan, stageAIndex))
    : ruleVariantKey(preparedRules(plan.rules).hash, {
      ...plan,
      params: ruleParams(plan.rules, stageAIndex),
    });
  if (indicatorKeys.size >= memoEntriesMax) indicatorKeys.clear();
  indicatorKeys.set(computeIndex, key);
  return key;
}

/** SHA-256 hex of everything that decides about a variant's result but the bars; `riskIndex` null is the base variant. */
export function variantKey(
  plan: KeyedPlan,
  variant: { readonly stageAIndex: number; readonly riskIndex: number | null },
): string {
  return sha256Hex(variantText(plan, variant));
}

/** The key of a base variant, stop and target off: the last tie-break of Stage A. */
export function baseVariantKey(plan: KeyedPlan, stageAIndex: number): string {
  return variantKey(plan, { stageAIndex, riskIndex: null });
}

/** The JSON text under {@link indicatorVariantKey}; non-ASCII characters stay as they are. */
export function indicatorVariantText(plan: KeyedPlan, stageAIndex: number): string {
  const { compute } = decodeStageA(plan, stageAIndex);
  const indicators = plan.indicators.map((indicator, i) => indicatorText(indicator, compute[i]!));
  return `{"indicators":[${indicators.join()}]${textsOf(plan).instrument}}`;
}

/** The JSON text under {@link variantKey}, all ASCII. */
export function variantText(
  plan: KeyedPlan,
  variant: { readonly stageAIndex: number; readonly riskIndex: number | null },
): string {
  const { head, tail } = textsOf(plan);
  const { stageAIndex, riskIndex } = variant;
  const risk = riskText(riskIndex === null ? noRisk : riskAt(plan, riskIndex));
  const signals = signalsText(plan, decodeStageA(plan, stageAIndex));
  return `${head}"${indicatorVariantKey(plan, stageAIndex)}"${risk}${signals}${tail}`;
}

/** What all variants of a plan share. */
interface PlanTexts {
  readonly instrument: string;
  readonly head: string;
  readonly tail: string;
  /** By compute index. */
  readonly indicatorKeys: Map<number, string>;
}

// Ranking asks for up to a hundred thousand keys of one plan, so its constant parts are written once.
const textsByPlan = new WeakMap<KeyedPlan, PlanTexts>();

function textsOf(plan: KeyedPlan): PlanTexts {
  const known = textsByPlan.get(plan);
  if (known !== undefined) return known;
  const { market_id, symbol } = plan.instrument;
  const instrument = pythonString(`${market_id}:${symbol}`, { ascii: false });
  const execution = Object.entries(plan.execution)
    .sort(([a], [b]) => compareCodePoints(a, b))
    .map(([name, value]) => `"${name}":${pythonFloat(value)}`);
  const texts: PlanTexts = {
    instrument: `,"instrument_id":${instrument},"schema_version":1,"timeframe":"${plan.timeframe}"`,
    head:
      `{"direction_mode":"${plan.directionMode}","execution":{${execution.join()}},"indicator_variant_key":`,
    tail: `,"sizing_mode":"${plan.sizingMode}"}`,
    indicatorKeys: new Map(),
  };
  textsByPlan.set(plan, texts);
  return texts;
}

function indicatorText({ indicatorId, axes }: IndicatorGrid, index: number): string {
  const positions = axisPositions(axes, index);
  const pairs = (source: boolean) =>
    axes
      .map((axis, i) => ({ axis, position: positions[i]! }))
      .filter(({ axis }) => (axis.kind === "source") === source)
      .sort((a, b) => compareCodePoints(a.axis.name, b.axis.name))
      .map(({ axis, position }) =>
        `[${pythonString(axis.name, { ascii: false })},${valueText(axis, position)}]`
      );
  const id = pythonString(indicatorId, { ascii: false });
  return `{"id":${id},"inputs":[${pairs(true).join()}],"params":[${pairs(false).join()}]}`;
}

function signalsText(plan: KeyedPlan, { signal }: StageAPoint): string {
  const texts = plan.indicators.map(({ indicatorId, signalAxes }, i) => {
    if (signalAxes.length === 0) return [];
    const positions = axisPositions(signalAxes, signal[i]!);
    const members = signalAxes.map((axis, k) =>
      `${pythonString(axis.name, { ascii: true })}:${valueText(axis, positions[k]!)}`
    );
    return [`${pythonString(indicatorId, { ascii: true })}:{${members.join()}}`];
  });
  return `,"schema_version":1,"signals":{${texts.flat().join()}}`;
}

function riskText({ sl_enabled, sl_pct, tp_enabled, tp_pct }: RiskSettings): string {
  const percent = (value: number | null) => value === null ? "null" : pythonFloat(value);
  const sl = `"sl_enabled":${sl_enabled},"sl_pct":${percent(sl_pct)}`;
  return `,"risk":{${sl},"tp_enabled":${tp_enabled},"tp_pct":${percent(tp_pct)}}`;
}

function valueText(axis: Axis, position: number): string {
  const value = axis.values[position]!;
  if (typeof value === "string") return pythonString(value, { ascii: false });
  return axis.integral[position] ? pythonInt(value) : pythonFloat(value);
}
