import {
  OUTCOME_AVAILABLE,
  OUTCOME_BAD_BAR,
  OUTCOME_BYTES,
  OUTCOME_SAFE,
  VARIANTS_MAX,
} from "../../../assembly/layout.ts";
import type { BacktestError } from "../../core/errors.ts";
import { noRisk, type Replay, type Trade } from "../../core/execution.ts";
import { riskAt } from "../../core/grid.ts";
import type { Candidates, Selection } from "../../ports/compute.ts";
import { type BaseScores, createBaseScores } from "./base_scores.ts";
import { joinKept, type KeptScores } from "./candidates.ts";
import { type DistinctVariants, distinctVariants, groupAlike } from "./distinct_variants.ts";
import type { Kernels } from "./kernels.ts";
import { planMasks } from "./mask_plan.ts";
import { levelRate, sortLevels } from "./risk_levels.ts";
import type { SessionInput } from "./session_input.ts";
import { loadSession, type SessionArena, sessionSizes, tradesPerCall } from "./session_memory.ts";
import { readTrades } from "./trade_records.ts";
import { unscorableError } from "./unscorable.ts";
import { createVariantMasks, type VariantMasks } from "./variant_masks.ts";

/** How units are scored: unit `u` gives `cells` scores, number `c` of them belongs to index `indexOf(u, c)`. */
interface Scoring {
  readonly units: number;
  readonly cells: number;
  indexOf(unit: number, cell: number): number;
  /** Writes the scores of units `[from, to)`, one unit behind the other. */
  score(units: { readonly from: number; readonly to: number }, address: number): void;
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
  readonly #segmentBytes: number;
  readonly #stops;
  readonly #targets;

