import { readStoredTemplate } from "./stored_template.ts";
import type { BacktestRequest, BacktestTemplate, RankingRequest, RequestFrame } from "./request.ts";
import { applyOverrides } from "./overrides.ts";
import {
  type JsonObject,
  oneOf,
  readBoolean,
  readObject,
  readPositiveInteger,
  readPositiveNumber,
  readTime,
} from "../core/text/mod.ts";
import {
  byTotalReturn,
  type Preselect,
  type RankingMetric,
  rankingMetrics,
  type RankingOrder,
  ranksByProfitFactor,
  ranksByReturnAlone,
  usualMinTrades,
} from "../core/ranking/mod.ts";
import type { DirectionMode, ExecutionSettings, SizingMode } from "../core/execution/mod.ts";
import { type ErrorItem, validationError } from "../core/errors/mod.ts";
import { type Market, type TimeRange, unknownMarket, usualDaysPerYear } from "../core/bars/mod.ts";

/** A template with nothing left to default. */
export interface EffectiveTemplate extends BacktestTemplate {
  readonly direction_mode: DirectionMode;
  readonly sizing_mode: SizingMode;
  readonly execution: ExecutionSettings;
}

/** A request with every default in force: what is stored, hashed and run. */
export interface EffectiveRequest {
  /** The stored form; jsonb may reorder it without changing any hash. */
  readonly requestJson: JsonObject;
  readonly timeRange: TimeRange;
  readonly template: EffectiveTemplate;
  readonly execution: ExecutionSettings;
  readonly warmupBars: number;
  readonly topK: number;
  readonly preselect: Preselect;
  readonly topTradesN: number;
  readonly ranking: RankingOrder;
  /** How many daily returns make a year; null: as many as is usual for the market's calendar. */
  readonly daysPerYear: number | null;
  /** Whether variants with equal trades are kept as one. Stored only where it is true, so that older hashes stay. */
  readonly foldEqual: boolean;
}

/** The part of the config that stands in for absent members. */
export interface RequestDefaults {
  readonly warmupBarsDefault: number;
  readonly topKDefault: number;
  readonly preselectDefault: Preselect;
  readonly reporting: { readonly topTradesNDefault: number };
  readonly ranking: {
    readonly primaryMetricDefault: RankingMetric;
    readonly secondaryMetricDefault: RankingMetric | null;
    readonly minTrades: number;
  };
  readonly execution: {
    readonly initCashQuoteDefault: number;
    readonly fixedQuoteDefault: number;
    readonly safeProfitPercentDefault: number;
    readonly slippagePctDefault: number;
    readonly feePctDefaultByMarketId: Readonly<Record<string, number>>;
  };
  readonly markets: Readonly<Record<string, Pick<Market, "calendar" | "daysPerYear">>>;
}

/** The saved strategy a request was made of. */
export interface SavedSource {
  readonly strategyId: string;
  /** As sent; empty for none. */
  readonly overrides: JsonObject;
}

/** What a request is resolved with. */
export interface ResolveOptions {
  readonly request: BacktestRequest;
  /** The same request as JSON members, as `parseRequest` returns it. */
  readonly sent: JsonObject;
  /** Set in saved mode, where the request's template is the strategy's with the overrides applied. */
  readonly saved?: SavedSource;
  readonly defaults: RequestDefaults;
  /** Largest `top_k` a job may keep; absent in a synchronous run. */
  readonly topKMax?: number;
}

/** The four numbers of a request with defaults in force, as they are stored. */
export interface RequestNumbers {
  readonly warmup_bars: number;
  readonly top_k: number;
  readonly preselect: EffectiveRequest["preselect"];
  readonly top_trades_n: number;
}

/**
 * The numbers of a request, which say nothing of its template. Throws a `validation_error` when `top_k` is above the
 * cap, or a sent `top_trades_n` above `top_k` (a defaulted one is clamped).
 */
export function resolveNumbers(
  { request, defaults, topKMax }: Pick<ResolveOptions, "defaults" | "topKMax"> & {
    readonly request: RequestFrame;
  },
): RequestNumbers {
  const topK = request.top_k ?? defaults.topKDefault;
  if (topKMax !== undefined && topK > topKMax) throw topKTooLarge(topKMax);
  const topTradesN = request.top_trades_n ?? Math.min(defaults.reporting.topTradesNDefault, topK);
  if (topTradesN > topK) throw topTradesTooMany();
  return {
    warmup_bars: request.warmup_bars ?? defaults.warmupBarsDefault,
    top_k: topK,
    preselect: request.preselect ?? defaults.preselectDefault,
    top_trades_n: topTradesN,
  };
}

/**
 * Fills in the config's defaults. Throws as {@link resolveNumbers} does, and a `validation_error` when the market has
 * no default fee and none was sent.
 */
