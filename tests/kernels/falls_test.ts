import assert from "node:assert/strict";
import fc from "fast-check";
import { emptyCandles } from "../../src/core/bars/mod.ts";
import { measuresOf } from "../../src/core/ranking/mod.ts";
import { drawdown, equityCurve } from "../../src/core/report/mod.ts";
import { accountArbitrary, type KernelMeasures, kernelRun, type RunAccount } from "../helpers/kernel_run.ts";
import { generator, kernelBench } from "../helpers/series.ts";
import { type SignalCase, signalScores } from "../helpers/signal_scores.ts";
import type { Signal } from "../oracle/rules.ts";

// The kernels bound the equity in chunks of bars and look at few of them again. What they say must be what the report's
// functions make of every bar, over many chunks and with the deepest fall, the peak before it and ruin in any of them.

const sideBySide = signalScores(kernelBench());
const run = kernelRun(kernelBench(), { capacity: 4096 });
const chunkBars = 1024;

function expected({ close, account }: SignalCase, signals: readonly Signal[]): KernelMeasures {
  const replay = run.replay({ close, account, signals, stops: [null], targets: [null] }, {
    sl: null,
    tp: null,
  });
  const candles = emptyCandles(close.length);
  candles.close.set(close);
  const timeline = { candles, timeframeMs: 60_000, slice: { start: 0, stop: close.length } };
  const curve = equityCurve({ trades: replay.trades, timeline, initCash: account.execution.init_cash_quote });
  const { totalReturnPct, grossProfit, grossLoss, trades } = measuresOf(replay, null);
  const deepest = drawdown(curve)?.max ?? NaN;
  return { returnPct: totalReturnPct, drawdown: deepest, profit: grossProfit, loss: grossLoss, trades };
}

function requireReported(given: SignalCase): readonly KernelMeasures[] {
  const measured = sideBySide.measure(given);
  assert.deepEqual(measured, given.variants.map((signals) => expected(given, signals)));
  return measured;
}

function firstReported(given: SignalCase): KernelMeasures {
  return requireReported(given)[0]!;
}

/** Prices in stretches that rise, fall, stand still or jump; some closes are missing. */
function closesOf(
  bars: number,
  { random, steep }: { readonly random: () => number; readonly steep: number },
) {
  const holes = random() < 0.3 ? 0.002 : 0;
  const close: number[] = [];
  let price = 100;
  while (close.length < bars) {
    const drift = (random() - 0.5) * steep * 0.02;
    const noise = random() < 0.2 ? 0 : steep * 0.05 * random();
    const end = Math.min(bars, close.length + 1 + Math.floor(random() * 900));
    while (close.length < end) {
      price = Math.min(Math.max(price * (1 + drift + (random() - 0.5) * noise), 1e-6), 1e9);
      close.push(random() < holes ? NaN : Math.fround(price));
    }
  }
  return close;
}

/** Runs of signals; no position is opened or closed where a close is missing. */
function signalsOf(close: readonly number[], random: () => number): Signal[] {
  const length = [1, 3, 20, 150, 1100, 5000][Math.floor(random() * 6)]!;
  const neutral = random() * 0.6;
  const signals: Signal[] = [];
  while (signals.length < close.length) {
    const signal: Signal = random() < neutral ? "N" : random() < 0.5 ? "L" : "S";
    let end = Math.min(close.length, signals.length + 1 + Math.floor(2 * length * random()));
    while (end < close.length && Number.isNaN(close[end])) end++;
    while (signals.length < end) signals.push(signal);
  }
  return signals;
}

const caseArbitrary: fc.Arbitrary<SignalCase> = fc.record({
  bars: fc.oneof(
    fc.integer({ min: 1, max: 9 }).map((chunks) => chunks * chunkBars),
    fc.integer({ min: 1, max: 9000 }),
  ),
  seed: fc.integer(),
  steep: fc.constantFrom(0.05, 0.3, 1),
  variants: fc.integer({ min: 1, max: 5 }),
  account: fc.oneof(accountArbitrary, accountArbitrary.map(cheap)),
}).map(({ bars, seed, steep, variants, account }) => {
  const random = generator(seed);
  const close = closesOf(bars, { random, steep }).map((price, t) => t === 0 || t === bars - 1 ? 100 : price);
  return { close, variants: Array.from({ length: variants }, () => signalsOf(close, random)), account };
});

function cheap(account: RunAccount): RunAccount {
  return { ...account, execution: { ...account.execution, fee_pct: 0.01, slippage_pct: 0.005 } };
}

Deno.test("measureSignals() over many chunks equals the report in every figure and bit", () => {
  const seen = { fell: 0, ruined: 0, beyond: 0, none: 0 };
  fc.assert(
    fc.property(caseArbitrary, (given) => {
      for (const { returnPct, drawdown } of requireReported(given)) {
        if (drawdown > 0.01 && drawdown < 1) seen.fell++;
        if (returnPct <= -100) seen.ruined++;
        if (drawdown > 1) seen.beyond++;
        if (Number.isNaN(drawdown)) seen.none++;
      }
    }),
    { numRuns: 250 },
  );
  assert.ok(Object.values(seen).every((count) => count > 10), JSON.stringify(seen));
});

