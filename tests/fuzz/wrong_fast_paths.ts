import { type KernelRun, kernelRun, type RunCase } from "../helpers/kernel_run.ts";
import { kernelBench } from "../helpers/series.ts";
import type { FastPath } from "./fast_path.ts";

/** Makes a wrong fast path of the right one. */
export type Mutation = (fast: FastPath, replay: KernelRun["replay"]) => FastPath;

/** Mistakes that a kernel could make, each of which a fuzz must find. */
export const mutations: Readonly<Record<string, Mutation>> = {
  "the last trade's exit fee is dropped": (fast, replay) => ({
    ...fast,
    scoreSignals(given) {
      const { trades } = replay(given, { sl: null, tp: null });
      const fee = trades.at(-1)?.exit_fee_quote ?? 0;
      return fast.scoreSignals(given) + 100 * fee / given.account.execution.init_cash_quote;
    },
  }),
  "one cell is a bit off": (fast) => ({
    ...fast,
    scoreRiskPlane: (given) =>
      fast.scoreRiskPlane(given).with(-1, nextUp(fast.scoreRiskPlane(given).at(-1)!)),
  }),
  "a stop on the entry fill is ignored": (fast) => ({
    ...fast,
    scoreRiskPlane: (given) => fast.scoreRiskPlane(withoutStopsOnFill(given)),
  }),
  "cells come in the order of sorted levels": (fast) => ({
    ...fast,
    scoreRiskPlane: (given) =>
      fast.scoreRiskPlane({ ...given, stops: ascending(given.stops), targets: ascending(given.targets) }),
  }),
  "an entry is one bar late": (fast) => ({
    ...fast,
    scoreSignals: (given) => fast.scoreSignals({ ...given, signals: ["N", ...given.signals.slice(0, -1)] }),
  }),
  "a side that may not be opened is traded": (fast) => {
    const bothSides = (given: RunCase): RunCase => ({
      ...given,
      account: { ...given.account, directionMode: "long-short" },
    });
    return { ...fast, listSegments: (given) => fast.listSegments(bothSides(given)) };
  },
  "the last segment is forgotten": (fast) => ({
    ...fast,
    listSegments: (given) => fast.listSegments(given).slice(0, -1),
  }),
  "a reported trade leaves for another reason": (fast) => ({
    ...fast,
    replaySegments(given, levels) {
      const replayed = fast.replaySegments(given, levels);
      const trades = replayed.trades.map((trade) =>
        trade.exit_reason === "sl" ? { ...trade, exit_reason: "tp" as const } : trade
      );
      return { ...replayed, trades };
    },
  }),
  "profit is never set aside": (fast) => {
    const free = ({ account, ...rest }: RunCase): RunCase => ({
      ...rest,
      account: { ...account, execution: { ...account.execution, safe_profit_percent: 0 } },
    });
    return { ...fast, measureSignals: (given) => fast.measureSignals(free(given)) };
  },
  "estimates are off by 3e-9": (fast) => ({
    ...fast,
    estimateRiskPlane: (given) =>
      fast.estimateRiskPlane(given)?.map((estimate) => estimate + 3e-7 * Math.max(1, 1 + estimate / 100)) ??
        null,
  }),
  "ruin is not looked for in Stage A": (fast) => ({
    ...fast,
    scoreSignals: (given) => blind.scoreSignals(given),
  }),
  "ruin is not looked for where Stage A measures": (fast) => ({
    ...fast,
    measureSignals: (given) => blind.measureSignals(given),
  }),
  "ruin is not looked for in the risk plane": (fast) => ({
    ...fast,
    scoreRiskPlane: (given) => blind.scoreRiskPlane(given),
  }),
  "ruin is not looked for in estimates": (fast) => ({
    ...fast,
    estimateRiskPlane: (given) => blind.estimateRiskPlane(given),
  }),
  "a ruined position is reported as closed by its signal": (fast) => ({
    ...fast,
    replaySegments(given, levels) {
      const replayed = fast.replaySegments(given, levels);
      const trades = replayed.trades.map((trade) =>
        trade.exit_reason === "ruin" ? { ...trade, exit_reason: "signal_exit" as const } : trade
      );
      return { ...replayed, trades };
    },
  }),
  "an estimate is trusted when a trade lost everything": (fast) => ({
    ...fast,
    estimateRiskPlane: (given) =>
      fast.estimateRiskPlane(given) ?? given.stops.flatMap(() => given.targets.map(() => -100)),
  }),
};

/** The kernels when they are not told where an account can be ruined. */
const blind = kernelRun(kernelBench(), { blindToRuin: true });

function nextUp(value: number): number {
  const bits = new BigInt64Array([0n]);
  const view = new Float64Array(bits.buffer);
  view[0] = value;
  bits[0]! += value === 0 ? 1n : value > 0 ? 1n : -1n;
  return view[0];
}

function withoutStopsOnFill(given: RunCase): RunCase {
  return { ...given, stops: given.stops.map((level) => level === 0 ? null : level) };
}

function ascending(levels: RunCase["stops"]): RunCase["stops"] {
  return levels.toSorted((a, b) => (a ?? Infinity) - (b ?? Infinity));
}
