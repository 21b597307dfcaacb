import { type Market, unknownMarket, usualDaysPerYear } from "../core/bars/mod.ts";
import { validationError } from "../core/errors/mod.ts";
import type { ExecutionSettings } from "../core/execution/mod.ts";
import {
  byTotalReturn,
  type RankingOrder,
  ranksByProfitFactor,
  ranksByReturnAlone,
  usualMinTrades,
} from "../core/ranking/mod.ts";
import type { ConfigFile } from "../schema/config_file.ts";
import {
  type EffectiveRequest,
  type EffectiveSavedRequest,
  type SentFrame,
  type SentRequest,
  unusualOf,
} from "./body.ts";
import type { BacktestTemplate } from "./template.ts";

/** The part of the config that stands in for absent members. */
export interface RequestDefaults extends
  Pick<
    ConfigFile["backtest"],
    "warmup_bars_default" | "top_k_default" | "preselect_default" | "ranking" | "execution"
  > {
  readonly reporting: Pick<ConfigFile["backtest"]["reporting"], "top_trades_n_default">;
  readonly markets: Readonly<Record<string, Pick<Market, "calendar" | "daysPerYear">>>;
}

/** What stands in for what a request leaves out, and caps it. */
export interface ResolveLimits {
  readonly defaults: RequestDefaults;
  /** Largest `top_k` a job may keep; absent in a synchronous run. */
  readonly topKMax?: number;
}

/** A request and the template it names: its own, or the strategy's with the overrides applied. */
export interface TemplatedRequest {
  readonly request: SentRequest;
  readonly template: BacktestTemplate;
}

/** A request with the config's defaults in force. */
export interface ResolvedRequest {
  /** What is run. */
  readonly effective: EffectiveRequest;
  /** What is stored and hashed; `readStored` makes the other of it. jsonb may reorder it without changing any hash. */
  readonly stored: EffectiveRequest | EffectiveSavedRequest;
}

/**
 * The numbers of a request, which say nothing of its template. Throws a `validation_error` when `top_k` is above the
 * cap, or a sent `top_trades_n` above `top_k` (a defaulted one is clamped).
 */
export function resolveNumbers(
  request: SentFrame,
  { defaults, topKMax }: ResolveLimits,
): Pick<EffectiveRequest, "warmup_bars" | "top_k" | "preselect" | "top_trades_n"> {
  const topK = request.top_k ?? defaults.top_k_default;
  if (topKMax !== undefined && topK > topKMax) throw topKTooLarge(topKMax);
  const topTradesN = request.top_trades_n ?? Math.min(defaults.reporting.top_trades_n_default, topK);
  if (topTradesN > topK) throw topTradesTooMany();
  return {
    warmup_bars: request.warmup_bars ?? defaults.warmup_bars_default,
    top_k: topK,
    preselect: request.preselect ?? defaults.preselect_default,
    top_trades_n: topTradesN,
  };
}

/**
 * Fills in the config's defaults. Throws as {@link resolveNumbers} does, and a `validation_error` when the market has
 * no default fee and none was sent.
 */
export function resolveRequest(
  { request, template }: TemplatedRequest,
  limits: ResolveLimits,
): ResolvedRequest {
  const frame = {
    time_range: request.time_range,
    ...resolveNumbers(request, limits),
    ...unusualOf(request),
    ...resolvedRanking(request.ranking, limits.defaults),
    ...daysPerYear(template, limits.defaults),
  };
  const settled = {
    direction_mode: template.direction_mode ?? "long-short" as const,
    sizing_mode: template.sizing_mode ?? "all_in" as const,
    execution: resolveExecution(template, { defaults: limits.defaults, path: "body.template" }),
  };
  const effective = { ...frame, template: { ...template, ...settled } };
  if ("template" in request) return { effective, stored: effective };
  const { strategy_id, overrides } = request;
  return { effective, stored: { ...frame, strategy_id, overrides: { ...overrides, ...settled } } };
}

