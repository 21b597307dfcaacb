import { planeAxesMax, planeBarsMax, planeBasesMax, planeBasesMin, planeValuesMax } from "../limits/mod.ts";
import type { SweepPlan } from "./plan.ts";
import { gridSpace, ruleSpace } from "./parameter_space.ts";
import type { PlaneAxis } from "./planes.ts";

/** A step along one axis of the planes, to the value at position `at` of its window. */
export interface PlaneMove {
  readonly axis: number;
  readonly at: number;
}

/** A base variant of the planes: the winner's, or one that differs from it in one or two parameters. */
export interface PlaneBase {
  readonly stageAIndex: number;
  readonly moves: readonly PlaneMove[];
}

/** A window onto an axis of the risk grid. */
export interface RiskWindow {
  /** Which axis of the planes it is. */
  readonly axis: number;
  /** Position of its first value in the risk grid. */
  readonly first: number;
  readonly length: number;
}

/** Which variants the planes of a winner show. */
export interface PlaneLayout {
  readonly axes: readonly PlaneAxis[];
  /** The winner's base first; none twice, and none that a condition of the rules keeps out. */
  readonly bases: readonly PlaneBase[];
  /** Null where the side does not vary. */
  readonly sl: RiskWindow | null;
  readonly tp: RiskWindow | null;
}

/** The variant in the middle, and the bars of the slice that scoring a base has to read. */
export interface PlaneCentre {
  readonly stageAIndex: number;
  readonly riskIndex: number;
  readonly bars: number;
}

interface Window {
  readonly first: number;
  readonly length: number;
}

/**
 * Lays out the planes around a winner within their limits (see core/limits/mod.ts): of every axis the values nearest to the
 * winner's, as many as keep the number of base variants within the budget. Depends on plan and bars alone.
 */
export function planeLayout(plan: SweepPlan, { stageAIndex, riskIndex, bars }: PlaneCentre): PlaneLayout {
  const space = plan.rules === undefined ? gridSpace(plan, stageAIndex) : ruleSpace(plan.rules, stageAIndex);
  const varying = space.axes.map((axis, place) => ({ ...axis, place }))
    .filter(({ values }) => values.length > 1)
    .slice(0, planeAxesMax);
  const reach = parameterReach(varying.map(({ values }) => values.length), basesBudget(plan, bars));
  const parameters = reach < 2 ? [] : varying;
  const windows = parameters.map(({ values, position }) =>
    windowAround(position, { total: values.length, most: reach })
  );
  const axes: PlaneAxis[] = parameters.map((axis, i) => planeAxis(axis, windows[i]!));
  const riskWindow = (name: "sl" | "tp", position: number): RiskWindow | null => {
    const values = plan.risk[name];
    if (values.length < 2) return null;
    const window = windowAround(position, { total: values.length, most: planeValuesMax });
    axes.push(planeAxis({ name: `${name}_pct`, values: values as readonly number[], position }, window));
    return { axis: axes.length - 1, ...window };
  };
  const sl = riskWindow("sl", Math.floor(riskIndex / plan.risk.tp.length));
  const tp = riskWindow("tp", riskIndex % plan.risk.tp.length);
  const base = (...moves: readonly PlaneMove[]): readonly PlaneBase[] => {
    const steps = moves.map(({ axis, at }) => ({
      axis: parameters[axis]!.place,
      to: windows[axis]!.first + at,
    }));
    const index = space.indexAfter(steps);
    return index === null ? [] : [{ stageAIndex: index, moves }];
  };
  const moves = parameters.map((_, axis) =>
    positions(axes[axis]!.values.length).filter((at) => at !== axes[axis]!.winner).map((at) => ({ axis, at }))
  );
  const pairs = moves.flatMap((first, i) =>
    moves.slice(i + 1).flatMap((second) => first.flatMap((a) => second.flatMap((b) => base(a, b))))
  );
  return { axes, bases: [...base(), ...moves.flat().flatMap((move) => base(move)), ...pairs], sl, tp };
}

/** How many base variants may be scored for the planes. */
function basesBudget(plan: SweepPlan, bars: number): number {
  const share = Math.max(planeBasesMin, Math.floor(plan.stageBTotal / plan.riskTotal / 4));
  return Math.min(planeBasesMax, share, Math.floor(planeBarsMax / (bars + plan.riskTotal)));
}

/** Most values per parameter axis that stay within the budget. */
function parameterReach(lengths: readonly number[], budget: number): number {
  let reach = planeValuesMax;
  while (reach > 1 && basesWithin(lengths, reach) > budget) reach--;
  return reach;
}

function basesWithin(lengths: readonly number[], reach: number): number {
  const others = lengths.map((length) => Math.min(length, reach) - 1);
  const sum = others.reduce((total, n) => total + n, 0);
  const squares = others.reduce((total, n) => total + n * n, 0);
  return 1 + sum + (sum * sum - squares) / 2;
}

function windowAround(
  position: number,
  { total, most }: { readonly total: number; readonly most: number },
): Window {
  const length = Math.min(total, most);
  return { first: Math.min(Math.max(position - Math.floor(length / 2), 0), total - length), length };
}

function planeAxis(
  axis: Pick<PlaneAxis, "name" | "values"> & { readonly position: number },
  { first, length }: Window,
): PlaneAxis {
  const values = axis.values.slice(first, first + length);
  return { name: axis.name, values, winner: axis.position - first };
}

function positions(length: number): number[] {
  return Array.from({ length }, (_, i) => i);
}
