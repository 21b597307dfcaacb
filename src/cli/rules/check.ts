import type { Command } from "commander";
import type { Config } from "../../config.ts";
import { BacktestError } from "../../core/errors/mod.ts";
import { checkGuards, estimateRuleBytes, type SweepPlan, variantsMax } from "../../core/grid/mod.ts";
import {
  canonicalRules,
  preparedRules,
  rulesHash,
  ruleSizes,
  rulesLookback,
  ruleWarnings,
} from "../../core/rules/mod.ts";
import { timeframeMs } from "../../core/bars/mod.ts";
import { epochRange } from "../../request/body.ts";
import { buildPlan } from "../../request/plan.ts";
import { planRules } from "../../request/rules.ts";
import type { EffectiveTemplate } from "../../request/template.ts";
import type { RulesRequest } from "../../usecases/explain_rules.ts";
import type { CommandDeps } from "../deps.ts";
import { compiledOrShown, readRulesRequest } from "./rules_file.ts";

interface CheckOptions {
  readonly config?: string;
  readonly json?: boolean;
}

/** `rules check`: a strategy in expressions, without running it. */
export function addCheckCommand(rules: Command, deps: CommandDeps): void {
  rules.command("check")
    .description(
      "Check the rules of a request: faults, canonical texts, variants, lookback, what is computed, and the guards of jobs",
    )
    .argument("<file>", "request as JSON or YAML; - for stdin")
    .option("--config <file>", "runtime config, for the guards")
    .option("--json", "print one JSON object")
    .action((file: string, options: CheckOptions) => check(file, { options, deps }));
}

async function check(
  file: string,
  { options, deps }: { readonly options: CheckOptions; readonly deps: CommandDeps },
): Promise<void> {
  const request = await readRulesRequest(file, { verb: "check", deps });
  const { rules: spec, timeframe } = request.template;
  if (compiledOrShown(spec, { timeframe, deps }) === null) return;
  const { config } = await deps.loadSettings(options.config ? { configPath: options.config } : {});
  const figures = checked(request, config);
  deps.out(options.json ? `${JSON.stringify(figures)}\n` : shownFigures(figures, timeframe));
  if (figures.refused !== null) deps.setExitCode(1);
}

/** What is known of rules before they are run. */
type CheckedRules = ReturnType<typeof checked>;

function checked(request: RulesRequest, config: Config) {
  const { time_range, template: { rules: spec, timeframe } } = request;
  const planned = planRules(spec, { timeframe });
  const { rules } = preparedRules(planned);
  const { startMs, endMs } = epochRange(time_range);
  const lookback = rulesLookback(rules, timeframe);
  const bars = Math.ceil((endMs - startMs) / timeframeMs(timeframe)) + lookback;
  const canonical = canonicalRules(rules);
  const { series, conditions } = ruleSizes(rules);
  return {
    canonical,
    rules_hash: rulesHash(canonical),
    params: Object.fromEntries(rules.params.map(({ name, values }) => [name, values.length])),
    combinations: rules.combinations.total,
    variants: rules.combinations.kept,
    ...guarded(request, { config, bars }),
    lookback_bars: lookback,
    series,
    conditions,
    bars,
    estimated_memory_bytes: estimateRuleBytes(planned, bars),
    warnings: ruleWarnings(rules),
  };
}

/** How many variants a job would score, and why it would be refused. */
function guarded(
  { template, preselect: sent, ranking }: RulesRequest,
  { config, bars }: { readonly config: Config; readonly bars: number },
): {
  readonly stage_b_variants: number | null;
  readonly refused: string | null;
} {
  const { guards, preselect_default: preselectDefault } = config;
  const preselect = sent ?? preselectDefault;
  const maxVariants = variantsMax(preselect, {
    maxVariants: guards.max_variants_per_compute,
    maxVariantsExhaustive: guards.max_variants_exhaustive,
  });
  let plan: SweepPlan | null = null;
  try {
    // account and costs are no part of what is counted
    const counted = { template: template as EffectiveTemplate, preselect, ...(ranking ? { ranking } : {}) };
    plan = buildPlan(counted, { defaults: {}, maxVariants, preselectDefault });
    checkGuards(plan, { maxVariants, maxBytes: guards.max_compute_bytes_total, bars });
    return { stage_b_variants: plan.stageBTotal, refused: null };
  } catch (error) {
    if (!(error instanceof BacktestError) || typeof error.details.error !== "string") throw error;
    return { stage_b_variants: plan?.stageBTotal ?? null, refused: error.message };
  }
}

function shownFigures(figures: CheckedRules, timeframe: string): string {
  const { canonical, params, combinations, variants, series, conditions, bars } = figures;
  const texts = (["long", "short"] as const).flatMap((side) => {
    const texts = canonical[side];
    if (texts === null) return [[side, "never opened"]];
    const exit = texts.exit ?? "(as soon as enter is not true)";
    return [[`${side}.enter`, texts.enter], [`${side}.exit`, exit]];
  });
  const sizes = Object.entries(params).map(([name, values]) => `${name} (${values})`).join(", ");
  const megabytes = Math.ceil(figures.estimated_memory_bytes / 2 ** 20);
  const rows = [
    ...texts,
    ["hash", figures.rules_hash],
    ["parameters", sizes || "none"],
    [
      "variants",
      variants === combinations ? String(variants) : `${variants} of ${combinations} combinations`,
    ],
    [
      "stage B",
      figures.stage_b_variants === null
        ? "not counted"
        : `${figures.stage_b_variants} variants with stops and targets`,
    ],
    ["guards", figures.refused ?? "a job is within them"],
    ["lookback", `${figures.lookback_bars} bars of ${timeframe}`],
    ["series", `${series.per_variant} of one variant, ${series.in_all} of all`],
    ["conditions", `${conditions.per_variant} of one variant, ${conditions.in_all} of all`],
    ["memory", `about ${megabytes} MiB for ${bars} bars`],
  ];
  const lines = rows.map(([name, value]) => `${name!.padEnd(12)}${value}\n`);
  return [...lines, ...figures.warnings.map((text) => `Warning: ${text}\n`)].join("");
}
