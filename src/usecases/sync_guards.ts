import type { GuardBudgets } from "../core/grid/mod.ts";

/** The guard budgets as the config sets them. */
export interface ConfiguredGuards {
  readonly maxVariantsPerCompute: number;
  readonly maxVariantsExhaustive: number;
  readonly maxComputeBytesTotal: number;
}

/** The budgets of a synchronous run: half of each, and at least 1. A request fit for a job may be too large for it. */
export function syncGuards(guards: ConfiguredGuards): GuardBudgets {
  return {
    maxVariants: half(guards.maxVariantsPerCompute),
    maxVariantsExhaustive: half(guards.maxVariantsExhaustive),
    maxBytes: half(guards.maxComputeBytesTotal),
  };
}

function half(budget: number): number {
  return Math.max(1, Math.floor(budget / 2));
}
