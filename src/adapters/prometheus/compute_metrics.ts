import { Counter, Gauge, type Registry } from "prom-client";
import type { Compute, ComputeSession, SweepInput } from "../../ports/compute.ts";

/** A pool that knows how much memory its instances of the module have. */
export interface MeasuredPool extends Compute {
  readonly memoryBytes: number;
}

type Kind = "base" | "risk";

/**
 * The compute pool, which counts on `registry` what it scores. A batch counts when it has been scored; a call beyond the
 * pool's threads waits and keeps no thread busy.
 */
export function measuredCompute(pool: MeasuredPool, registry: Registry): Compute {
  const { batches, variants, barVariants } = counters(registry);
  let underWay = 0;
  poolGauges(registry, { pool, underWay: () => underWay });
  const during = async <T>(call: Promise<T>): Promise<T> => {
    underWay++;
    try {
      return await call;
    } finally {
      underWay--;
    }
  };
  const scored = (kind: Kind, count: { readonly variants: number; readonly bars: number }) => {
    batches.inc({ kind });
    variants.inc({ kind }, count.variants);
    barVariants.inc({ kind }, count.variants * count.bars);
  };
  const measured = (session: ComputeSession, { timeline, plan }: SweepInput): ComputeSession => {
    const bars = timeline.slice.stop - timeline.slice.start;
    return {
      async scoreBase(range, selection) {
        const candidates = await during(session.scoreBase(range, selection));
        scored("base", { variants: range.to - range.from, bars });
        return candidates;
      },
      async scoreRisk(bases, selection) {
        const candidates = await during(session.scoreRisk(bases, selection));
        scored("risk", { variants: bases.length * plan.riskTotal, bars });
        return candidates;
      },
      replay: (variant) => during(session.replay(variant)),
      digestTrades: (variants) => during(session.digestTrades(variants)),
      report: (variant, wish) => during(session.report(variant, wish)),
      [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
    };
  };
  return {
    threads: pool.threads,
    open: async (input) => measured(await pool.open(input), input),
    [Symbol.asyncDispose]: () => pool[Symbol.asyncDispose](),
  };
}

function counters(registry: Registry) {
  const counter = (name: string, help: string) => {
    const made = new Counter({ name, help, labelNames: ["kind"], registers: [registry] });
    for (const kind of ["base", "risk"]) made.inc({ kind }, 0);
    return made;
  };
  return {
    batches: counter("backtest_batches_total", "Batches scored."),
    variants: counter("backtest_variants_total", "Variants scored."),
    barVariants: counter("backtest_bar_variants_total", "Variants scored, times the bars of each."),
  };
}

function poolGauges(
  registry: Registry,
  { pool, underWay }: { readonly pool: MeasuredPool; readonly underWay: () => number },
): void {
  const registers = [registry];
  new Gauge({
    name: "backtest_compute_threads",
    help: "Threads of the compute pool.",
    labelNames: ["state"],
    registers,
    collect() {
      const busy = Math.min(underWay(), pool.threads);
      this.set({ state: "busy" }, busy);
      this.set({ state: "idle" }, pool.threads - busy);
    },
  });
  new Gauge({
    name: "backtest_wasm_memory_bytes",
    help: "Memory of the compute module's instances.",
    registers,
    collect() {
      this.set(pool.memoryBytes);
    },
  });
}
