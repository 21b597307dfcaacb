import { type Replay, tradeColumns } from "../../src/core/execution/mod.ts";
import type { SweepPlan } from "../../src/core/grid/mod.ts";
import { merit } from "../../src/core/ranking/mod.ts";
import { reportDesk, reportVariant } from "../../src/core/report/mod.ts";
import type {
  Candidates,
  Compute,
  ComputeSession,
  Selection,
  SweepInput,
  VariantPoint,
} from "../../src/ports/compute.ts";

/** One call a session received. */
export type ComputeCall =
  | { readonly kind: "base"; readonly from: number; readonly to: number }
  | { readonly kind: "risk"; readonly bases: readonly number[] }
  | { readonly kind: "digest"; readonly stageAIndex: number; readonly riskIndex: number | null }
  | { readonly kind: "replay"; readonly stageAIndex: number; readonly riskIndex: number | null };

/** What a scripted compute answers. */
export interface Script {
  /** The total return in percent; `riskIndex` null: stop and target off. */
  readonly score: (stageAIndex: number, riskIndex: number | null, plan: SweepPlan) => number;
  /** Called before a call is answered; may throw, wait, or change the world. */
  readonly before?: (call: ComputeCall) => void | Promise<void>;
  readonly threads?: number;
  /** What tells the trades of a variant; those of no two are equal unless told. */
  readonly digest?: (variant: VariantPoint) => string;
}

/** A compute that answers from a function and remembers what it was asked. */
export interface ScriptedCompute extends Compute {
  readonly calls: readonly ComputeCall[];
}

/** Makes a scripted compute; a replay has no trades and the scripted return, and is ranked by what these two give. */
export function scriptedCompute(script: Script): ScriptedCompute {
  const calls: ComputeCall[] = [];
  const note = async (call: ComputeCall) => {
    calls.push(call);
    await script.before?.(call);
  };
  return {
    threads: script.threads ?? 1,
    calls,
    open: (input: SweepInput) => Promise.resolve(session(input, script, note)),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

function session(
  { plan, timeline }: SweepInput,
  script: Script,
  note: (call: ComputeCall) => Promise<void>,
): ComputeSession {
  const replay = ({ stageAIndex, riskIndex }: VariantPoint): Replay => {
    const score = script.score(stageAIndex, riskIndex, plan);
    const equity = plan.execution.init_cash_quote * (1 + score / 100);
    const cash = { equity_end_quote: equity, available_quote: equity, safe_quote: 0 };
    return { trades: [], total_return_pct: score, ...cash };
  };
  return {
    async scoreBase({ from, to }, selection) {
      await note({ kind: "base", from, to });
      const scores = Array.from({ length: to - from }, (_, i) => script.score(from + i, null, plan));
      return select(scores, { plan, selection, offset: from });
    },
    async scoreRisk(bases, selection) {
      await note({ kind: "risk", bases });
      const cells = Array.from({ length: plan.riskTotal }, (_, riskIndex) => riskIndex);
      return select(
        bases.flatMap((base) => cells.map((cell) => script.score(base, cell, plan))),
        { plan, selection, offset: 0 },
      );
    },
    async replay(variant) {
      await note({ kind: "replay", ...variant });
      return replay(variant);
    },
    async digestTrades(variants) {
      for (const variant of variants) await note({ kind: "digest", ...variant });
      const digestOf = script.digest ?? (({ stageAIndex, riskIndex }) => `${stageAIndex} ${riskIndex}`);
      return { digests: variants.map(digestOf), elapsedMs: 0 };
    },
    async report(variant, wish) {
      await note({ kind: "replay", ...variant });
      const traded = { trades: tradeColumns([]), totalReturnPct: replay(variant).total_return_pct };
      const storedTrades = wish.withTrades ? [] : null;
      return reportVariant({ ...traded, storedTrades }, { ...wish, plan, desk: reportDesk(timeline) });
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

function select(
  returns: readonly number[],
  { plan, selection: { keep, floor }, offset }: {
    readonly plan: SweepPlan;
    readonly selection: Selection;
    readonly offset: number;
  },
): Candidates {
  const untraded = { maxDrawdownPct: 0, grossProfit: 0, grossLoss: 0, trades: 0 };
  const scored = returns.map((totalReturnPct, i) => ({
    index: offset + i,
    totalReturnPct,
    ...merit(plan.ranking, { ...untraded, totalReturnPct }),
  }));
  const kth = scored.map(({ score }) => score).toSorted((a, b) => b - a)[Math.min(keep, scored.length) - 1]!;
  const kept = scored.filter(({ score }) => score >= Math.max(floor, kth));
  const column = (of: (one: typeof scored[number]) => number) => Float64Array.from(kept, of);
  return {
    indexes: column(({ index }) => index),
    scores: column(({ score }) => score),
    secondary: plan.ranking.secondary === null ? null : column(({ secondary }) => secondary),
    returns: column(({ totalReturnPct }) => totalReturnPct),
    elapsedMs: 1,
  };
}
