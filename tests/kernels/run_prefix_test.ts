import assert from "node:assert/strict";
import fc from "fast-check";
import { createSignalReplay } from "../../src/adapters/wasm/signal_replay.ts";
import type { Trade } from "../../src/core/execution/mod.ts";
import {
  closesAndOneMore,
  dueExit,
  portfolioAt,
  type Side,
  signalMasks,
  stepCode,
} from "../../src/core/run/mod.ts";
import { accountArbitrary } from "../helpers/kernel_run.ts";
import { engineAccount, type EngineRun, runEngine } from "../oracle/engine.ts";
import type { Signal } from "../oracle/rules.ts";

const module = createSignalReplay();

const level = fc.constantFrom(null, 0.5, 1, 5);
const runArbitrary = fc.record({
  closes: fc.array(fc.constantFrom(0.5, 90, 97.25, 98, 99, 100, 101, 101.5, 103, 110), {
    minLength: 1,
    maxLength: 40,
  }),
  sides: fc.array(fc.constantFrom<Side>(-1, 0, 1), { minLength: 40, maxLength: 40 }),
  every: fc.integer({ min: 1, max: 4 }),
  account: accountArbitrary,
  sl: level,
  tp: level,
});

const signalOf: Readonly<Record<Side, Signal>> = { 1: "L", [-1]: "S", 0: "N" };

type RunCase = typeof runArbitrary extends fc.Arbitrary<infer Value> ? Value : never;

/** The same run for the oracle and for the module. */
function both({ closes, sides, every, account, sl, tp }: RunCase) {
  const codes = sides.map((side) => stepCode({ side, source: "agent" })).join("");
  const close = Float32Array.from(closes);
  const risk = { sl_enabled: sl !== null, sl_pct: sl, tp_enabled: tp !== null, tp_pct: tp };
  const oracle: EngineRun = {
    ...account,
    close,
    risk,
    signals: closes.map((_, bar) => signalOf[sides[Math.floor(bar / every)]!]),
    slice: { start: 0, stop: closes.length },
  };
  const trade = (bars: number, steps: string) => {
    const input = { ...account, risk, firstBar: 0 };
    const sides = signalMasks(steps, { bars: bars + 1, every });
    const replay = module.replay({ ...input, close: closesAndOneMore(close, bars), sides });
    assert.ok("trades" in replay);
    return replay.trades;
  };
  const whole = () =>
    module.replay({
      ...account,
      risk,
      firstBar: 0,
      close,
      sides: signalMasks(codes, { bars: closes.length, every }),
    });
  return { oracle, trade, whole, codes, close };
}

function atBar(trades: readonly Trade[], { bar, close, cash }: { bar: number; close: number; cash: number }) {
  return portfolioAt({ trades, initCash: cash, bar, close, closeMs: (index) => index });
}

Deno.test("state after every prefix of 1,000 random runs is the oracle's, stopped there", () => {
  fc.assert(
    fc.property(runArbitrary, (given) => {
      const { oracle, trade, close, codes } = both(given);
      const cash = oracle.execution.init_cash_quote;
      for (let bars = 1; bars <= close.length; bars++) {
        const expected = engineAccount({ ...oracle, slice: { start: 0, stop: bars } }, { closes: false });
        const decided = codes.slice(0, Math.floor((bars - 1) / given.every) + 1);
        const trades = trade(bars, decided);
        const found = atBar(trades, { bar: bars - 1, close: close[bars - 1]!, cash });
        assert.deepEqual([found.available_quote, found.safe_quote], [expected.available, expected.safe]);
        const { position } = expected;
        assert.deepEqual(
          found.position && [found.position.side, found.position.qty_base, found.position.entry_fill_price],
          position && [position.direction, position.qty, position.entryFill],
        );
        assert.deepEqual(trades.filter(({ exit_bar_index }) => exit_bar_index < bars), expected.trades);
      }
    }),
    { numRuns: 1000 },
  );
});

Deno.test("S003 a run is bit-equal to the oracle's with its decisions as signals", () => {
  fc.assert(
    fc.property(runArbitrary, (given) => {
      const { oracle, whole } = both(given);
      assert.deepEqual(whole(), runEngine(oracle));
    }),
    { numRuns: 1000 },
  );
});

Deno.test("dueExit() is what the close of a step triggers whatever is decided there", () => {
  fc.assert(
    fc.property(runArbitrary, (given) => {
      const { oracle, trade, close, codes } = both({ ...given, every: 1 });
      for (let step = 0; step < close.length; step++) {
        // the side before is kept, so nothing but stop, target or ruin can close there
        const signals = oracle.signals.map((signal, bar) =>
          bar < step ? signal : step === 0 ? "N" : oracle.signals[step - 1]!
        );
        const { trades } = engineAccount({ ...oracle, signals, slice: { start: 0, stop: step + 1 } }, {
          closes: false,
        });
        const last = trades.at(-1);
        const expected = last?.exit_bar_index === step ? last.exit_reason : null;
        assert.equal(dueExit(trade(step + 1, codes.slice(0, step)), step), expected);
      }
    }),
    { numRuns: 300 },
  );
});

Deno.test("portfolioAt() marks at the raw close, and knows no equity where there is none", () => {
  const oracle = both({
    closes: [100, 101, 103],
    sides: Array<Side>(40).fill(1),
    every: 1,
    account: {
      directionMode: "long-only",
      sizingMode: "all_in",
      execution: {
        init_cash_quote: 1000,
        fixed_quote: 1,
        safe_profit_percent: 0,
        fee_pct: 0.1,
        slippage_pct: 0,
      },
    },
    sl: null,
    tp: null,
  });
  const trades = oracle.trade(2, "LL");
  const marked = atBar(trades, { bar: 1, close: 101, cash: 1000 });
  assert.deepEqual([marked.available_quote, marked.equity_quote], [-1, 1009]);
  assert.equal(marked.position?.value_quote, 1010);
  assert.equal(marked.position?.entry_ts, "1970-01-01T00:00:00.000Z");
  const unmarked = atBar(trades, { bar: 1, close: NaN, cash: 1000 });
  assert.equal(unmarked.equity_quote, null);
  assert.equal(unmarked.position?.unrealized_pct, null);
  assert.equal(atBar(trades, { bar: -1, close: 1, cash: 1000 }).equity_quote, 1000);
});
