import { OUTCOME_AVAILABLE, OUTCOME_BAD_BAR, OUTCOME_BYTES, OUTCOME_SAFE } from "../../../assembly/layout.ts";
import { BacktestError } from "../../core/errors.ts";
import { noRisk, type Replay, type Trade } from "../../core/execution.ts";
import { riskAt } from "../../core/grid.ts";
import type { Candidates, Selection } from "../../ports/compute.ts";
import { joinKept, type KeptScores } from "./candidates.ts";
import type { Kernels } from "./kernels.ts";
import { planMasks } from "./mask_plan.ts";
import { levelRate, sortLevels } from "./risk_levels.ts";
import type { SessionInput } from "./session_input.ts";
import { loadSession, type SessionArena, sessionSizes, tradesPerCall } from "./session_memory.ts";
import { readTrades } from "./trade_records.ts";
import { createVariantMasks, type VariantMasks } from "./variant_masks.ts";

/** Scores one after another: unit `u` gives `cells` scores, number `c` of them belongs to index `indexOf(u, c)`. */
interface Scoring {
  readonly units: number;
  readonly cells: number;
  indexOf(unit: number, cell: number): number;
  /** Writes the scores of a unit to this address. */
  score(unit: number, address: number): void;
}

/** One sweep loaded into one instance of the module, which it has for itself. Calls block until they are done. */
export class Session {
  readonly #kernels: Kernels;
  readonly #input: SessionInput;
  readonly #arena: SessionArena;
  readonly #masks: VariantMasks;
  readonly #scoresMax: number;
  readonly #stops;
  readonly #targets;

  /** Throws as `Compute.open` says. */
  constructor(kernels: Kernels, input: SessionInput) {
    const maskPlan = planMasks(input.plan);
    const sizes = sessionSizes(input, maskPlan.maskPairs);
    const arena = loadSession(kernels, { input, sizes });
    this.#kernels = kernels;
    this.#input = input;
    this.#arena = arena;
    this.#masks = createVariantMasks({ kernels, input, maskPlan, sizes, arena });
    this.#scoresMax = sizes.scores;
    this.#stops = sortLevels(input.plan.risk.sl);
    this.#targets = sortLevels(input.plan.risk.tp);
    new Float64Array(kernels.memory.buffer, arena.at.stops, this.#stops.rates.length).set(this.#stops.rates);
    new Float64Array(kernels.memory.buffer, arena.at.targets, this.#targets.rates.length).set(
      this.#targets.rates,
    );
  }

  /** See `ComputeSession.scoreBase`. */
  scoreBase(range: { readonly from: number; readonly to: number }, selection: Selection): Candidates {
    const { at } = this.#arena;
    return this.#select({
      units: range.to - range.from,
      cells: 1,
      indexOf: (unit) => range.from + unit,
      score: (unit, address) => {
        const segments = this.#listSegments(range.from + unit);
        const score = this.#kernels.scoreSignals(at.segments, segments, this.#close, at.account, at.outcome);
        if (!Number.isFinite(score)) throw this.#unscorable(range.from + unit);
        new Float64Array(this.#kernels.memory.buffer, address, 1)[0] = score;
      },
    }, selection);
  }

  /** See `ComputeSession.scoreRisk`. */
  scoreRisk(bases: readonly number[], selection: Selection): Candidates {
    const { at } = this.#arena;
    const stops = this.#stops.order;
    const targets = this.#targets.order;
    return this.#select({
      units: bases.length,
      cells: stops.length * targets.length,
      indexOf: (unit, cell) =>
        (unit * stops.length + stops[Math.floor(cell / targets.length)]) * targets.length +
        targets[cell % targets.length],
      score: (unit, address) => {
        const segments = this.#listSegments(bases[unit]);
        const valid = this.#kernels.scoreRiskPlane(
          at.segments,
          segments,
          this.#close,
          at.account,
          at.stops,
          stops.length,
          at.targets,
          targets.length,
          at.plane,
          address,
          at.outcome,
        );
        if (valid === 0) throw this.#unscorable(bases[unit]);
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
        at.outcome,
      );
      if (count < 0) throw this.#unscorable(variant.stageAIndex);
      trades.push(...readTrades(this.#kernels.memory, {
        address: at.trades,
        count: Math.min(tradesPerCall, count - trades.length),
        firstId: trades.length + 1,
        sliceStart: slice.start,
      }));
    } while (trades.length < count);
    const available = this.#outcome(OUTCOME_AVAILABLE);
    const safe = this.#outcome(OUTCOME_SAFE);
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
      for (let unit = from; unit < to; unit++) scoring.score(unit, at.scores + (unit - from) * cells * 8);
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

  #listSegments(stageAIndex: number): number {
    const { at } = this.#arena;
    this.#masks.combine(stageAIndex);
    return this.#kernels.listSegments(at.longMask, at.shortMask, this.#bars, at.segments);
  }

  get #bars(): number {
    return this.#input.slice.stop - this.#input.slice.start;
  }

  /** Address of the slice's first close. */
  get #close(): number {
    return this.#arena.at.close + 4 * this.#input.slice.start;
  }

  #outcome(offset: number): number {
    return new Float64Array(
      this.#kernels.memory.buffer,
      this.#arena.at.outcome,
      OUTCOME_BYTES / 8,
    )[offset / 8];
  }

  #unscorable(stageAIndex: number): BacktestError {
    const badBar = this.#outcome(OUTCOME_BAD_BAR);
    if (badBar < 0) {
      const message = `Cannot score variant ${stageAIndex}: its account exceeds what a number can hold`;
      return new BacktestError("backtest_job_runner_failed", message, {
        details: { stage_a_index: stageAIndex },
      });
    }
    const bar = this.#input.slice.start + badBar;
    const close = this.#input.prices.close[bar];
    const { slippage_pct } = this.#input.plan.execution;
    return new BacktestError(
      "backtest_job_runner_failed",
      `Cannot fill an order at bar ${bar}: close ${close} with slippage ${slippage_pct} % gives no price above 0`,
      { details: { stage_a_index: stageAIndex, bar_index: bar, close: String(close), slippage_pct } },
    );
  }
}
