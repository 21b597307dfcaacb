import { Registry } from "prom-client";
import { measuredCandles } from "../adapters/prometheus/candle_metrics.ts";
import { measuredCompute, type MeasuredPool } from "../adapters/prometheus/compute_metrics.ts";
import { registerDatabaseMetrics } from "../adapters/prometheus/database_metrics.ts";
import { measureEventLoopLag } from "../adapters/prometheus/event_loop_lag.ts";
import { registerProcessMetrics } from "../adapters/prometheus/process_metrics.ts";
import type { CandleSource } from "../ports/candle_source.ts";
import type { Clock } from "../ports/clock.ts";
import type { Compute } from "../ports/compute.ts";
import type { OpenStores } from "./database.ts";
import type { Environment } from "./environment.ts";

/** What a worker and an API have in common. */
export interface ObservedParts {
  readonly env: Environment;
  readonly clock: Clock;
  readonly pool: MeasuredPool;
  readonly candles: CandleSource;
  /** Null where there are no jobs. */
  readonly stores: Pick<OpenStores, "usage" | "schema"> | null;
}

/** The same parts, counted on a registry of their own. Disposal ends what is measured by a timer. */
export interface Observed extends AsyncDisposable {
  readonly registry: Registry;
  readonly compute: Compute;
  readonly candles: CandleSource;
}

/** Names the version that the image was built from. */
const versionVariable = "BACKTEST_VERSION";

/** Starts to count what docs/metrics.md lists under "Both". */
export function observe({ env, clock, pool, candles, stores }: ObservedParts): Observed {
  const registry = new Registry();
  const version = env[versionVariable]?.trim() || "dev";
  registerProcessMetrics({ version, schema: stores?.schema ?? "none" }, registry);
  if (stores) registerDatabaseMetrics(stores.usage, registry);
  const lag = measureEventLoopLag({ registry, clock });
  return {
    registry,
    compute: measuredCompute(pool, registry),
    candles: measuredCandles(candles, { registry, clock }),
    [Symbol.asyncDispose]: () => lag[Symbol.asyncDispose](),
  };
}