/** By what the variants of a request in force are ranked. Requests without a ranking are ranked by total return. */
export function rankingOf({ ranking }: Pick<EffectiveRequest, "ranking">): RankingOrder {
  if (ranking === undefined) return byTotalReturn;
  const { primary_metric: primary, secondary_metric: secondary = null, min_trades } = ranking;
  return { primary, secondary, minTrades: min_trades ?? usualMinTrades };
}

function resolvedRanking(
  sent: SentFrame["ranking"],
  { ranking }: RequestDefaults,
): Pick<EffectiveRequest, "ranking"> {
  // the config's secondary metric belongs to its own primary one
  const metrics = sent === undefined
    ? { primary: ranking.primary_metric_default, secondary: ranking.secondary_metric_default }
    : { primary: sent.primary_metric, secondary: sent.secondary_metric ?? null };
  // a number that no metric reads would only change the hash
  const minTrades = ranksByProfitFactor(metrics) ? sent?.min_trades ?? ranking.min_trades : usualMinTrades;
  if (sent === undefined && ranksByReturnAlone({ ...metrics, minTrades })) return {};
  return {
    ranking: {
      primary_metric: metrics.primary,
      ...(metrics.secondary === null ? {} : { secondary_metric: metrics.secondary }),
      ...(minTrades === usualMinTrades ? {} : { min_trades: minTrades }),
    },
  };
}

/** Daily returns that make a year, where the config says something unusual of the market. */
export function daysPerYear(
  { instrument_id: { market_id } }: Pick<BacktestTemplate, "instrument_id">,
  { markets }: Pick<RequestDefaults, "markets">,
): Pick<EffectiveRequest, "days_per_year"> {
  const { calendar, daysPerYear } = markets[String(market_id)] ?? unknownMarket;
  const usual = daysPerYear === null || daysPerYear === usualDaysPerYear[calendar];
  return usual ? {} : { days_per_year: daysPerYear };
}

/** The account's numbers with the config's defaults in force. Throws where a market has no default fee and none was sent. */
export function resolveExecution(
  template: Pick<BacktestTemplate, "execution" | "instrument_id">,
  { defaults: { execution }, path }: {
    readonly defaults: Pick<RequestDefaults, "execution">;
    /** Where the template stands in the body. */
    readonly path: string;
  },
): ExecutionSettings {
  const sent = template.execution ?? {};
  const marketId = template.instrument_id.market_id;
  const feePct = sent.fee_pct ?? execution.fee_pct_default_by_market_id[marketId];
  if (feePct === undefined) throw feeUnknown(marketId, path);
  return {
    init_cash_quote: sent.init_cash_quote ?? execution.init_cash_quote_default,
    fixed_quote: sent.fixed_quote ?? execution.fixed_quote_default,
    safe_profit_percent: sent.safe_profit_percent ?? execution.safe_profit_percent_default,
    fee_pct: feePct,
    slippage_pct: sent.slippage_pct ?? execution.slippage_pct_default,
  };
}

function topKTooLarge(topKMax: number): Error {
  return validationError(
    "Backtest jobs request top_k must be <= backtest.jobs.top_k_persisted_default",
    [{ path: "body.top_k", code: "max_value", message: `top_k must be <= ${topKMax}` }],
  );
}

function topTradesTooMany(): Error {
  return validationError("Backtest jobs request top_trades_n must be <= top_k", [
    { path: "body.top_trades_n", code: "max_value", message: "top_trades_n must be <= top_k" },
  ]);
}

function feeUnknown(marketId: number, path: string): Error {
  return validationError(`Cannot find a default fee for market_id ${marketId}: send execution.fee_pct`, [{
    path: `${path}.instrument_id.market_id`,
    code: "unsupported",
    message: `market_id ${marketId} has no default fee_pct in the config`,
  }]);
}
