import assert from "node:assert/strict";
import fc from "fast-check";
import { type ExecutionSettings, isRuined } from "../../src/core/execution/mod.ts";
import { kernelRun, type RunAccount, type RunCase } from "../helpers/kernel_run.ts";
import { mixedSignals, runCaseArbitrary, wildCloses } from "../helpers/run_cases.ts";
import { kernelBench } from "../helpers/series.ts";
import { runEngine } from "../oracle/engine.ts";
import type { Signal } from "../oracle/rules.ts";

const run = kernelRun(kernelBench());

interface Hand {
  readonly close: readonly number[];
  /** One letter per bar. */
  readonly signals: string;
  readonly sl?: number;
  readonly tp?: number;
  readonly sizingMode?: RunAccount["sizingMode"];
  readonly execution?: Partial<ExecutionSettings>;
  /** Entry bar, exit bar and reason of every trade. */
  readonly trades: readonly (readonly [number, number, string])[];
  readonly returnPct: number;
}

// worked out by hand; init cash 1000, no fee and no slippage unless said
const hands: Readonly<Record<string, Hand>> = {
  "the short of the golden short-wipeout is closed by ruin at 250, and nothing is opened after it": {
    close: [100, 150, 250, 100, 90],
    signals: "SSNSS",
    trades: [[0, 2, "ruin"]],
    returnPct: -150,
  },
  "a jump leaves debt: the close is the exit price, and prices that come back change nothing": {
    close: [100, 1171.5, 8, 8],
    signals: "SSSS",
    trades: [[0, 1, "ruin"]],
    returnPct: -1071.5,
  },
  "equity of exactly 0 is ruin": {
    close: [100, 200, 50],
    signals: "SSS",
    trades: [[0, 1, "ruin"]],
    returnPct: -100,
  },
  "a loss of 99 % is none": {
    close: [100, 199, 100],
    signals: "SSN",
    trades: [[0, 2, "signal_exit"]],
    returnPct: 0,
  },
  "a stop that closes the position at this close wins, and the flat account is ruined too": {
    close: [100, 250, 100, 100],
    signals: "SSSL",
    sl: 10,
    trades: [[0, 1, "sl"]],
    returnPct: -150,
  },
  "a stop that was hit before keeps the account": {
    close: [100, 120, 250],
    signals: "SSS",
    sl: 10,
    trades: [[0, 1, "sl"]],
    returnPct: -20,
  },
  "ruin on the last bar is no forced close": {
    close: [100, 300],
    signals: "SS",
    trades: [[0, 1, "ruin"]],
    returnPct: -200,
  },
  "a reversal at the close of ruin does not open": {
    close: [100, 300, 100],
    signals: "SLL",
    trades: [[0, 1, "ruin"]],
    returnPct: -200,
  },
  "cash beside a fixed stake is lost before the account is: 900 + 100 * (2 - 10) > 0, 900 + 100 * (2 - 11) = 0":
    {
      close: [100, 1000, 1100, 100],
      signals: "SSSS",
      sizingMode: "fixed_quote",
      execution: { fixed_quote: 100 },
      trades: [[0, 2, "ruin"]],
      returnPct: -100,
    },
  "a fixed stake that loses its cash but not the account stays open": {
    close: [100, 1099, 100],
    signals: "SSN",
    sizingMode: "fixed_quote",
    execution: { fixed_quote: 100 },
    trades: [[0, 2, "signal_exit"]],
    returnPct: 0,
  },
  // 1000 -> 2000, half of the profit is put aside; 1500 sold at 200 with 500 aside are worth 500 + 1500 * (2 - C / 200)
  "what is put aside counts: an account with 500 beside its 1500 is ruined at 466.67, not at 400": {
    close: [100, 200, 200, 460, 467, 100],
    signals: "LNSSSS",
    sizingMode: "strategy_compound_profit_lock",
    execution: { safe_profit_percent: 50 },
    trades: [[0, 1, "signal_exit"], [2, 4, "ruin"]],
    returnPct: -100.25,
  },
  // fee 60: cash -600 after the entry, so a long is worth 1000 * C / 100 - 600; closing at 60 costs 60 % of 600 more
  "a long is ruined where its entry fee is more than it is worth": {
    close: [100, 61, 60, 500],
    signals: "LLLL",
    execution: { fee_pct: 60 },
    trades: [[0, 2, "ruin"]],
    returnPct: -136,
  },
  // worth 1000 * (2 - 0.5 - C / 100): the fee brings ruin from 200 down to 150
  "the entry fee brings ruin nearer": {
    close: [100, 149, 150, 100],
    signals: "SSSS",
    execution: { fee_pct: 50 },
    trades: [[0, 2, "ruin"]],
    returnPct: -175,
  },
  // sold at 80: 12.5 units; worth 2000 - 12.5 * C, closed at 160 * 1.2
  "slippage moves the entry, and the exit of a ruined position has it as every exit": {
    close: [100, 159, 160, 100],
    signals: "SSSS",
    execution: { slippage_pct: 20 },
    trades: [[0, 2, "ruin"]],
    returnPct: -140,
  },
  // after the entry the account is worth 1000 - 1500, on the bar of entry; the next close looks at it
  "the bar of entry is not looked at": {
    close: [100, 100, 300],
    signals: "LLL",
    execution: { fee_pct: 150 },
    trades: [[0, 1, "ruin"]],
    returnPct: -300,
  },
  "a position the end of the range closes on its entry bar can leave nothing": {
    close: [100, 100],
    signals: "NL",
    execution: { fee_pct: 100 },
    trades: [[1, 1, "forced_close"]],
    returnPct: -200,
  },
};

