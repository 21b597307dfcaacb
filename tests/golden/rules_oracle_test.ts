import assert from "node:assert/strict";
import { compileRules } from "../../src/core/rules/mod.ts";
import { goldenRules, rulesExecution, ruleSignal, rulesRisk, rulesWorld } from "../helpers/golden_rules.ts";
import { runEngine } from "../oracle/engine.ts";
import { Evaluator } from "../oracle/expressions/evaluate.ts";
import { eventsOf, statesOf } from "../oracle/expressions/state.ts";

for (const strategy of await goldenRules()) {
  const { name, params, request: { template } } = strategy;
  Deno.test(`rules ${name}: the oracle has the golden signal, trades and return`, async () => {
    const { rules } = compileRules(template.rules, { timeframe: template.timeframe });
    assert.ok(rules !== null);
    const { bars } = await rulesWorld(strategy);
    const [start, stop] = strategy.target_slice;
    const states = statesOf(eventsOf(rules, new Evaluator(bars, params)), { start, stop });
    assert.deepEqual(states.join(""), ruleSignal(strategy));
    const replay = runEngine({
      close: bars.candles.close,
      signals: [...Array(start).fill("N"), ...states],
      slice: { start, stop },
      directionMode: template.direction_mode,
      sizingMode: template.sizing_mode,
      execution: rulesExecution(strategy),
      risk: rulesRisk(strategy),
    });
    assert.deepEqual(replay.trades, strategy.trades);
    assert.equal(replay.total_return_pct, strategy.total_return_pct);
    assert.equal(replay.equity_end_quote, strategy.equity_end_quote);
  });
}
