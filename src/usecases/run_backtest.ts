import type { EffectiveRequest, SentRequest } from "../request/body.ts";
import { engineParamsHash, gridRequestHash } from "../request/hashes.ts";
import { type RequestDefaults, resolveRequest } from "../request/effective.ts";
import type { DefaultGrids } from "../request/default_grids.ts";
import type { DataCoverage, Market } from "../core/bars/mod.ts";
import { type FuturesMarkets, ruinedMember, type Trade } from "../core/execution/mod.ts";
import { indicatorVariantKey, type SameAs, type VariantPayload, variantPayload } from "../core/grid/mod.ts";
import type { Stage } from "../core/job/mod.ts";
import { countMissed } from "../core/ranking/mod.ts";
import {
  equityCurve,
  type ReportedVariant,
  type ReportRow,
  type VariantMetrics,
} from "../core/report/mod.ts";
import type { CandleSource } from "../ports/candle_source.ts";
import type { Compute, ComputeSession } from "../ports/compute.ts";
import { countEqual } from "../sweep/count_equal.ts";
import { reportWinners } from "../sweep/finalize.ts";
import { type PreparedSweep, prepareSweep } from "../sweep/prepare.ts";
import { runStageA } from "../sweep/stage_a.ts";
import { type RankedVariant, runStageB } from "../sweep/stage_b.ts";
import { type RequestedSweep, requestedSweep, type StrategyAccess } from "./requested_sweep.ts";
import { resultWarnings } from "./result_warnings.ts";
import { type ConfiguredGuards, syncGuards } from "./sync_guards.ts";
import { throwIfCancelled, unlessCancelled } from "./unless_cancelled.ts";

/** A variant's report as the synchronous path returns it. */
export interface VariantReport {
  readonly rows: readonly ReportRow[];
  readonly table_md: string;
  /** Null for variants beyond `top_trades_n` unless reports were asked for in full. */
  readonly trades: readonly Trade[] | null;
  /** Account value at every bar close of the requested range; only in full reports. */
  readonly equity?: readonly { readonly close_ts: string; readonly equity: number }[];
}

/** One ranked variant of a synchronous run. */
export interface BacktestVariant {
  readonly variant_index: number;
  readonly variant_key: string;
  readonly indicator_variant_key: string;
  readonly total_return_pct: number;
  /** Only of a ruined account; see core/ruin.ts. */
  readonly ruined?: true;
  readonly metrics: VariantMetrics;
  /** Only where equal trades are folded: what was folded into this row, null for nothing. */
  readonly same_as?: SameAs | null;
  readonly report: VariantReport | null;
  readonly payload: VariantPayload;
}

/** The answer of a synchronous run; `variants` is ordered by the ranking metrics, then key ascending. */
export interface BacktestAnswer {
  readonly schema_version: 1;
  readonly mode: "template" | "saved";
  /** Null in template mode. */
  readonly strategy_id: string | null;
  readonly instrument_id: { readonly market_id: number; readonly symbol: string };
  readonly timeframe: string;
  /** Bars of history used where there are as many: the request's, or what the longest lookback needs. */
  readonly warmup_bars: number;
  readonly top_k: number;
  readonly preselect: EffectiveRequest["preselect"];
  readonly top_trades_n: number;
  /** Only where equal trades are folded. */
  readonly fold_equal?: true;
  /** With `preselect: "all"`: how many of the variants Stage A at the default preselect would have missed. */
  readonly missed_by_default_preselect?: number;
  /** Of the strategy without the overrides; null in template mode. */
  readonly spec_hash: string | null;
  /** Null in saved mode. */
  readonly grid_request_hash: string | null;
  readonly engine_params_hash: string;
  /** What the figures are made on. */
  readonly data: DataCoverage;
  /** What a reader of these results must know, `code: sentence` each: of the indicators, then of the candles. */
  readonly warnings: readonly string[];
  readonly variants: readonly BacktestVariant[];
}

/** What a synchronous run works with. */
export interface RunBacktestDeps {
  readonly candles: CandleSource;
  readonly compute: Compute;
  readonly defaults: DefaultGrids;
  readonly marketOf: (marketId: number) => Market;
  readonly config: RequestDefaults & {
    readonly markets: FuturesMarkets;
    readonly guards: ConfiguredGuards;
    readonly reporting: { readonly eagerTopReportsEnabled: boolean };
  };
}

/** How much of each variant is answered, and what ends the run early. */
export interface RunBacktestOptions {
  /** `full`: rows, table, trades and equity of every variant. `configured`: as the config says. */
  readonly reports: "full" | "configured";
  /** Where saved strategies are; absent where there are none. */
  readonly access?: StrategyAccess;
  /** Aborts with a reason text such as `deadline_exceeded`. */
  readonly signal?: AbortSignal;
}

/**
 * Runs a sweep without queue or storage, under half of the guard budgets. Rejects with `validation_error` for a bad
 * request or when `signal` aborts, with `no_candles` when there are none, with `market_data_unavailable` when their source does not answer.
 */