for (const [what, hand] of Object.entries(hands)) {
  Deno.test(`ruin: ${what}`, () => {
    const { sl = null, tp = null, sizingMode = "all_in", trades, returnPct } = hand;
    const free = {
      init_cash_quote: 1000,
      fixed_quote: 100,
      safe_profit_percent: 0,
      fee_pct: 0,
      slippage_pct: 0,
    };
    const account: RunAccount = {
      directionMode: "long-short",
      sizingMode,
      execution: { ...free, ...hand.execution },
    };
    const signals = [...hand.signals] as Signal[];
    const given: RunCase = { close: hand.close, signals, account, stops: [sl], targets: [tp] };
    const risk = { sl_enabled: sl !== null, sl_pct: sl, tp_enabled: tp !== null, tp_pct: tp };
    const slice = { start: 0, stop: signals.length };
    const oracle = runEngine({ close: hand.close.map(Math.fround), signals, slice, ...account, risk });
    const made = oracle.trades.map((
      trade,
    ) => [trade.entry_bar_index, trade.exit_bar_index, trade.exit_reason]);
    assert.deepEqual(made, trades);
    assert.ok(Math.abs(oracle.total_return_pct - returnPct) < 1e-9, String(oracle.total_return_pct));
    assert.equal(isRuined(oracle.total_return_pct), returnPct <= -100);
    assert.deepEqual(run.replay(given, { sl, tp }), oracle);
    assert.deepEqual(run.replaySegments(given, { sl, tp }), oracle);
    assert.deepEqual(run.scoreRiskPlane(given), [oracle.total_return_pct]);
    assert.equal(run.measureRiskPlane(given)[0]!.returnPct, oracle.total_return_pct);
    if (sizingMode === "all_in") {
      const estimates = run.estimateRiskPlane(given);
      assert.ok(estimates === null || Math.abs(estimates[0]! - returnPct) < 1e-7);
    }
    if (sl === null && tp === null) {
      assert.equal(run.scoreSignals(given), oracle.total_return_pct);
      assert.equal(run.measureSignals(given).returnPct, oracle.total_return_pct);
    }
  });
}

const wild = runCaseArbitrary({ barsMax: 500, levelsMax: 3, closes: wildCloses, signals: mixedSignals });

Deno.test("a ruined account has nothing left in every bit, so that it never trades again", () => {
  let ruined = 0;
  fc.assert(
    fc.property(wild, (given) => {
      for (const sl of given.stops) {
        const { trades, available_quote, equity_end_quote, total_return_pct } = run.replay(given, {
          sl,
          tp: null,
        });
        const at = trades.findIndex(({ exit_reason }) => exit_reason === "ruin");
        if (at < 0) continue;
        ruined++;
        assert.equal(at, trades.length - 1);
        assert.ok(available_quote <= 0 && equity_end_quote <= 0);
        assert.ok(isRuined(total_return_pct));
      }
    }),
    { numRuns: 600 },
  );
  assert.ok(ruined > 60, `${ruined} ruined accounts`);
});

Deno.test("an estimate is not trusted where a position is ruined and comes back before it ends", () => {
  const account: RunAccount = {
    directionMode: "long-short",
    sizingMode: "all_in",
    execution: { init_cash_quote: 1000, fixed_quote: 1, safe_profit_percent: 0, fee_pct: 0, slippage_pct: 0 },
  };
  const signals: Signal[] = ["S", "S", "S", "N"];
  const given = { close: [100, 250, 80, 80], signals, account, targets: [null] };
  assert.equal(run.estimateRiskPlane({ ...given, stops: [null] }), null);
  assert.equal(run.estimateRiskPlane({ ...given, stops: [null, 10] }), null);
  // the only cell is stopped out at the bar before
  const stopped = { ...given, close: [100, 120, 250, 80], stops: [10] };
  assert.ok(Math.abs(run.estimateRiskPlane(stopped)![0]! - -20) < 1e-7);
});
