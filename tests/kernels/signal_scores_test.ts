import assert from "node:assert/strict";
import fc from "fast-check";
import { emptyCandles } from "../../src/core/bars/mod.ts";
import { measuresOf } from "../../src/core/ranking/mod.ts";
import { drawdown, equityCurve } from "../../src/core/report/mod.ts";
import { accountArbitrary, type KernelMeasures, kernelRun, type RunCase } from "../helpers/kernel_run.ts";
import { generator, kernelBench } from "../helpers/series.ts";
import { type SignalCase, signalScores } from "../helpers/signal_scores.ts";
import type { Signal } from "../oracle/rules.ts";

const sideBySide = signalScores(kernelBench());
const run = kernelRun(kernelBench(), { capacity: 1024 });

/** Variants of all tempers over more bars than the kernels list at a time, or just as many. */
const caseArbitrary: fc.Arbitrary<SignalCase> = fc.record({
  bars: fc.oneof(fc.constantFrom(1023, 1024, 1025, 2048), fc.integer({ min: 1, max: 2600 })),
  seed: fc.integer(),
  drift: fc.constantFrom(-0.002, 0, 0.002),
  runLengths: fc.array(fc.constantFrom(1, 2, 7, 40, 130, 1500), { minLength: 1, maxLength: 9 }),
  account: accountArbitrary,
}).map(({ bars, seed, drift, runLengths, account }) => {
  const random = generator(seed);
  return {
    close: walk(bars, { random, drift }),
    variants: runLengths.map((length) => signalsOf(bars, { random, length })),
    account,
  };
});

function walk(bars: number, { random, drift }: { readonly random: () => number; readonly drift: number }) {
  let price = 100;
  return Array.from({ length: bars }, () => {
    price *= 1 + drift + (random() - 0.5) * 0.02;
    return Math.fround(price);
  });
}

function signalsOf(
  bars: number,
  { random, length }: { readonly random: () => number; readonly length: number },
): Signal[] {
  const signals: Signal[] = [];
  while (signals.length < bars) {
    const signal = (["L", "S", "N"] as const)[Math.floor(3 * random())]!;
    const end = Math.min(bars, signals.length + 1 + Math.floor(2 * length * random()));
    while (signals.length < end) signals.push(signal);
  }
  return signals;
}

/** What the report's own functions make of the replay of one variant. */
function expected({ close, account }: SignalCase, signals: readonly Signal[]): KernelMeasures {
  const given: RunCase = { close, account, signals, stops: [null], targets: [null] };
  const replay = run.replay(given, { sl: null, tp: null });
  const candles = emptyCandles(close.length);
  candles.close.set(close);
  const timeline = { candles, timeframeMs: 60_000, slice: { start: 0, stop: close.length } };
  const curve = equityCurve({
    trades: replay.trades,
    timeline,
    initCash: account.execution.init_cash_quote,
  });
  const { totalReturnPct, grossProfit, grossLoss, trades } = measuresOf(replay, null);
  const deepest = drawdown(curve)?.max ?? NaN;
  return { returnPct: totalReturnPct, drawdown: deepest, profit: grossProfit, loss: grossLoss, trades };
}

Deno.test("scoreSignals() and measureSignals() of variants side by side equal the report in every bit", () => {
  fc.assert(
    fc.property(caseArbitrary, (given) => {
      const reported = given.variants.map((signals) => expected(given, signals));
      assert.deepEqual(sideBySide.measure(given), reported);
      assert.deepEqual(sideBySide.score(given), reported.map(({ returnPct }) => returnPct));
    }),
    { numRuns: 150 },
  );
});

const calm = {
  directionMode: "long-short",
  sizingMode: "all_in",
  execution: {
    init_cash_quote: 1000,
    fixed_quote: 100,
    safe_profit_percent: 30,
    fee_pct: 0,
    slippage_pct: 0,
  },
} as const;

const returnsOf = (given: SignalCase) => {
  const scores = sideBySide.score(given);
  assert.deepEqual(sideBySide.measure(given).map(({ returnPct }) => returnPct), scores);
  return scores;
};

for (const hole of [0, -5, NaN, Infinity, -Infinity]) {
  Deno.test(`a close of ${hole} is no fill, and leaves the scores of the variants beside it alone`, () => {
    const close = [100, 90, hole, 100, 110];
    const variants = ["LLNLL", "LNNLL", "NNSNN"].map((signals) => [...signals] as Signal[]);
    const [exitAtHole, around, entryAtHole] = returnsOf({ close, account: calm, variants });
    assert.deepEqual([exitAtHole, around, entryAtHole], [NaN, -1.0000000000000009, NaN]);
  });
}

Deno.test("with a slippage of 100 % a sale is no fill: neither the end of a long nor the beginning of a short", () => {
  const account = { ...calm, execution: { ...calm.execution, slippage_pct: 100 } };
  const variants = ["LLN", "SSN", "NNN"].map((signals) => [...signals] as Signal[]);
  assert.deepEqual(returnsOf({ close: [100, 90, 80], account, variants }), [NaN, NaN, 0]);
});
