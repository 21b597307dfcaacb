import { barGrid, type DayStart, type LongestLookback } from "../core/bars/mod.ts";
import { BacktestError, refusal } from "../core/errors/mod.ts";
import type { AxisSize } from "../core/grid/mod.ts";
import {
  compiledOnce,
  type CompiledRules,
  type PlannedRules,
  preparedRules,
  rulesLookback,
} from "../core/rules/mod.ts";
import type { BacktestTemplate } from "./template.ts";

/** The rules of a template. */
export type TemplateRules = NonNullable<BacktestTemplate["rules"]>;

/** Path of a template's rules in a request. */
const root = "body.template.rules";

/** Where rules stand: bars of which timeframe they are for, and their path in a body, a template's unless given. */
export interface RulesPlace {
  readonly timeframe: string;
  readonly path?: string;
}

/** Throws a `validation_error` with every fault of rules. */
export function refuseFaults(rules: TemplateRules, { timeframe, path: place = root }: RulesPlace): void {
  const { faults } = compiledOnce(rules, { timeframe });
  if (faults.length === 0) return;
  throw refusal(faults.map(({ path, message }) => ({
    path: path === "" ? place : `${place}.${path}`,
    code: "value_error",
    message,
  })));
}

/** Rules as a plan carries them. Throws a `validation_error` with every fault. */
export function planRules(rules: TemplateRules, place: RulesPlace): PlannedRules {
  refuseFaults(rules, place);
  return { spec: rules, timeframe: place.timeframe, dayStart: null };
}

/** The same on a market whose days start then. Throws a `validation_error` for higher bars that no such days make. */
export function onMarket(planned: PlannedRules, dayStart: DayStart | null): PlannedRules {
  if (dayStart === null) return planned;
  const { rules: { nodes } } = preparedRules(planned);
  for (const node of nodes) {
    if (node.kind !== "timeframe") continue;
    try {
      barGrid(node.timeframe, dayStart);
    } catch (error) {
      if (!(error instanceof BacktestError)) throw error;
      throw refusal([{ path: root, code: "value_error", message: `${node.text}: ${error.message}` }]);
    }
  }
  return { ...planned, dayStart };
}

/** Sizes of the parameters, for the messages of guards. */
export function paramSizes({ params }: Pick<CompiledRules, "params">): readonly AxisSize[] {
  return params.map(({ name, values }) => ({
    name: `rules.${name}`,
    kind: "compute",
    values: values.length,
    byDefault: false,
  }));
}

/** The longest lookback of a strategy, as that of one indicator. */
export function rulesLookbacks(planned: PlannedRules): readonly LongestLookback[] {
  const bars = rulesLookback(preparedRules(planned).rules, planned.timeframe);
  return [{ indicatorId: "the longest rule", bars, params: "" }];
}

/** Names of the further columns that rules read, each once. */
export function ruleColumns(planned: PlannedRules): readonly string[] {
  const { rules: { nodes } } = preparedRules(planned);
  return [...new Set(nodes.flatMap((node) => node.kind === "column" ? [node.column] : []))];
}

/** Throws a `validation_error` for rules that read a volume where the candles have none. */
export function requireVolumeOf(
  planned: PlannedRules,
  { hasVolume }: { readonly hasVolume: boolean },
): void {
  if (hasVolume) return;
  const { rules: { nodes, params } } = preparedRules(planned);
  const swept = params.some(({ values }) => values.includes("volume"));
  const reader = nodes.find((node) =>
    node.kind === "price"
      ? node.price === "volume"
      : node.kind === "indicator" && node.call.definition.inputs.includes("volume")
  );
  if (reader === undefined && !swept) return;
  const message =
    `Cannot compute ${reader?.text ?? "volume"}: the candles have no volume, the column is blank ` +
    "throughout; rules of prices alone work";
  throw refusal([{ path: root, code: "value_error", message }]);
}
