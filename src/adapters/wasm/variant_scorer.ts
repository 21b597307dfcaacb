import { MEASURE_STRIDE, OUTCOME_BAD_BAR } from "../../../assembly/layout.ts";
import type { SizingMode } from "../../core/execution/mod.ts";
import { ranksByReturnAlone } from "../../core/ranking/mod.ts";
import type { Kernels } from "./kernels.ts";
import { putMeasured, type ScoreColumns } from "./score_columns.ts";
import type { SessionInput } from "./session_input.ts";
import {
  pairsPerVariant,
  type SessionArena,
  type SessionSizes,
  tradesPerCall,
  writePartLevels,
} from "./session_memory.ts";
import { unscorableError } from "./unscorable.ts";
import { sidesOf, type VariantMasks } from "./variant_masks.ts";

/** Where scores go: into the columns from `position` on. */
export interface ScoreTarget {
  readonly columns: ScoreColumns;
  readonly position: number;
}

/** Scores the variants of one session by what its plan ranks them by. */
export interface VariantScorer {
  /** Scores base variants without stop and target. Throws when one cannot be scored. */
  scoreBases(stageAIndexes: readonly number[], target: ScoreTarget): void;
  /**
   * Estimates what `scorePlane` gives, faster. False, and nothing of use in the columns, where there is no estimate to be
   * trusted: see `estimateRiskPlane` of the module.
   */
  estimatePlane(stageAIndex: number, target: ScoreTarget): boolean;
  /** Scores a base variant with every pair of levels in ascending order, targets running fastest. Throws likewise. */
  scorePlane(stageAIndex: number, target: ScoreTarget): void;
  /**
   * Scores at least these cells of that plane, ascending and of a plan ranked by return alone, and leaves others as they are.
   * Throws likewise.
   */
  scoreCells(stageAIndex: number, cells: readonly number[], target: ScoreTarget): void;
  /** The `nth` best of the first `count` scores in the module's memory, `nth <= count`. */
  nthBest(count: number, nth: number): number;
}

/** What scoring works with. */
export interface VariantScorerOptions {
  readonly kernels: Kernels;
  readonly input: SessionInput;
  readonly sizes: SessionSizes;
  readonly arena: SessionArena;
  readonly masks: VariantMasks;
}

/** Trades times cells of a call of the module, which cannot be interrupted: seconds would be lost to every cancel. */
const cellTradesPerCall = 1_000_000;

/** Sizings that put all cash into every trade, which is what makes equity a product of factors. */
const allCash: readonly SizingMode[] = ["all_in", "strategy_compound"];

/** Returns a scorer. A plan ranked by return alone measures nothing. */
export function createVariantScorer(options: VariantScorerOptions): VariantScorer {
  const { kernels, input: { plan, slice }, sizes, arena: { at }, masks } = options;
  const measuring = !ranksByReturnAlone(plan.ranking);
  const bars = slice.stop - slice.start;

  const view = (address: number, count: number) => new Float64Array(kernels.memory.buffer, address, count);
  const listSegments = (stageAIndex: number) => {
    masks.combine(stageAIndex);
    return kernels.listSegments(at.longMask, at.shortMask, bars, at.segments);
  };
  const unscorable = (stageAIndex: number) =>
    unscorableError(options.input, { stageAIndex, badBar: view(at.outcomes + OUTCOME_BAD_BAR, 1)[0]! });
  /** The replay stops at the bar without a fill and names it in its outcome. */
  const replayToTheEnd = (stageAIndex: number) => {
    masks.combine(stageAIndex);
    const unlimited = [Infinity, Infinity] as const;
    const page = [0, tradesPerCall, at.trades, at.outcomes] as const;
    kernels.replay(at.slice, at.longMask, at.shortMask, ...unlimited, ...page);
  };
  const put = ({ columns, position }: ScoreTarget, count: number) => {
    const measures = view(at.measures, count * MEASURE_STRIDE / 8);
    putMeasured(columns, { returns: view(at.returns, count), measures, position, order: plan.ranking });
  };

  const scoreTogether = (stageAIndexes: readonly number[], target: ScoreTarget) => {
    const count = stageAIndexes.length;
    const returns = measuring ? at.returns : at.scores + 8 * target.position;
    masks.list(stageAIndexes);
    const variants = [at.maskPairs, pairsPerVariant(plan), sidesOf[plan.directionMode], count] as const;
    if (measuring) kernels.measureSignals(at.slice, ...variants, at.signalWork, returns, at.measures);
    else kernels.scoreSignals(at.slice, ...variants, at.signalWork, returns);
    const bad = view(returns, count).findIndex((score) => !Number.isFinite(score));
    if (bad >= 0) {
      const stageAIndex = stageAIndexes[bad]!;
      replayToTheEnd(stageAIndex);
      throw unscorable(stageAIndex);
    }
    if (measuring) put(target, count);
  };

  /** Scores every cell of a record of levels, page by page. */
  const scoreAll = (
    stageAIndex: number,
    { levels, cells, scores }: { readonly levels: number; readonly cells: number; readonly scores: number },
  ) => {
    const count = listSegments(stageAIndex);
    const page = Math.max(1, Math.floor(cellTradesPerCall / cells));
    const measures = measuring ? at.measures : 0;
    const scorePage = (from: number) => {
      const to = Math.min(from + page, count);
      const segments = [at.segments, count, from, to] as const;
      return kernels.scoreRiskPlane(at.slice, levels, ...segments, at.plane, scores, at.outcomes, measures);
    };
    let valid = scorePage(0);
    for (let from = page; from < count; from += page) valid = scorePage(from);
    if (valid === 0) throw unscorable(stageAIndex);
  };

  return {
    scoreBases(stageAIndexes, { columns, position }) {
      for (let i = 0; i < stageAIndexes.length; i += sizes.variants) {
        scoreTogether(stageAIndexes.slice(i, i + sizes.variants), { columns, position: position + i });
      }
    },
    estimatePlane(stageAIndex, target) {
      if (measuring || !allCash.includes(plan.sizingMode)) return false;
      const count = listSegments(stageAIndex);
      const scores = at.scores + 8 * target.position;
      return kernels.estimateRiskPlane(at.slice, at.levels, at.segments, count, at.plane, scores) !== 0;
    },
    scorePlane(stageAIndex, target) {
      const scores = measuring ? at.returns : at.scores + 8 * target.position;
      scoreAll(stageAIndex, { levels: at.levels, cells: plan.riskTotal, scores });
      if (measuring) put(target, plan.riskTotal);
    },
    scoreCells(stageAIndex, cells, { columns, position }) {
      const targets = plan.risk.tp.length;
      const rows = [...new Set(cells.map((cell) => Math.floor(cell / targets)))];
      const columnsOf = [...new Set(cells.map((cell) => cell % targets))].sort((a, b) => a - b);
      const part = rows.length * columnsOf.length;
      writePartLevels(kernels, { at, rows, columns: columnsOf });
      scoreAll(stageAIndex, { levels: at.partLevels, cells: part, scores: at.partScores });
      const scores = view(at.partScores, part);
      rows.forEach((row, i) =>
        columnsOf.forEach((column, j) => {
          columns.scores[position + row * targets + column] = scores[i * columnsOf.length + j]!;
        })
      );
    },
    nthBest: (count, nth) => kernels.nthBest(at.scores, count, nth, at.heap),
  };
}
