import assert from "node:assert/strict";
import { SIDE_LONG, SIDE_SHORT } from "../../assembly/layout.ts";
import { noRisk } from "../../src/core/execution/mod.ts";
import { runEngine } from "../../tests/oracle/engine.ts";
import { signalTape } from "./signal_tape.ts";

const sides = { L: SIDE_LONG, S: SIDE_SHORT, N: 0 } as const;

for (const text of ["NLLNSSLN", "LSLSNLLL", "NNNSSSSL", "NNNN", "LLLS"]) {
  Deno.test(`signalTape() reads ${text} back from its trades`, () => {
    const signals = [...`LL${text}S`] as (keyof typeof sides)[];
    const slice = { start: 2, stop: 2 + text.length };
    const replay = runEngine({
      close: signals.map((_, t) => 100 + t),
      signals,
      slice,
      directionMode: "long-short",
      sizingMode: "all_in",
      execution: {
        init_cash_quote: 1000,
        fixed_quote: 100,
        safe_profit_percent: 0,
        fee_pct: 0.1,
        slippage_pct: 0.01,
      },
      risk: noRisk,
    });
    const expected = signals.slice(slice.start, slice.stop).map((signal) => sides[signal]);
    assert.deepEqual([...signalTape(replay, slice)], expected);
  });
}
