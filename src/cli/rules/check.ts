import type { Command } from "commander";
import { estimateMemoryBytes } from "../../core/grid/mod.ts";
import {
  canonicalRules,
  type CompiledRules,
  rulesHash,
  rulesLookback,
  ruleWarnings,
} from "../../core/rules/mod.ts";
import { timeframeMs } from "../../core/bars/mod.ts";
import { epochRange } from "../../request/body.ts";
import type { CommandDeps } from "../deps.ts";
import { compiledOrShown, readRulesRequest } from "./rules_file.ts";

/** `rules check`: a strategy in expressions, without running it. */
export function addCheckCommand(rules: Command, deps: CommandDeps): void {
  rules.command("check")
    .description(
      "Check the rules of a request: faults, canonical texts, variants, lookback and what is computed",
    )
    .argument("<file>", "request as JSON or YAML; - for stdin")
    .option("--json", "print one JSON object")
    .action((file: string, options: { readonly json?: boolean }) => check(file, { options, deps }));
}

async function check(
  file: string,
  { options, deps }: { readonly options: { readonly json?: boolean }; readonly deps: CommandDeps },
): Promise<void> {
  const request = await readRulesRequest(file, { verb: "check", deps });
  const { rules: spec, timeframe } = request.template;
  const rules = compiledOrShown(spec, { timeframe, deps });
  if (rules === null) return;
  const { startMs, endMs } = epochRange(request.time_range);
  const lookback = rulesLookback(rules, timeframe);
  const bars = Math.ceil((endMs - startMs) / timeframeMs(timeframe)) + lookback;
  const figures = checked(rules, { lookback, bars });
  deps.out(options.json ? `${JSON.stringify(figures)}\n` : shownFigures(figures, timeframe));
}

/** What is known of rules before they are run. */
type CheckedRules = ReturnType<typeof checked>;

function checked(
  rules: CompiledRules,
  { lookback, bars }: { readonly lookback: number; readonly bars: number },
) {
  const { combinations, params, nodes } = rules;
  const lengths = new Map(params.map(({ name, values }) => [name, values.length]));
  const counted = (type: "series" | "condition") => {
    const own = nodes.filter((node) => node.type === type);
    const of = (names: readonly string[]) => names.reduce((product, name) => product * lengths.get(name)!, 1);
    return { per_variant: own.length, in_all: own.reduce((sum, node) => sum + of(node.params), 0) };
  };
  const series = counted("series");
  const canonical = canonicalRules(rules);
  return {
    canonical,
    rules_hash: rulesHash(canonical),
    params: Object.fromEntries(lengths),
    combinations: combinations.total,
    variants: combinations.kept,
    lookback_bars: lookback,
    series,
    conditions: counted("condition"),
    bars,
    estimated_memory_bytes: estimateMemoryBytes({ indicators: [{ variants: series.per_variant }] }, bars),
    warnings: ruleWarnings(rules),
  };
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
    ["lookback", `${figures.lookback_bars} bars of ${timeframe}`],
    ["series", `${series.per_variant} of one variant, ${series.in_all} of all`],
    ["conditions", `${conditions.per_variant} of one variant, ${conditions.in_all} of all`],
    ["memory", `about ${megabytes} MiB for ${bars} bars`],
  ];
  const lines = rows.map(([name, value]) => `${name!.padEnd(12)}${value}\n`);
  return [...lines, ...figures.warnings.map((text) => `Warning: ${text}\n`)].join("");
}
