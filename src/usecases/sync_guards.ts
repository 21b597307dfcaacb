import type { GuardBudgets } from "../core/grid/mod.ts";
import type { ConfigFile } from "../schema/config_file.ts";

/** The guard budgets as the config sets them. */
export type ConfiguredGuards = ConfigFile["backtest"]["guards"];

/** The budgets of a synchronous run: half of each, and at least 1. A request fit for a job may be too large for it. */
export function syncGuards(guards: ConfiguredGuards): GuardBudgets {
  return {
    maxVariants: half(guards.max_variants_per_compute),
    maxVariantsExhaustive: half(guards.max_variants_exhaustive),
    maxBytes: half(guards.max_compute_bytes_total),
  };
}

function half(budget: number): number {
  return Math.max(1, Math.floor(budget / 2));
}
