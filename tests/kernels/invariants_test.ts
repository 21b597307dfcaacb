import assert from "node:assert/strict";
import fc from "fast-check";
import { createInProcessCompute } from "../../src/adapters/wasm/in_process_compute.ts";
import { accountArbitrary, kernelRun, type RunCase } from "../helpers/kernel_run.ts";
import { kernelBench, pricesArbitrary, randomWalk, signalsArbitrary } from "../helpers/series.ts";
import { sweepInput } from "../helpers/sweep.ts";

// What must hold whatever the definition says in detail.

const run = kernelRun(kernelBench());

const percentArbitrary = fc.option(fc.integer({ min: 1, max: 200 }).map((x) => x / 10), { nil: null });

const caseArbitrary: fc.Arbitrary<RunCase> = fc.integer({ min: 1, max: 200 }).chain((bars) =>
  fc.record({
    close: pricesArbitrary({ minLength: bars, maxLength: bars }, { holes: false }),
    signals: signalsArbitrary(bars),
    account: accountArbitrary,
    stops: fc.tuple(percentArbitrary),
    targets: fc.tuple(percentArbitrary),
  })
);

const levelsOf = ({ stops, targets }: RunCase) => ({ sl: stops[0]!, tp: targets[0]! });

Deno.test("the final equity is the initial cash plus the net profits of all trades", () => {
  fc.assert(fc.property(caseArbitrary, (given) => {
    const { trades, equity_end_quote } = run.replay(given, levelsOf(given));
    const initial = given.account.execution.init_cash_quote;
    const summed = trades.reduce((sum, trade) => sum + trade.net_pnl_quote, initial);
    const scale = trades.reduce((sum, trade) => sum + Math.abs(trade.net_pnl_quote), initial);
    assert.ok(Math.abs(summed - equity_end_quote) <= 1e-9 * scale, `${summed} for ${equity_end_quote}`);
  }));
});

Deno.test("prices in another unit, a power of two apart, change no return and no profit", () => {
  fc.assert(fc.property(caseArbitrary, fc.integer({ min: -20, max: 20 }), (given, exponent) => {
    const scaled = { ...given, close: given.close.map((price) => price * 2 ** exponent) };
    const profits = (of: RunCase) => {
      const { trades, ...account } = run.replay(of, levelsOf(of));
      return { nets: trades.map((trade) => trade.net_pnl_quote), account };
    };
    assert.deepEqual(profits(scaled), profits(given));
  }));
});

Deno.test("a mirrored signal trades the same bars on the other side", () => {
  fc.assert(fc.property(caseArbitrary, (given) => {
    const mirror = { L: "S", S: "L", N: "N" } as const;
    const off = { sl: null, tp: null };
    // a short may lose all its cash and stop trading, which a long cannot: a small fixed stake keeps both going
    const execution = { ...given.account.execution, init_cash_quote: 1e9, fixed_quote: 1 };
    const bars = (directionMode: "long-only" | "short-only", signals: RunCase["signals"]) => {
      const account = { directionMode, sizingMode: "fixed_quote" as const, execution };
      return run.replay({ ...given, signals, account }, off).trades
        .map((trade) => [trade.entry_bar_index, trade.exit_bar_index, trade.exit_reason]);
    };
    const mirrored = given.signals.map((signal) => mirror[signal]);
    assert.deepEqual(bars("short-only", mirrored), bars("long-only", given.signals));
  }));
});

Deno.test("a stop or target that no price can reach is none", () => {
  fc.assert(fc.property(caseArbitrary, (given) => {
    const { sl, tp } = levelsOf(given);
    assert.deepEqual(run.replay(given, { sl: 1e9, tp }), run.replay(given, { sl: null, tp }));
    assert.deepEqual(run.replay(given, { sl, tp: 1e9 }), run.replay(given, { sl, tp: null }));
  }));
});

Deno.test("bars after the slice change nothing", async () => {
  const candles = randomWalk(700, 11);
  const cut = Object.fromEntries(
    Object.entries(candles).map(([name, column]) => [name, column.slice(0, 500)]),
  ) as typeof candles;
  const window = { source: ["close"], window: [5, 20] };
  const slice = { start: 100, stop: 500 };
  const indicators = [{ id: "ma.ema", axes: window }, {
    id: "trend.supertrend",
    axes: { window: [7], mult: [2] },
  }];
  await using compute = createInProcessCompute();
  const results = await Promise.all([candles, cut].map(async (series) => {
    await using session = await compute.open(
      sweepInput({ candles: series, slice, indicators, sl: [1, 2], tp: [3] }),
    );
    const all = { keep: 100, floor: -Infinity };
    const { scores } = await session.scoreBase({ from: 0, to: 2 }, all);
    const { scores: risk } = await session.scoreRisk([0, 1], all);
    return { scores, risk, replay: await session.replay({ stageAIndex: 1, riskIndex: 1 }) };
  }));
  assert.deepEqual(results[0], results[1]);
  assert.ok(results[0]!.replay.trades.length > 5);
});
