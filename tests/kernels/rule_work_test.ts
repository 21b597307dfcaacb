import assert from "node:assert/strict";
import { kernelModule } from "../../src/adapters/wasm/kernel_module.ts";
import { instantiateKernels, type Kernels } from "../../src/adapters/wasm/kernels.ts";
import { Session } from "../../src/adapters/wasm/session.ts";
import { sessionInput } from "../../src/adapters/wasm/session_input.ts";
import { preparedRules, type RulesSpec } from "../../src/core/rules/mod.ts";
import type { SweepInput } from "../../src/ports/compute.ts";
import { randomWalk } from "../helpers/series.ts";
import { sweepInput } from "../helpers/sweep.ts";

const bars = 700;
const everything = { keep: 1_000_000, floor: -Infinity };
const explicit = (...values: readonly number[]) => ({ mode: "explicit", values }) as const;
const windows = explicit(...Array.from({ length: 12 }, (_, i) => 3 + 2 * i));

function rulesInput(spec: RulesSpec, close?: (closes: Float32Array) => void): SweepInput {
  const candles = randomWalk(bars, 5);
  close?.(candles.close);
  const { timeline, plan } = sweepInput({ candles, slice: { start: 0, stop: bars }, indicators: [] });
  const rules = { spec, timeframe: "1h", dayStart: null };
  const stageATotal = preparedRules(rules).rules.combinations.kept;
  return { timeline, plan: { ...plan, rules, stageATotal } };
}

/** Scores all variants in batches, and tells how often each kernel was called. */
function work(input: SweepInput, { batch, bytes }: { readonly batch: number; readonly bytes?: number }) {
  const calls: Record<string, number> = {};
  const kernels = Object.fromEntries(
    Object.entries(instantiateKernels(kernelModule())).map(([name, member]) => {
      if (typeof member !== "function") return [name, member];
      return [name, (...args: readonly number[]) => {
        calls[name] = (calls[name] ?? 0) + 1;
        return (member as (...args: readonly number[]) => unknown)(...args);
      }];
    }),
  ) as Kernels;
  const session = new Session(kernels, sessionInput(input, bytes));
  const scores = new Float64Array(input.plan.stageATotal);
  for (let from = 0; from < scores.length; from += batch) {
    const kept = session.scoreBase({ from, to: Math.min(from + batch, scores.length) }, everything);
    kept.indexes.forEach((index, i) => scores[index] = kept.scores[i]!);
  }
  return { calls, scores };
}

const crossing: RulesSpec = {
  params: { fast: windows, slow: windows },
  long: {
    enter: "crosses_above(ema(close, fast), ema(close, slow))",
    exit: "crosses_below(ema(close, fast), ema(close, slow))",
  },
};

Deno.test("a series is computed once a value of its parameters, however many pairs of them are compared", () => {
  const { calls, scores } = work(rulesInput(crossing), { batch: 50 });
  assert.equal(scores.length, 144);
  assert.equal(calls.ema, 24);
  assert.equal(calls.seriesRanges, 24);
  // both crossings of a pair share how its series stand to each other
  assert.equal(calls.order, 144);
});

Deno.test("where not all series fit, those of a batch are computed once at most, and scores are the same", () => {
  const columnBytes = 4 * (bars + 64);
  const roomy = work(rulesInput(crossing), { batch: 48 });
  const tight = work(rulesInput(crossing), { batch: 48, bytes: 16 * columnBytes });
  assert.deepEqual(tight.scores, roomy.scores);
  // three batches of 4 fast and 12 slow ones; in their own order nearly all 12 would be made for each of 12 fast ones
  assert.ok(tight.calls.ema! > 24 && tight.calls.ema! <= 3 * 16, `${tight.calls.ema}`);
  const least = work(rulesInput(crossing), { batch: 7, bytes: 0 });
  assert.deepEqual(least.scores, roomy.scores);
});

Deno.test("one more value of a threshold reads a series once, and masks to combine them and for the state", () => {
  const thresholds = (levels: number): RulesSpec => ({
    params: { level: explicit(...Array.from({ length: levels }, (_, i) => 30 + i)) },
    long: { enter: "close > ema(close, 20) and rsi(close, 14) > level", exit: "close < ema(close, 20)" },
  });
  const [few, more] = [10, 30].map((levels) => work(rulesInput(thresholds(levels)), { batch: 100 }).calls);
  const scoring = new Set(["scoreSignals", "keepBest"]);
  const perValue = Object.keys(more!).filter((name) => !scoring.has(name) && more![name] !== few![name])
    .map((name) => `${name} ${(more![name]! - few![name]!) / 20}`).sort();
  assert.deepEqual(perValue, ["compared 1", "logic 1", "order 1", "ruleSignal 1"]);
});

Deno.test("a parameter that no rule depends on costs nothing", () => {
  const spare = { ...crossing, params: { ...crossing.params, spare: explicit(1, 2, 3, 4, 5) } };
  const { calls, scores } = work(rulesInput(spare), { batch: 50 });
  assert.equal(scores.length, 5 * 144);
  assert.equal(calls.order, 144);
});

Deno.test("the first variant in their own order is named that cannot be scored, whatever the order of evaluation", () => {
  // the last close is nothing, and only some variants hold a position then
  const spec: RulesSpec = {
    params: { fast: explicit(5, 7, 9, 11), slow: windows },
    long: {
      enter:
        "(fast >= 11 or fast >= 9 and slow >= 15) and known(ema(close, fast)) and known(ema(close, slow))",
    },
  };
  const input = rulesInput(spec, (close) => close.fill(0, bars - 1));
  const total = input.plan.stageATotal;
  const session = new Session(instantiateKernels(kernelModule()), sessionInput(input, 0));
  // fast 9 is the third of 4, slow 15 the seventh of 12; fast 11 with the least slow one is evaluated before it
  assert.throws(() => session.scoreBase({ from: 0, to: total }, everything), {
    details: { stage_a_index: 2 * 12 + 6, bar_index: bars - 1, close: "0", slippage_pct: 0.05 },
  });
});
