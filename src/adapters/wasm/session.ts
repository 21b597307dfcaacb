import { OUTCOME_AVAILABLE, OUTCOME_BAD_BAR, OUTCOME_SAFE, VARIANTS_MAX } from "../../../assembly/layout.ts";
import type { BacktestError } from "../../core/errors/mod.ts";
import { noRisk, type Replay, type Trade } from "../../core/execution/mod.ts";
import { riskAt } from "../../core/grid/mod.ts";
import { ranksByReturnAlone } from "../../core/ranking/mod.ts";
import type { ReportedVariant, ReportWish } from "../../core/report/mod.ts";
import type { Candidates, Selection, TradeDigests, VariantPoint } from "../../ports/compute.ts";
import { type BaseScores, createBaseScores } from "./base_scores.ts";
import { joinKept, type KeptScores } from "./candidates.ts";
import { type DistinctVariants, distinctVariants, groupAlike } from "./distinct_variants.ts";
import { type Kernels, stoppable } from "./kernels.ts";
import { planMasks } from "./mask_plan.ts";
import { scorePlanes } from "./plane_scores.ts";
import { levelRate, sortLevels } from "./risk_levels.ts";
import { createRuleMasks } from "./rules/rule_masks.ts";
import { distinctColumns, type ScoreColumns } from "./score_columns.ts";
import type { SessionInput } from "./session_input.ts";
import { loadSession, type SessionArena, sessionSizes, tradesPerCall } from "./session_memory.ts";
import { readTrades } from "./trade_records.ts";
import { unscorableError } from "./unscorable.ts";
import { createVariantMasks, type VariantMasks } from "./variant_masks.ts";
import { createVariantReports, type VariantReports } from "./winner_reports.ts";
import { createVariantScorer, type VariantScorer } from "./variant_scorer.ts";

/** How units are scored: unit `u` gives `cells` entries, number `c` of them belongs to index `indexOf(u, c)`. */
interface Scoring {
  readonly units: number;
  readonly cells: number;
  indexOf(unit: number, cell: number): number;
  /** Scores units `[from, to)` into the columns, one unit behind the other. */
  score(units: { readonly from: number; readonly to: number }, columns: ScoreColumns): void;
}

/** One sweep loaded into one instance of the module, which it has for itself. Calls block until they are done. */
export class Session {
  readonly #kernels: Kernels;
  readonly #input: SessionInput;
  readonly #arena: SessionArena;
  readonly #masks: VariantMasks;
  readonly #distinct: DistinctVariants;
  readonly #baseScores: BaseScores;
  readonly #scoresMax: number;
  readonly #scorer: VariantScorer;
  readonly #reports: VariantReports;
  readonly #stops;
  readonly #targets;

