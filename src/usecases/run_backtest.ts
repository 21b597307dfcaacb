import type { BacktestAnswer, VariantReport } from "../answers/backtest.ts";
import type { EffectiveRequest, SentRequest } from "../request/body.ts";
import { engineParamsHash, gridRequestHash } from "../request/hashes.ts";
import type { ConfigFile } from "../schema/config_file.ts";
import { type RequestDefaults, resolveRequest } from "../request/effective.ts";
import type { DefaultGrids } from "../request/default_grids.ts";
import type { Market } from "../core/bars/mod.ts";
import { type FuturesMarkets, ruinedMember } from "../core/execution/mod.ts";
import { indicatorVariantKey, variantPayload } from "../core/grid/mod.ts";
import type { Stage } from "../core/job/mod.ts";
import { countMissed } from "../core/ranking/mod.ts";
import { equityCurve, type ReportedVariant } from "../core/report/mod.ts";
import type { CandleSource } from "../ports/candle_source.ts";
import type { Compute, ComputeSession } from "../ports/compute.ts";
import type { RuleProbe } from "../ports/rule_probe.ts";
import { ruleStartWarnings } from "../sweep/rule_start.ts";
import { countEqual } from "../sweep/count_equal.ts";
import { reportWinners, tradesKept } from "../sweep/finalize.ts";
import { type PreparedSweep, prepareSweep } from "../sweep/prepare.ts";
import { runStageA } from "../sweep/stage_a.ts";
import { type RankedVariant, runStageB } from "../sweep/stage_b.ts";
import { rankedByMember } from "./ranked_by.ts";
import { type RequestedSweep, requestedSweep, type StrategyAccess } from "./requested_sweep.ts";
import { leftOutWarnings, resultWarnings } from "./result_warnings.ts";
import { type ConfiguredGuards, syncGuards } from "./sync_guards.ts";
import { throwIfCancelled, unlessCancelled } from "./unless_cancelled.ts";

/** What a synchronous run works with. */
export interface RunBacktestDeps {
  readonly candles: CandleSource;
  readonly compute: Compute;
  readonly rules: RuleProbe;
  readonly defaults: DefaultGrids;
  readonly marketOf: (marketId: number) => Market;
  readonly config: RequestDefaults & {
    readonly markets: FuturesMarkets;
    readonly guards: ConfiguredGuards;
    readonly reporting: Pick<ConfigFile["backtest"]["reporting"], "eager_top_reports_enabled">;
  };
}

/** How much of each variant is answered, and what ends the run early. */
export interface RunBacktestOptions {
  /** `full`: rows, table, trades and equity of every variant. `configured`: as the config says. */
  readonly reports: "full" | "configured";
  /** Where saved strategies are; absent where there are none. */
  readonly access?: StrategyAccess;
  /** Whose own candles count before those of everybody. */
  readonly userId?: string;
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
      preselectDefault: deps.config.preselect_default,
      userId: run.userId,
      ...(run.signal ? { signal: run.signal } : {}),
    }));
  await using session = await unlessCancelled(
    loading,
    () => deps.compute.open({ ...sweep, ...(run.signal ? { signal: run.signal } : {}) }),
  );
  const running: RunningBacktest = { session, sweep, effective, run, deps };
  const { shortlist, winners, sameAs } = await rank(running);
  const reports = await report(winners, running);
  const ofRules = ruleStartWarnings(winners, { sweep, rules: deps.rules });
  const traded = withReports(running) && run.reports !== "full" ? effective.top_trades_n : 0;
  const warnings = [
    ...resultWarnings(sweep, { markets: deps.config.markets, reports, ofRules }),
    ...leftOutWarnings(reports, { traded }),
  ];
  const variants = winners.map((winner, i): BacktestAnswer["variants"][number] => ({
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
  return run.reports === "full" || deps.config.reporting.eager_top_reports_enabled;
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
      ...(run.reports === "full" ? {} : { keep: tradesKept }),
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
    ...rankedByMember(effective),
    top_trades_n: effective.top_trades_n,
    ...(effective.fold_equal ? { fold_equal: true } : {}),
    spec_hash: saved?.specHash ?? null,
    grid_request_hash: "template" in request ? gridRequestHash(request) : null,
    engine_params_hash: engineParamsHash(template),
  };
}