export async function runBacktest(
  run: { readonly parsed: SentRequest } & RunBacktestOptions,
  deps: RunBacktestDeps,
): Promise<BacktestAnswer> {
  const requested = await requestedSweep(run.parsed, run.access ?? null);
  const { effective } = resolveRequest(requested, { defaults: deps.config });
  const loading = { signal: run.signal, stage: "stage_a" } as const;
  const sweep = await unlessCancelled(loading, () =>
    prepareSweep(effective, {
      candles: deps.candles,
      defaults: deps.defaults,
      marketOf: deps.marketOf,
      guards: syncGuards(deps.config.guards),
      preselectDefault: deps.config.preselectDefault,
      ...(run.signal ? { signal: run.signal } : {}),
    }));
  await using session = await unlessCancelled(
    loading,
    () => deps.compute.open({ ...sweep, ...(run.signal ? { signal: run.signal } : {}) }),
  );
  const running: RunningBacktest = { session, sweep, effective, run, deps };
  const { shortlist, winners, sameAs } = await rank(running);
  const reports = await report(winners, running);
  const warnings = resultWarnings(sweep, { markets: deps.config.markets, reports });
  const variants = winners.map((winner, i): BacktestVariant => ({
    variant_index: winner.variantIndex,
    variant_key: winner.variantKey,
    indicator_variant_key: indicatorVariantKey(sweep.plan, winner.stageAIndex),
    total_return_pct: winner.totalReturnPct,
    ...ruinedMember(winner.totalReturnPct),
    metrics: reports[i]!.metrics,
    ...(effective.fold_equal ? { same_as: sameAs[i]! } : {}),
    report: withReports(running) ? variantReport(reports[i]!, running) : null,
    payload: variantPayload(sweep.plan, winner),
  }));
  const missed = sweep.plan.expandsAll
    ? {
      missed_by_default_preselect: countMissed(winners.map(({ stageAIndex }) => stageAIndex), shortlist),
    }
    : {};
  const head = answerHead({ ...effective, warmup_bars: sweep.warmupBars }, requested);
  return { ...head, ...missed, data: sweep.data, warnings, variants };
}

/** Everything a run in progress has at hand. */
interface RunningBacktest {
  readonly session: ComputeSession;
  readonly sweep: PreparedSweep;
  readonly effective: EffectiveRequest;
  readonly run: RunBacktestOptions;
  readonly deps: RunBacktestDeps;
}

async function rank({ session, sweep, effective, run, deps }: RunningBacktest) {
  const { plan } = sweep;
  const { top_k: topK, fold_equal: foldEqual = false } = effective;
  const options = (stage: Stage) => ({
    session,
    bars: sweep.timeline.candles.close.length,
    inFlight: deps.compute.threads + 1,
    boundary: async () => await throwIfCancelled(run.signal, stage),
  });
  const during = <T>(stage: Stage, work: () => Promise<T>) =>
    unlessCancelled({ signal: run.signal, stage }, work);
  const shortlist = await during("stage_a", () => runStageA(plan, options("stage_a")));
  const stageB = { ...options("stage_b"), pause: options("stage_b").boundary, shortlist, topK, foldEqual };
  const winners = (await during("stage_b", () => runStageB(plan, stageB))).ranked();
  const sameAs = foldEqual
    ? await during(
      "finalizing",
      () => countEqual(winners, { ...options("finalizing"), plan, shortlist }),
    )
    : winners.map(() => null);
  return { shortlist, winners, sameAs };
}

function withReports({ run, deps }: RunningBacktest): boolean {
  return run.reports === "full" || deps.config.reporting.eagerTopReportsEnabled;
}

/** Every winner is replayed, for its metrics, whether its report is answered or not. */
async function report(
  winners: readonly RankedVariant[],
  running: RunningBacktest,
): Promise<readonly ReportedVariant[]> {
  const { session, sweep, effective, run, deps } = running;
  const work = () =>
    reportWinners(winners, {
      session,
      inFlight: deps.compute.threads + 1,
      requestRange: sweep.coveredRange,
      daysPerYear: sweep.daysPerYear,
      withTrades: (rank) =>
        run.reports === "full" || (withReports(running) && rank <= effective.top_trades_n),
      boundary: async () => await throwIfCancelled(run.signal, "finalizing"),
    });
  return await unlessCancelled({ signal: run.signal, stage: "finalizing" }, work);
}

function variantReport(
  { rows, tableMd, trades }: ReportedVariant,
  { sweep: { plan, timeline }, run }: RunningBacktest,
): VariantReport {
  const head = { rows, table_md: tableMd, trades };
  if (run.reports !== "full" || trades === null) return head;
  const curve = equityCurve({ trades, timeline, initCash: plan.execution.init_cash_quote });
  const equity = Array.from(curve.equity, (value, i) => ({
    close_ts: new Date(curve.closeTsMs[i]!).toISOString(),
    equity: value,
  }));
  return { ...head, equity };
}

function answerHead(
  effective: EffectiveRequest,
  { request, saved }: RequestedSweep,
): Omit<BacktestAnswer, "data" | "warnings" | "variants"> {
  const { template } = effective;
  return {
    schema_version: 1,
    mode: saved ? "saved" : "template",
    strategy_id: "template" in request ? null : request.strategy_id,
    instrument_id: template.instrument_id,
    timeframe: template.timeframe,
    warmup_bars: effective.warmup_bars,
    top_k: effective.top_k,
    preselect: effective.preselect,
    top_trades_n: effective.top_trades_n,
    ...(effective.fold_equal ? { fold_equal: true } : {}),
    spec_hash: saved?.specHash ?? null,
    grid_request_hash: "template" in request ? gridRequestHash(request) : null,
    engine_params_hash: engineParamsHash(template),
  };
}
