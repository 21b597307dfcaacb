import { numbers, type TemplateRequest, unusualOf } from "./body.ts";
import type { ResolvedRequest } from "./effective.ts";
import type { EffectiveTemplate } from "./template.ts";
import { canonicalJson, sha256Hex } from "../core/text/mod.ts";
import { usualMinTrades } from "../core/ranking/mod.ts";
import type { ConfigFile } from "../schema/config_file.ts";

/** Hash of a request as it is stored. */
export function requestHash(stored: ResolvedRequest["stored"]): string {
  return hash(stored);
}

/** Hash of what the engine is given beside the grid: direction, sizing and the five execution numbers. */
export function engineParamsHash(
  template: Pick<EffectiveTemplate, "direction_mode" | "sizing_mode" | "execution">,
): string {
  const { direction_mode, sizing_mode, execution } = template;
  return hash({ direction_mode, sizing_mode, execution });
}

/** Hash of a stored strategy's specification. */
export function specHash(specPayloadJson: Readonly<Record<string, unknown>>): string {
  return hash(specPayloadJson);
}

/** Hash of a template request as sent, before the config's defaults: a change of a default does not change it. */
export function gridRequestHash(request: TemplateRequest): string {
  const { time_range, template } = request;
  const sent = (Object.keys(numbers) as (keyof typeof numbers)[]).map((
    name,
  ) => [name, request[name] ?? null]);
  return hash({ mode: "template", time_range, template, ...Object.fromEntries(sent), ...unusualOf(request) });
}

/** The part of the config that can change results. */
export interface RuntimeConfigSlice extends
  Pick<
    ConfigFile["backtest"],
    "warmup_bars_default" | "top_k_default" | "preselect_default" | "ranking" | "execution" | "reporting"
  > {
  readonly jobs: Pick<ConfigFile["backtest"]["jobs"], "top_k_persisted_default">;
}

/** Hash of the config keys that can change results; leases, polling, guards and thread counts are not among them. */
export function runtimeConfigHash(config: RuntimeConfigSlice): string {
  const { warmup_bars_default, top_k_default, preselect_default, execution, reporting } = config;
  return hash({
    backtest: {
      warmup_bars_default,
      top_k_default,
      preselect_default,
      ranking: unusualRanking(config.ranking),
      execution,
      reporting,
      jobs: { top_k_persisted_default: config.jobs.top_k_persisted_default },
    },
  });
}

/** What it was before `min_trades` could be set, unless it is. */
export function unusualRanking({ min_trades, ...metrics }: RuntimeConfigSlice["ranking"]) {
  return { ...metrics, ...(min_trades === usualMinTrades ? {} : { min_trades }) };
}

function hash(value: unknown): string {
  return sha256Hex(canonicalJson(value));
}