export function resolveRequest(
  { request, sent, saved, defaults, topKMax }: ResolveOptions,
): EffectiveRequest {
  const numbers = resolveNumbers({ request, defaults, ...(topKMax === undefined ? {} : { topKMax }) });
  const ranking = resolveRanking(request.ranking, defaults);
  const market = defaults.markets[String(request.template.instrument_id.market_id)] ?? unknownMarket;
  const { calendar, daysPerYear } = market;
  const usual = daysPerYear === null || daysPerYear === usualDaysPerYear[calendar];
  const execution = resolveExecution(request.template, defaults);
  const settled = {
    direction_mode: request.template.direction_mode ?? "long-short" as const,
    sizing_mode: request.template.sizing_mode ?? "all_in" as const,
    execution,
  };
  return {
    requestJson: {
      time_range: sent.time_range,
      ...(saved
        ? { strategy_id: saved.strategyId, overrides: { ...saved.overrides, ...settled } }
        : { template: { ...readObject(sent.template, "template"), ...settled } }),
      ...numbers,
      ...(request.ranking || !ranksByReturnAlone(ranking) ? { ranking: storedRanking(ranking) } : {}),
      ...(usual ? {} : { days_per_year: daysPerYear }),
      ...(request.fold_equal ? { fold_equal: true } : {}),
    },
    timeRange: request.time_range,
    template: { ...request.template, ...settled },
    execution,
    warmupBars: numbers.warmup_bars,
    topK: numbers.top_k,
    preselect: numbers.preselect,
    topTradesN: numbers.top_trades_n,
    ranking,
    daysPerYear,
    foldEqual: request.fold_equal ?? false,
  };
}

/**
 * Reads a stored `requestJson` back; in saved mode together with the strategy as it was when the job was made. Throws a `validation_error` naming the member when it is not what
 * {@link resolveRequest} stores.
 */
export function readEffectiveRequest(
  requestJson: JsonObject,
  specPayloadJson: JsonObject | null = null,
): EffectiveRequest {
  const range = readObject(requestJson.time_range, "time_range");
  const template = readStoredTemplate(
    specPayloadJson === null
      ? requestJson.template
      : applyOverrides(specPayloadJson, readObject(requestJson.overrides, "overrides")),
    "template",
  );
  return {
    requestJson,
    timeRange: {
      startMs: readTime(range.start, "time_range.start"),
      endMs: readTime(range.end, "time_range.end"),
    },
    template,
    execution: template.execution,
    warmupBars: readPositiveInteger(requestJson.warmup_bars, "warmup_bars"),
    topK: readPositiveInteger(requestJson.top_k, "top_k"),
    preselect: requestJson.preselect === "all"
      ? "all"
      : readPositiveInteger(requestJson.preselect, "preselect"),
    topTradesN: readPositiveInteger(requestJson.top_trades_n, "top_trades_n"),
    ranking: readRanking(requestJson.ranking, "ranking"),
    daysPerYear: requestJson.days_per_year === undefined
      ? null
      : readPositiveNumber(requestJson.days_per_year, "days_per_year"),
    foldEqual: requestJson.fold_equal === undefined
      ? false
      : readBoolean(requestJson.fold_equal, "fold_equal"),
  };
}

function resolveRanking(sent: RankingRequest | undefined, { ranking }: RequestDefaults): RankingOrder {
  const metrics = sent === undefined
    ? { primary: ranking.primaryMetricDefault, secondary: ranking.secondaryMetricDefault }
    : { primary: sent.primary_metric, secondary: sent.secondary_metric ?? null };
  // a number that no metric reads would only change the hash
  const minTrades = ranksByProfitFactor(metrics) ? sent?.min_trades ?? ranking.minTrades : usualMinTrades;
  return { ...metrics, minTrades };
}

function storedRanking({ primary, secondary, minTrades }: RankingOrder): RankingRequest {
  return {
    primary_metric: primary,
    ...(secondary === null ? {} : { secondary_metric: secondary }),
    ...(minTrades === usualMinTrades ? {} : { min_trades: minTrades }),
  };
}

/** Requests stored without it were, and are, ranked by total return. */
function readRanking(value: unknown, path: string): RankingOrder {
  if (value === undefined) return byTotalReturn;
  const { primary_metric, secondary_metric, min_trades } = readObject(value, path);
  const metric = oneOf(rankingMetrics);
  return {
    primary: metric(primary_metric, `${path}.primary_metric`),
    secondary: secondary_metric === undefined ? null : metric(secondary_metric, `${path}.secondary_metric`),
    minTrades: min_trades === undefined
      ? usualMinTrades
      : readPositiveInteger(min_trades, `${path}.min_trades`),
  };
}

function resolveExecution(template: BacktestTemplate, { execution }: RequestDefaults): ExecutionSettings {
  const sent = template.execution ?? {};
  const marketId = template.instrument_id.market_id;
  const feePct = sent.fee_pct ?? execution.feePctDefaultByMarketId[marketId];
  if (feePct === undefined) throw feeUnknown(marketId);
  return {
    init_cash_quote: sent.init_cash_quote ?? execution.initCashQuoteDefault,
    fixed_quote: sent.fixed_quote ?? execution.fixedQuoteDefault,
    safe_profit_percent: sent.safe_profit_percent ?? execution.safeProfitPercentDefault,
    fee_pct: feePct,
    slippage_pct: sent.slippage_pct ?? execution.slippagePctDefault,
  };
}

function topKTooLarge(topKMax: number): Error {
  return refused("Backtest jobs request top_k must be <= backtest.jobs.top_k_persisted_default", {
    path: "body.top_k",
    code: "max_value",
    message: `top_k must be <= ${topKMax}`,
  });
}

function topTradesTooMany(): Error {
  return refused("Backtest jobs request top_trades_n must be <= top_k", {
    path: "body.top_trades_n",
    code: "max_value",
    message: "top_trades_n must be <= top_k",
  });
}

function feeUnknown(marketId: number): Error {
  return refused(`Cannot find a default fee for market_id ${marketId}: send execution.fee_pct`, {
    path: "body.template.instrument_id.market_id",
    code: "unsupported",
    message: `market_id ${marketId} has no default fee_pct in the config`,
  });
}

function refused(message: string, item: ErrorItem): Error {
  return validationError(message, [item]);
}
