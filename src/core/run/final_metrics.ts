import { inMemberOrder } from "../text/mod.ts";

/** What an agent said a decision took; members it did not know are absent. */
export interface DecisionUsage {
  readonly llm_calls?: number;
  readonly input_tokens?: number;
  readonly output_tokens?: number;
  readonly cost_usd?: number;
}

/** The nine figures of a run that succeeded. */
export interface FinalMetrics {
  /** As a fraction. */
  readonly total_return: number;
  readonly sharpe_ratio: number | null;
  /** As a fraction, >= 0; null where equity had no peak above 0. */
  readonly max_drawdown: number | null;
  readonly num_trades: number;
  readonly final_equity: number;
  /** Sums of what the decisions declared; null when none declared any. */
  readonly llm_calls: number | null;
  readonly input_tokens: number | null;
  readonly output_tokens: number | null;
  readonly est_cost_usd: number | null;
}

const members: readonly (keyof FinalMetrics)[] = [
  "total_return",
  "sharpe_ratio",
  "max_drawdown",
  "num_trades",
  "final_equity",
  "llm_calls",
  "input_tokens",
  "output_tokens",
  "est_cost_usd",
];

/** What the figures are made of: those of a report, in percent, and what the decisions declared, in step order. */
export interface FinalMetricsInput {
  readonly totalReturnPct: number;
  readonly sharpeRatio: number | null;
  readonly maxDrawdownPct: number | null;
  readonly trades: number;
  readonly equity: number;
  readonly usages: readonly DecisionUsage[];
}

/** The figures of a run at its end. */
export function finalMetrics(input: FinalMetricsInput): FinalMetrics {
  const { totalReturnPct, sharpeRatio, maxDrawdownPct, trades, equity, usages } = input;
  return {
    total_return: totalReturnPct / 100,
    sharpe_ratio: sharpeRatio,
    max_drawdown: maxDrawdownPct === null ? null : maxDrawdownPct / 100,
    num_trades: trades,
    final_equity: equity,
    llm_calls: sumOf(usages, "llm_calls"),
    input_tokens: sumOf(usages, "input_tokens"),
    output_tokens: sumOf(usages, "output_tokens"),
    est_cost_usd: sumOf(usages, "cost_usd"),
  };
}

/** Figures as they were stored, with their members in order, which a store need not keep. */
export function inFinalOrder(stored: FinalMetrics): FinalMetrics {
  return inMemberOrder(stored, members);
}

function sumOf(usages: readonly DecisionUsage[], member: keyof DecisionUsage): number | null {
  const declared = usages.map((usage) => usage[member]).filter((value) => value !== undefined);
  return declared.length === 0 ? null : declared.reduce((sum, value) => sum + value, 0);
}

/** The baselines of a run by name, in the order in which they are shown. */
export const baselineSides = { buy_and_hold: "long", flat: "flat" } as const;

/** Name of a baseline. */
export type BaselineName = keyof typeof baselineSides;

/** All baselines. */
export const baselineNames = Object.keys(baselineSides) as readonly BaselineName[];

/** Where a run and its baselines are shown beside each other; null while there are none. */
export function compareUrl(
  { runId, baselines }: {
    readonly runId: string;
    readonly baselines: Readonly<Record<string, string>> | null;
  },
): string | null {
  if (baselines === null) return null;
  const ids = baselineNames.map((name) => baselines[name]).filter((id) => id !== undefined);
  return ids.length === 0 ? null : `/backtests/runs/compare?run_ids=${[runId, ...ids].join(",")}`;
}