const calm: RunAccount = {
  directionMode: "long-short",
  sizingMode: "all_in",
  execution: {
    init_cash_quote: 1000,
    fixed_quote: 100,
    safe_profit_percent: 0,
    fee_pct: 0,
    slippage_pct: 0,
  },
};

/** A price over so many bars each. */
function stretches(...parts: readonly (readonly [price: number, bars: number])[]): number[] {
  return parts.flatMap(([price, bars]) => Array<number>(bars).fill(price));
}

/** The same for signals, by their letter. */
function held(...parts: readonly (readonly [signal: Signal, bars: number])[]): Signal[] {
  return parts.flatMap(([signal, bars]) => Array<Signal>(bars).fill(signal));
}

Deno.test("a fall that is nothing but rounding is one: quantity times close a bit below what was paid for it", () => {
  const price = Array.from({ length: 100 }, (_, i) => i + 1).find((p) => (1000 / p) * p < 1000)!;
  const close = stretches([price, chunkBars], [2 * price, 500]);
  const variants = [held(["N", 2], ["L", chunkBars + 498])];
  const { drawdown } = firstReported({ close, account: calm, variants });
  assert.ok(drawdown > 0 && drawdown < 1e-15, String(drawdown));
});

Deno.test("a position ruined in one chunk and let go in a later one falls no further, and has one trade", () => {
  const close = stretches([100, 1500], [250, 1], [40, 1000], [900, 1000], [100, 500]);
  const signals = held(["N", 700], ["S", 2900], ["L", 401]);
  const measured = firstReported({ close, account: calm, variants: [signals] });
  assert.deepEqual(measured, { returnPct: -150, drawdown: 1.5, profit: 0, loss: -1500, trades: 1 });
});

Deno.test("a peak inside a position counts, however long ago, and so does a fall that comes back", () => {
  const close = stretches([100, 1100], [300, 1], [100, 1500], [60, 1], [100, 2000]);
  const signals = held(["N", 50], ["L", 4552]);
  const { drawdown } = firstReported({ close, account: calm, variants: [signals] });
  assert.equal(drawdown, 1 - 600 / 3000);
  const turned = stretches([100, 1100], [60, 1], [100, 1500], [300, 1], [100, 2000]);
  const later = firstReported({ close: turned, account: calm, variants: [signals] });
  assert.equal(later.drawdown, 1 - 1000 / 3000);
});

Deno.test("closes that are missing or below 0 say nothing where nothing is held, and decide where something is", () => {
  const account = { ...calm, sizingMode: "fixed_quote" } as const;
  for (const odd of [NaN, Infinity, -50, 0]) {
    const close = stretches([100, 1100], [90, 900], [odd, 2], [100, 1500]);
    const beside = held(["N", 50], ["L", 1900], ["N", 100], ["L", 1452]);
    const over = held(["N", 50], ["L", 3452]);
    const opened = held(["N", 1900], ["L", 600], ["N", 1002]);
    const around = firstReported({ close, account, variants: [beside, over, opened] });
    assert.equal(around.drawdown, 1 - 990 / 1000);
  }
});

Deno.test("the fee of an entry is a fall, also where the position ends in a later chunk and prices stand still", () => {
  const close = stretches([100, 1024], [110, 500], [109.5, 499], [120, 1]);
  const account = { ...calm, execution: { ...calm.execution, fee_pct: 1 } };
  for (const side of ["L", "S"] as const) {
    const variants = [held(["N", 2], [side, 2022])];
    const { drawdown } = firstReported({ close, account, variants });
    if (side === "L") assert.equal(drawdown, 1 - 990 / 1000);
  }
});

const saving: RunAccount = {
  ...calm,
  sizingMode: "strategy_compound_profit_lock",
  execution: { ...calm.execution, safe_profit_percent: 50 },
};

Deno.test("savings count in a peak: one in a quiet chunk, of an account that has put much aside before", () => {
  const close = stretches([100, 10], [200, 140], [198, 1], [200, 1049], [201, 100], [200, 900], [190, 1], [
    200,
    100,
  ]);
  const variants = [
    held(["N", 2], ["L", 10], ["N", 88], ["L", 100], ["N", 900], ["L", 300], ["N", 700], ["L", 201]),
  ];
  const { drawdown } = firstReported({ close, account: saving, variants });
  assert.equal(drawdown, 1 - 1925 / 2007.5);
});

Deno.test("what is put aside later in a chunk was not there at its lowest", () => {
  const repeated = <T>(parts: readonly T[]) => Array.from({ length: 240 }, () => parts).flat();
  const close = stretches(
    ...[[100, 500], [95, 10], [100, 514]] as const,
    ...[[100, 10], [90, 20], ...repeated([[90, 2], [99, 2]] as const), [99, 34]] as const,
  );
  const signals = held(
    ...[["N", 2], ["L", 1000], ["N", 22]] as const,
    ...[["N", 2], ["L", 18], ["N", 10], ...repeated([["L", 2], ["N", 2]] as const), ["N", 34]] as const,
  );
  const account = { ...saving, execution: { ...saving.execution, safe_profit_percent: 100 } };
  assert.equal(firstReported({ close, account, variants: [signals] }).drawdown, 1 - 900 / 1000);
});