  /** Throws as `Compute.open` says. */
  constructor(kernels: Kernels, input: SessionInput) {
    const maskPlan = planMasks(input.plan);
    const sizes = sessionSizes(input, maskPlan);
    const arena = loadSession(kernels, { input, sizes });
    this.#kernels = kernels;
    this.#input = input;
    this.#arena = arena;
    this.#masks = createVariantMasks({ kernels, input, maskPlan, sizes, arena });
    this.#distinct = distinctVariants(maskPlan, input.plan);
    this.#baseScores = createBaseScores(this.#distinct);
    this.#scoresMax = sizes.scores;
    this.#segmentBytes = sizes.segmentBytes;
    this.#stops = sortLevels(input.plan.risk.sl);
    this.#targets = sortLevels(input.plan.risk.tp);
    new Float64Array(kernels.memory.buffer, arena.at.stops, this.#stops.rates.length).set(this.#stops.rates);
    new Float64Array(kernels.memory.buffer, arena.at.targets, this.#targets.rates.length).set(
      this.#targets.rates,
    );
  }

  /** See `ComputeSession.scoreBase`. */
  scoreBase(range: { readonly from: number; readonly to: number }, selection: Selection): Candidates {
    return this.#select({
      units: range.to - range.from,
      cells: 1,
      indexOf: (unit) => range.from + unit,
      score: ({ from, to }, address) => {
        const scores = new Float64Array(this.#kernels.memory.buffer, address, to - from);
        this.#baseScores.fill(scores, {
          first: range.from + from,
          compute: (variants) => {
            for (let i = 0; i < variants.length; i += VARIANTS_MAX) {
              this.#scoreSideBySide(variants.slice(i, i + VARIANTS_MAX), address + 8 * i);
            }
          },
        });
      },
    }, selection);
  }

  /** See `ComputeSession.scoreRisk`. */
  scoreRisk(bases: readonly number[], selection: Selection): Candidates {
    const stops = this.#stops.order;
    const targets = this.#targets.order;
    return this.#select({
      units: bases.length,
      cells: stops.length * targets.length,
      indexOf: (unit, cell) =>
        (unit * stops.length + stops[Math.floor(cell / targets.length)]) * targets.length +
        targets[cell % targets.length],
      score: ({ from, to }, address) => {
        const cells = stops.length * targets.length;
        const { firsts, groups } = groupAlike(bases.slice(from, to).map(this.#distinct.of));
        firsts.forEach((first, i) => this.#scorePlane(bases[from + first], address + 8 * cells * i));
        const planes = new Float64Array(this.#kernels.memory.buffer, address, cells * groups.length);
        // from behind: a plane is at or before the place of every base that is like its own
        for (let i = groups.length - 1; i >= 0; i--) {
          planes.copyWithin(cells * i, cells * groups[i], cells * (groups[i] + 1));
        }
      },
    }, selection);
  }

  /** See `ComputeSession.replay`. */
  replay(variant: { readonly stageAIndex: number; readonly riskIndex: number | null }): Replay {
    const { plan, slice } = this.#input;
    const { at } = this.#arena;
    const risk = variant.riskIndex === null ? noRisk : riskAt(plan, variant.riskIndex);
    const trades: Trade[] = [];
    this.#masks.combine(variant.stageAIndex);
    let count: number;
    do {
      count = this.#kernels.replay(
        at.longMask,
        at.shortMask,
        this.#close,
        this.#bars,
        at.account,
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

  #select(scoring: Scoring, selection: Selection): Candidates {
    const startedMs = performance.now();
    const { at } = this.#arena;
    const { units, cells } = scoring;
    const unitsPerChunk = Math.max(1, Math.floor(this.#scoresMax / cells));
    const chunks: KeptScores[] = [];
    for (let from = 0; from < units || chunks.length === 0; from += unitsPerChunk) {
      const to = Math.min(from + unitsPerChunk, units);
      scoring.score({ from, to }, at.scores);
      const scores = (to - from) * cells;
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
      const positions = new Float64Array(this.#kernels.memory.buffer, at.positions, kept);
      chunks.push({
        indexes: positions.map((position) =>
          scoring.indexOf(from + Math.floor(position / cells), position % cells)
        ),
        scores: new Float64Array(this.#kernels.memory.buffer, at.kept, kept).slice(),
      });
    }
    return { ...joinKept(chunks, selection), elapsedMs: performance.now() - startedMs };
  }

  #scoreSideBySide(variants: readonly number[], address: number): void {
    const { at } = this.#arena;
    const { buffer } = this.#kernels.memory;
    const count = variants.length;
    const counts = new Int32Array(buffer, at.counts, count);
    variants.forEach((variant, v) => {
      counts[v] = this.#listSegments(variant, at.segments + v * this.#segmentBytes);
    });
    this.#kernels.scoreSignals(
      at.segments,
      this.#segmentBytes,
      at.counts,
      count,
      this.#close,
      at.account,
      at.outcomes,
      address,
    );
    const bad = new Float64Array(buffer, address, count).findIndex((score) => !Number.isFinite(score));
    if (bad >= 0) throw this.#unscorable(variants[bad], at.outcomes + bad * OUTCOME_BYTES);
  }

  #scorePlane(stageAIndex: number, address: number): void {
    const { at } = this.#arena;
    const valid = this.#kernels.scoreRiskPlane(
      at.segments,
      this.#listSegments(stageAIndex, at.segments),
      this.#close,
      at.account,
      at.stops,
      this.#stops.order.length,
      at.targets,
      this.#targets.order.length,
      at.plane,
      address,
      at.outcomes,
    );
    if (valid === 0) throw this.#unscorable(stageAIndex, at.outcomes);
  }

  #listSegments(stageAIndex: number, address: number): number {
    const { at } = this.#arena;
    this.#masks.combine(stageAIndex);
    return this.#kernels.listSegments(at.longMask, at.shortMask, this.#bars, address);
  }

  get #bars(): number {
    return this.#input.slice.stop - this.#input.slice.start;
  }

  /** Address of the slice's first close. */
  get #close(): number {
    return this.#arena.at.close + 4 * this.#input.slice.start;
  }

  #field(record: number, offset: number): number {
    return new Float64Array(this.#kernels.memory.buffer, record + offset, 1)[0];
  }

  #unscorable(stageAIndex: number, outcome: number): BacktestError {
    return unscorableError(this.#input, { stageAIndex, badBar: this.#field(outcome, OUTCOME_BAD_BAR) });
  }
}
