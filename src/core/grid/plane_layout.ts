import { planeAxesMax, planeBarsMax, planeBasesMax, planeBasesMin, planeValuesMax } from "../limits/mod.ts";
import { encodeMixedRadix } from "../numbers/mod.ts";
import type { Axis } from "./axis.ts";
import { axisPositions, decodeStageA, encodeStageA, type StageAPoint } from "./grid.ts";
import type { SweepPlan } from "./plan.ts";
import type { PlaneAxis } from "./winner_planes.ts";

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
  /** The winner's base first; none twice. */
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

/** An axis of the plan, its place in it, and the winner's position on it. */
interface ParameterAxis {
  readonly name: string;
  readonly axis: Axis;
  readonly indicator: number;
  readonly part: "compute" | "signal";
  readonly position: number;
}

interface Window {
  readonly first: number;
  readonly length: number;
}

/**
 * Lays out the planes around a winner within their limits (see core/limits.ts): of every axis the values nearest to the
 * winner's, as many as keep the number of base variants within the budget. Depends on plan and bars alone.
 */
export function planeLayout(plan: SweepPlan, { stageAIndex, riskIndex, bars }: PlaneCentre): PlaneLayout {
  const point = decodeStageA(plan, stageAIndex);
  const varying = parameterAxes(plan, point).filter(({ axis }) => axis.values.length > 1)
    .slice(0, planeAxesMax);
  const reach = parameterReach(varying.map(({ axis }) => axis.values.length), basesBudget(plan, bars));
  const parameters = reach < 2 ? [] : varying;
  const windows = parameters.map(({ axis, position }) =>
    windowAround(position, { total: axis.values.length, most: reach })
  );
  const axes: PlaneAxis[] = parameters.map(({ name, axis, position }, i) =>
    planeAxis({ name, values: axis.values, position }, windows[i]!)
  );
  const riskWindow = (name: "sl" | "tp", position: number): RiskWindow | null => {
    const values = plan.risk[name];
    if (values.length < 2) return null;
    const window = windowAround(position, { total: values.length, most: planeValuesMax });
    axes.push(planeAxis({ name: `${name}_pct`, values: values as readonly number[], position }, window));
    return { axis: axes.length - 1, ...window };
  };
  const sl = riskWindow("sl", Math.floor(riskIndex / plan.risk.tp.length));
  const tp = riskWindow("tp", riskIndex % plan.risk.tp.length);
  const base = (...moves: readonly PlaneMove[]): PlaneBase => {
    const steps = moves.map(({ axis, at }) => ({ to: windows[axis]!.first + at, on: parameters[axis]! }));
    return { stageAIndex: neighbour(plan, { point, steps }), moves };
  };
  const moves = parameters.map((_, axis) =>
    positions(axes[axis]!.values.length).filter((at) => at !== axes[axis]!.winner).map((at) => ({ axis, at }))
  );
  const pairs = moves.flatMap((first, i) =>
    moves.slice(i + 1).flatMap((second) => first.flatMap((a) => second.map((b) => base(a, b))))
  );
  return { axes, bases: [base(), ...moves.flat().map((move) => base(move)), ...pairs], sl, tp };
}

function parameterAxes(plan: SweepPlan, point: StageAPoint): readonly ParameterAxis[] {
  return plan.indicators.flatMap(({ indicatorId, axes, signalAxes }, indicator) => {
    const located = (part: "compute" | "signal", list: readonly Axis[]) => {
      const at = axisPositions(list, point[part][indicator]!);
      const prefix = part === "compute" ? indicatorId : `${indicatorId}.signal`;
      return list.map((axis, i) => ({
        name: `${prefix}.${axis.name}`,
        axis,
        indicator,
        part,
        position: at[i]!,
      }));
    };
    return [...located("compute", axes), ...located("signal", signalAxes)];
  });
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

/** The stage A index after some axes were moved to other positions. */
function neighbour(
  plan: SweepPlan,
  { point, steps }: {
    readonly point: StageAPoint;
    readonly steps: readonly { readonly to: number; readonly on: ParameterAxis }[];
  },
): number {
  const moved = { compute: [...point.compute], signal: [...point.signal] };
  for (const { to, on: { axis, indicator, part } } of steps) {
    const { axes, signalAxes } = plan.indicators[indicator]!;
    const list = part === "compute" ? axes : signalAxes;
    const digits = axisPositions(list, moved[part][indicator]!);
    digits[list.indexOf(axis)] = to;
    moved[part][indicator] = encodeMixedRadix(digits, list.map(({ values }) => values.length));
  }
  return encodeStageA(plan, moved);
}

function positions(length: number): number[] {
  return Array.from({ length }, (_, i) => i);
}
