import { closeOf, type Market, type Timeline } from "../core/bars/mod.ts";
import { validationError } from "../core/errors/mod.ts";
import { compareCodePoints, formatTimestamp, nearestName, shown } from "../core/text/mod.ts";
import type { DirectionMode } from "../core/execution/mod.ts";
import {
  type Combination,
  type PlannedRules,
  preparedRules,
  type RuleNode,
  ruleParams,
  type SideState,
  type SideTruth,
  stepState,
} from "../core/rules/mod.ts";
import type { CandleSource } from "../ports/candle_source.ts";
import type { ProbedRules, RuleProbe, RuleReading, RuleValue } from "../ports/rule_probe.ts";
import { type RequestDefaults, resolveRequest } from "../request/effective.ts";
import type { SentRequest } from "../request/body.ts";
import {
  onMarket,
  planRules,
  requireVolumeOf,
  ruleColumns,
  rulesLookbacks,
  type TemplateRules,
} from "../request/rules.ts";
import { loadTimeline } from "../sweep/load_timeline.ts";

/** A request with a template of rules. */
export type RulesRequest = Extract<SentRequest, { readonly template: unknown }> & {
  readonly template: { readonly rules: TemplateRules };
};

/** What is explained. */
export interface ExplainQuestion {
  readonly request: RulesRequest;
  /** Values of parameters, whether the request has them or not; the rest are those of the first variant. */
  readonly set: Readonly<Record<string, number | string>>;
  /** A moment of the bar, epoch ms. */
  readonly atMs: number;
}

/** What it is explained with. */
export interface ExplainDeps {
  readonly candles: CandleSource;
  readonly probe: RuleProbe;
  readonly defaults: RequestDefaults;
  readonly marketOf: (marketId: number) => Market;
}

/** A subexpression on the bar and the one before, with what it is made of. */
export interface ExplainedPart {
  readonly text: string;
  readonly type: RuleNode["type"];
  /** Null where unknown. */
  readonly now: RuleValue;
  readonly before: RuleValue;
  /** Open of the bar of a higher timeframe that is read. */
  readonly on_bar?: string;
  readonly parts: readonly ExplainedPart[];
}

/** One variant of a strategy on one bar. */
export interface RuleExplanation {
  readonly params: Combination;
  /** Of `params` those that are no values of the request. */
  readonly beyond: readonly string[];
  readonly bar: {
    readonly ts_open: string;
    readonly ts_close: string;
    /** Counted from the first bar that is loaded, warm-up included. */
    readonly index: number;
    readonly bars: number;
    /** Before the range nothing is held. */
    readonly in_range: boolean;
  };
  /** By member: `long.enter`, `long.exit`, `short.enter`, `short.exit`. */
  readonly members: Readonly<Record<string, ExplainedPart>>;
  readonly state: {
    readonly now: "long" | "short" | "none";
    readonly before: "long" | "short" | "none";
    /** Close of the first bar that has it without a break, and of the first one that does not any more. */
    readonly since: string;
    readonly until: string | null;
    readonly why: readonly string[];
  } | null;
  readonly warnings: readonly string[];
}

/** The rules of a request with some parameters set. Throws a `validation_error` for a name that is no parameter. */
export function rulesWith(
  spec: TemplateRules,
  set: Readonly<Record<string, number | string>>,
): TemplateRules {
  const known = Object.keys(spec.params ?? {}).sort(compareCodePoints);
  for (const name of Object.keys(set)) {
    if (known.includes(name)) continue;
    const nearest = nearestName(name, known);
    const help = nearest !== null
      ? `did you mean ${shown(nearest)}?`
      : known.length === 0
      ? "there are none"
      : `there are ${known.join(", ")}`;
    const message = `--set ${name}: the rules have no such parameter; ${help}`;
    throw validationError(message, [{ path: "set", code: "value_error", message }]);
  }
  const chosen = Object.entries(set).map(([name, value]) => [name, { mode: "explicit", values: [value] }]);
  return { ...spec, params: { ...spec.params, ...Object.fromEntries(chosen) } } as TemplateRules;
}

/**
 * The value of every subexpression of a strategy on one bar, for one variant, and what it holds there and why. Candles are
 * loaded with the warm-up that a sweep of the request has, so that values are those of the sweep. Rejects with
 * `validation_error` for rules with faults and for a moment that no bar has, as `loadTimeline` does for candles.
 */
