import { BacktestError } from "../core/errors/mod.ts";
import {
  type Plane,
  type PlaneBase,
  type PlaneLayout,
  planeLayout,
  type PlaneMove,
  type SweepPlan,
  type WinnerPlanes,
} from "../core/grid/mod.ts";
import { planeBatchCells } from "../core/limits/mod.ts";
import type { Candidates, ComputeSession } from "../ports/compute.ts";
import { fixedBatchSize, unitsWithin } from "./batch_size.ts";
import { runBatches } from "./batches.ts";
import type { RankedVariant } from "./stage_b.ts";

/** What the planes are made with. */
export interface WinnerPlanesOptions {
  readonly plan: SweepPlan;
  /** Bars of the slice. */
  readonly bars: number;
  readonly session: ComputeSession;
  /** Batches under way at the same time. */
  readonly inFlight: number;
  /** Called after every batch; a rejection stops the rest and is passed on. */
  boundary(): Promise<void>;
}

const batchBasesMax = 16;

/**
 * Scores what lies around a winner, per pair of axes that vary, within the limits of `planeLayout`. A variant that cannot
 * be scored, which a shortlist may have kept out of Stage B, leaves a null.
 */
export async function winnerPlanes(
  winner: RankedVariant,
  { plan, bars, session, inFlight, boundary }: WinnerPlanesOptions,
): Promise<WinnerPlanes> {
  const layout = planeLayout(plan, { ...winner, bars });
  const { axes, bases } = layout;
  const planes = emptyPlanes(layout);
  if (axes.length < 2) return { variantKey: winner.variantKey, axes, planes };
  const riskMoves = Array.from(
    { length: plan.riskTotal },
    (_, i) => riskMovesOf(i, { winner, plan, layout }),
  );
  await runBatches({
    total: bases.length,
    inFlight,
    size: fixedBatchSize(Math.min(batchBasesMax, planeBatchCells / plan.riskTotal, unitsWithin(bars))),
    run: ({ from, to }) => scoreCells(session, { plan, bases: bases.slice(from, to) }),
    merge({ from }, { indexes, returns }) {
      for (let i = 0; i < indexes.length; i++) {
        const base = bases[from + Math.floor(indexes[i]! / plan.riskTotal)]!;
        const more = riskMoves[indexes[i]! % plan.riskTotal]!;
        if (more === null || base.moves.length + more.length > 2) continue;
        put(planes, { moves: [...base.moves, ...more], layout, value: returns[i]! });
      }
    },
    boundary,
  });
  return { variantKey: winner.variantKey, axes, planes };
}

interface MutablePlane extends Plane {
  readonly returns: (number | null)[][];
}

function emptyPlanes({ axes }: PlaneLayout): readonly MutablePlane[] {
  return axes.flatMap((_, x) =>
    axes.slice(x + 1).map((_, i): MutablePlane => {
      const y = x + 1 + i;
      const row = () => axes[x]!.values.map(() => null);
      return { x, y, returns: axes[y]!.values.map(row) };
    })
  );
}

/** How the stop and target of a risk index differ from the winner's; null where the planes do not show them. */
function riskMovesOf(
  riskIndex: number,
  { winner, plan, layout }: {
    readonly winner: RankedVariant;
    readonly plan: SweepPlan;
    readonly layout: PlaneLayout;
  },
): readonly PlaneMove[] | null {
  const targets = plan.risk.tp.length;
  const sides = [
    [layout.sl, Math.floor(riskIndex / targets), Math.floor(winner.riskIndex / targets)],
    [layout.tp, riskIndex % targets, winner.riskIndex % targets],
  ] as const;
  const moves: PlaneMove[] = [];
  for (const [window, position, centre] of sides) {
    if (position === centre) continue;
    const at = position - window!.first;
    if (at < 0 || at >= window!.length) return null;
    moves.push({ axis: window!.axis, at });
  }
  return moves;
}

/** Writes a value wherever it belongs: a move is seen in every plane of its axis, the winner in all of them. */
function put(
  planes: readonly MutablePlane[],
  { moves, layout, value }: {
    readonly moves: readonly PlaneMove[];
    readonly layout: PlaneLayout;
    readonly value: number;
  },
): void {
  const at = (axis: number) => moves.find((move) => move.axis === axis)?.at ?? layout.axes[axis]!.winner;
  for (const { x, y, returns } of planes) {
    if (moves.every(({ axis }) => axis === x || axis === y)) returns[at(y)]![at(x)] = value;
  }
}

/** Every cell of every base that can be scored. */
async function scoreCells(
  session: ComputeSession,
  { plan, bases }: { readonly plan: SweepPlan; readonly bases: readonly PlaneBase[] },
): Promise<Candidates> {
  const everything = { keep: bases.length * plan.riskTotal, floor: -Infinity };
  try {
    return await session.scoreRisk(bases.map(({ stageAIndex }) => stageAIndex), everything);
  } catch (error) {
    if (!isUnscorable(error)) throw error;
    if (bases.length === 1) return noCandidates;
    const parts: Candidates[] = [];
    for (const base of bases) parts.push(await scoreCells(session, { plan, bases: [base] }));
    const indexes = parts.flatMap((part, i) => Array.from(part.indexes, (cell) => i * plan.riskTotal + cell));
    const returns = parts.flatMap((part) => Array.from(part.returns));
    return { ...noCandidates, indexes: Float64Array.from(indexes), returns: Float64Array.from(returns) };
  }
}

function isUnscorable(error: unknown): boolean {
  return error instanceof BacktestError && error.details.stage_a_index !== undefined;
}

const nothing = new Float64Array(0);
const noCandidates: Candidates = {
  indexes: nothing,
  scores: nothing,
  secondary: null,
  returns: nothing,
  elapsedMs: 0,
};