  /** Throws as `Compute.open` says. */
  constructor(instance: Kernels, input: SessionInput) {
    const kernels = input.abandoned ? stoppable(instance, input.abandoned) : instance;
    const maskPlan = planMasks(input.plan);
    const sizes = sessionSizes(input, maskPlan);
    const arena = loadSession(kernels, { input, sizes });
    this.#kernels = kernels;
    this.#input = input;
    this.#arena = arena;
    const masks = { kernels, input, maskPlan, sizes, arena };
    const { rules } = input.plan;
    this.#masks = rules === undefined ? createVariantMasks(masks) : createRuleMasks(rules, masks);
    this.#distinct = distinctVariants(maskPlan, input.plan);
    this.#baseScores = createBaseScores(this.#distinct);
    this.#scoresMax = sizes.scores;
    this.#stops = sortLevels(input.plan.risk.sl);
    this.#targets = sortLevels(input.plan.risk.tp);
    new Float64Array(kernels.memory.buffer, arena.at.stops, this.#stops.rates.length).set(this.#stops.rates);
    new Float64Array(kernels.memory.buffer, arena.at.targets, this.#targets.rates.length).set(
      this.#targets.rates,
    );
    this.#scorer = createVariantScorer({ kernels, input, sizes, arena, masks: this.#masks });
    this.#reports = createVariantReports({ kernels, input, arena, masks: this.#masks });
  }

  /** See `ComputeSession.scoreBase`. */
  scoreBase(range: { readonly from: number; readonly to: number }, selection: Selection): Candidates {
    return this.#select({
      units: range.to - range.from,
      cells: 1,
      indexOf: (unit) => range.from + unit,
      score: ({ from }, columns) =>
        this.#baseScores.fill(columns, {
          first: range.from + from,
          compute: (variants) => this.#scoreBases(variants, columns),
        }),
    }, selection);
  }

  /**
   * Scores them to the start of the columns, in their order, though computed in the order that suits their masks. Throws for
   * the first in their own order that cannot be scored.
   */
  #scoreBases(variants: readonly number[], columns: ScoreColumns): void {
    const order = this.#masks.inOrder(variants);
    try {
      this.#scoreGroups(order.map((i) => variants[i]!), columns);
    } catch (error) {
      this.#scoreGroups(variants, columns);
      throw error;
    }
    if (order.every((i, position) => i === position)) return;
    for (const column of distinctColumns(columns)) {
      const computed = column.slice(0, order.length);
      order.forEach((i, position) => column[i] = computed[position]!);
    }
  }

  #scoreGroups(variants: readonly number[], columns: ScoreColumns): void {
    for (let position = 0; position < variants.length; position += VARIANTS_MAX) {
      this.#scorer.scoreBases(variants.slice(position, position + VARIANTS_MAX), { columns, position });
    }
  }

  /** See `ComputeSession.scoreRisk`. */
  scoreRisk(bases: readonly number[], selection: Selection): Candidates {
    const stops = this.#stops.order;
    const targets = this.#targets.order;
    return this.#select({
      units: bases.length,
      cells: stops.length * targets.length,
      indexOf: (unit, cell) =>
        (unit * stops.length + stops[Math.floor(cell / targets.length)]!) * targets.length +
        targets[cell % targets.length]!,
      score: ({ from, to }, columns) => {
        const cells = stops.length * targets.length;
        const { firsts, groups } = groupAlike(bases.slice(from, to).map(this.#distinct.of));
        const distinct = firsts.map((first) => bases[from + first]!);
        scorePlanes(distinct, { scorer: this.#scorer, columns, cells, selection });
        for (const column of distinctColumns(columns)) {
          // from behind: a plane is at or before the place of every base that is like its own
          for (let i = groups.length - 1; i >= 0; i--) {
            column.copyWithin(cells * i, cells * groups[i]!, cells * (groups[i]! + 1));
          }
        }
      },
    }, selection);
  }

  /** See `ComputeSession.replay`. */
  replay(variant: VariantPoint): Replay {
    const { plan, slice } = this.#input;
    const { at } = this.#arena;
    const risk = variant.riskIndex === null ? noRisk : riskAt(plan, variant.riskIndex);
    const trades: Trade[] = [];
    this.#masks.combine(variant.stageAIndex);
    let count: number;
    do {
      count = this.#kernels.replay(
        at.slice,
        at.longMask,
        at.shortMask,
        levelRate(risk.sl_pct),
        levelRate(risk.tp_pct),
        trades.length,
        tradesPerCall,
        at.trades,
        at.outcomes,
      );
      if (count < 0) throw this.#unscorable(variant.stageAIndex, at.outcomes);
      trades.push(...readTrades(this.#kernels.memory, {
        address: at.trades,
        count: Math.min(tradesPerCall, count - trades.length),
        firstId: trades.length + 1,
        sliceStart: slice.start,
      }));
    } while (trades.length < count);
    const available = this.#field(at.outcomes, OUTCOME_AVAILABLE);
    const safe = this.#field(at.outcomes, OUTCOME_SAFE);
    const equity = available + safe;
    return {
      trades,
      total_return_pct: (equity / plan.execution.init_cash_quote - 1) * 100,
      equity_end_quote: equity,
      available_quote: available,
      safe_quote: safe,
    };
  }

  /** See `ComputeSession.digestTrades`. */
  digestTrades(variants: readonly VariantPoint[]): TradeDigests {
    return this.#reports.digestTrades(variants);
  }

  /** See `ComputeSession.report`. */
  report(variant: VariantPoint, wish: ReportWish): ReportedVariant {
    return this.#reports.report(variant, wish);
  }

  #select(scoring: Scoring, selection: Selection): Candidates {
    const startedMs = performance.now();
    const { at } = this.#arena;
    const { units, cells } = scoring;
    const unitsPerChunk = Math.max(1, Math.floor(this.#scoresMax / cells));
    const chunks: KeptScores[] = [];
    for (let from = 0; from < units || chunks.length === 0; from += unitsPerChunk) {
      const to = Math.min(from + unitsPerChunk, units);
      const scores = (to - from) * cells;
      const columns = this.#columns(scores);
      scoring.score({ from, to }, columns);
      const keep = Math.min(selection.keep, scores + 1);
      const kept = this.#kernels.keepBest(
        at.scores,
        scores,
        keep,
        selection.floor,
        at.heap,
        at.positions,
        at.kept,
      );
      const positions = this.#view(at.positions, kept);
      const { primary, secondary, returns } = columns;
      const keptScores = primary === columns.scores
        ? this.#view(at.kept, kept).slice()
        : positions.map((position) => primary[position]!);
      chunks.push({
        indexes: positions.map((position) =>
          scoring.indexOf(from + Math.floor(position / cells), position % cells)
        ),
        scores: keptScores,
        secondary: secondary && positions.map((position) => secondary[position]!),
        returns: returns === columns.scores ? keptScores : positions.map((position) => returns[position]!),
      });
    }
    return { ...joinKept(chunks, selection), elapsedMs: performance.now() - startedMs };
  }

  /** Columns for `count` scores. Only the scores are in the module's memory, which nothing else needs to see. */
  #columns(count: number): ScoreColumns {
    const scores = this.#view(this.#arena.at.scores, count);
    const { ranking } = this.#input.plan;
    if (ranksByReturnAlone(ranking)) return { scores, primary: scores, secondary: null, returns: scores };
    const secondary = ranking.secondary === null ? null : new Float64Array(count);
    return { scores, primary: new Float64Array(count), secondary, returns: new Float64Array(count) };
  }

  #view(address: number, count: number): Float64Array {
    return new Float64Array(this.#kernels.memory.buffer, address, count);
  }

  #field(record: number, offset: number): number {
    return this.#view(record + offset, 1)[0]!;
  }

  #unscorable(stageAIndex: number, outcome: number): BacktestError {
    return unscorableError(this.#input, { stageAIndex, badBar: this.#field(outcome, OUTCOME_BAD_BAR) });
  }
}