export async function explainRules(
  { request, set, atMs }: ExplainQuestion,
  { candles, probe, defaults, marketOf }: ExplainDeps,
): Promise<RuleExplanation> {
  const { effective } = resolveRequest({ request, template: request.template }, { defaults });
  const { template: { timeframe, instrument_id: { market_id: marketId }, direction_mode: directionMode } } =
    effective;
  const { dayStart } = marketOf(marketId);
  const swept = planRules(request.template.rules, { timeframe });
  const rules = onMarket(planRules(rulesWith(request.template.rules, set), { timeframe }), dayStart);
  const lookbacks = [...rulesLookbacks(swept), ...rulesLookbacks(rules)];
  const loaded = await loadTimeline({ ...effective, lookbacks, columns: ruleColumns(rules) }, {
    candles,
    marketOf,
  });
  requireVolumeOf(rules, loaded);
  const { timeline } = loaded;
  const bar = barAt(timeline, atMs);
  const probed = probe.probe({ timeline, rules, directionMode }, { index: 0, bar });
  const params = ruleParams(rules, 0);
  return {
    params,
    beyond: beyond(swept, params),
    bar: shownBar(timeline, bar),
    members: membersOf(rules, probed.readings),
    state: stateAt({ timeline, rules, directionMode, probed }, bar),
    warnings: loaded.warnings,
  };
}

/** Parameters whose value the sweep of the request does not have. */
function beyond(swept: PlannedRules, params: Combination): readonly string[] {
  const axes = preparedRules(swept).rules.params;
  return axes.filter(({ name, values }) => !values.includes(params[name]!)).map(({ name }) => name);
}

/** Index of the bar that holds a moment. */
function barAt(timeline: Timeline, atMs: number): number {
  const { candles: { tsOpenMs } } = timeline;
  const bar = tsOpenMs.findLastIndex((openMs) => openMs <= atMs);
  if (bar >= 0 && atMs < closeOf(timeline, bar)) return bar;
  const text = formatTimestamp(atMs);
  const where = bar < 0 || bar === tsOpenMs.length - 1
    ? `bars are from ${formatTimestamp(tsOpenMs[0]!)} to ${
      formatTimestamp(closeOf(timeline, tsOpenMs.length - 1))
    }, warm-up included`
    : `the bar before opens ${formatTimestamp(tsOpenMs[bar]!)}, the next one ${
      formatTimestamp(tsOpenMs[bar + 1]!)
    }`;
  const message = `Cannot explain the bar of ${text}: there is none, ${where}`;
  throw validationError(message, [{ path: "bar", code: "value_error", message }]);
}

function shownBar(timeline: Timeline, index: number): RuleExplanation["bar"] {
  const { candles: { tsOpenMs }, slice } = timeline;
  return {
    ts_open: formatTimestamp(tsOpenMs[index]!),
    ts_close: formatTimestamp(closeOf(timeline, index)),
    index,
    bars: tsOpenMs.length,
    in_range: index >= slice.start && index < slice.stop,
  };
}

const sides = ["long", "short"] as const;

function membersOf(planned: PlannedRules, readings: readonly RuleReading[]): RuleExplanation["members"] {
  const { rules } = preparedRules(planned);
  const byId = new Map(readings.map((reading) => [reading.node.id, reading]));
  const partOf = (node: RuleNode): ExplainedPart => {
    const { now, before, higherOpenMs } = byId.get(node.id)!;
    return {
      text: node.text,
      type: node.type,
      now,
      before,
      ...(higherOpenMs === null ? {} : { on_bar: formatTimestamp(higherOpenMs) }),
      parts: node.args.map(partOf),
    };
  };
  return Object.fromEntries(sides.flatMap((side) => {
    const own = rules[side];
    if (own === null) return [];
    const enter = [`${side}.enter`, partOf(own.enter)] as const;
    return own.exit === null ? [enter] : [enter, [`${side}.exit`, partOf(own.exit)] as const];
  }));
}

const stateNames = { 1: "long", [-1]: "short", 0: "none" } as const;

function stateAt(
  { timeline, rules: planned, directionMode, probed: { readings, states } }: {
    readonly timeline: Timeline;
    readonly rules: PlannedRules;
    readonly directionMode: DirectionMode;
    readonly probed: ProbedRules;
  },
  bar: number,
): RuleExplanation["state"] {
  const { slice } = timeline;
  if (bar < slice.start || bar >= slice.stop) return null;
  const at = bar - slice.start;
  const now = states[at]!;
  const before: SideState = at === 0 ? 0 : states[at - 1]!;
  const { rules } = preparedRules(planned);
  const isTrue = (node: RuleNode | null | undefined) =>
    readings.some((reading) => reading.node.id === node?.id && reading.now === true);
  const truth = (side: "long" | "short"): SideTruth => ({
    enter: isTrue(rules[side]?.enter),
    exit: isTrue(rules[side]?.exit),
  });
  const opens = { long: directionMode !== "short-only", short: directionMode !== "long-only" };
  const step = stepState(rules, { before, long: truth("long"), short: truth("short"), opens });
  if (step.state !== now) {
    throw new RangeError(`the state of bar ${bar} is ${now}, its rules say ${step.state}`);
  }
  let since = at;
  while (since > 0 && states[since - 1] === now) since--;
  const until = states.findIndex((state, i) => i > at && state !== now);
  const closeAt = (i: number) => formatTimestamp(closeOf(timeline, slice.start + i));
  return {
    now: stateNames[now],
    before: stateNames[before],
    since: closeAt(since),
    until: until < 0 ? null : closeAt(until),
    why: step.reasons,
  };
}
