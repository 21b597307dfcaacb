import assert from "node:assert/strict";
import { kernelModule } from "../../src/adapters/wasm/kernel_module.ts";
import { instantiateKernels } from "../../src/adapters/wasm/kernels.ts";
import { ruleKernels } from "../../src/adapters/wasm/rule_kernels.ts";
import { Session } from "../../src/adapters/wasm/session.ts";
import { sessionInput } from "../../src/adapters/wasm/session_input.ts";
import { catalogue, type IndicatorDefinition } from "../../src/core/catalogue/mod.ts";
import { directionModes } from "../../src/core/execution/mod.ts";
import { compileRules, indicatorCalls, type RulesSpec } from "../../src/core/rules/mod.ts";
import type { SweepInput } from "../../src/ports/compute.ts";
import { oneVariant, someSignals, someValues } from "../helpers/any_indicator.ts";
import { maskSignal } from "../helpers/mask_signal.ts";
import { ruleModule } from "../helpers/rule_module.ts";
import { generator, kernelBench, randomWalk } from "../helpers/series.ts";
import { sweepInput } from "../helpers/sweep.ts";

// Every built-in rule of an indicator that does not read the future is also a text, and then has the same signal, and the
// same trades with and without stop and target.

const bench = kernelBench();
const random = generator(11);
const candles = randomWalk(400, 37);
const hourMs = 3_600_000;
const openMs = Array.from({ length: 400 }, (_, bar) => Date.UTC(2024, 0, 1) + bar * hourMs);
const bars = { candles, openMs, closeMs: openMs.map((ms) => ms + hourMs), columns: {} };

for (const definition of catalogue.filter(({ rule, lookAhead }) => rule !== null && lookAhead === 0)) {
  Deno.test(`${definition.id} written as a text has the signal and the trades of its built-in rule`, () => {
    const values = someValues(definition, random);
    const signals = someSignals(definition);
    const { long, short } = textsOf(definition, { values, signals });
    const spec = { long: { enter: long }, short: { enter: short } };
    const { rules, faults } = compileRules(spec, { timeframe: "1h" });
    assert.deepEqual(faults, []);
    const module = ruleModule(rules!, { bars });
    for (const slice of [{ start: 0, stop: 400 }, { start: 37, stop: 390 }]) {
      const expected = maskSignal(
        sweepInput({ candles, slice, indicators: [oneVariant(definition, values)] }),
        bench.kernels,
      );
      assert.match(expected, /L/);
      assert.match(expected, /S/);
      assert.equal(module.signal(0, slice), expected);
      for (const directionMode of directionModes) {
        const sketch = { candles, slice, sl: [null, 1.5], tp: [null, 2], directionMode };
        const template = sweepInput({ ...sketch, indicators: [oneVariant(definition, values)] });
        const written = inRules(template, spec);
        const [ofTemplate, ofText] = [template, written].map(resultsOf);
        assert.ok(ofTemplate!.trades.every((trades) => trades.length > 0));
        assert.deepEqual(ofText, ofTemplate);
      }
    }
  });
}

Deno.test("every family of built-in rules is among those that are written as texts", () => {
  const met = new Set(
    catalogue.flatMap(({ rule, lookAhead }) => lookAhead === 0 && rule !== null ? [rule] : []),
  );
  assert.deepEqual([...met].sort(), Object.keys(ruleKernels).sort());
});

/** The same sweep with a strategy in rules in place of its one variant of an indicator. */
function inRules({ timeline, plan }: SweepInput, spec: RulesSpec): SweepInput {
  const rules = { spec, timeframe: plan.timeframe, dayStart: null };
  return { timeline, plan: { ...plan, indicators: [], rules } };
}

/** Trades of every stop and target, and what both stages score. */
function resultsOf(input: SweepInput) {
  const session = new Session(instantiateKernels(kernelModule()), sessionInput(input));
  const all = { keep: 10, floor: -Infinity };
  const scored = [session.scoreBase({ from: 0, to: 1 }, all), session.scoreRisk([0], all)];
  return {
    scores: scored.map(({ indexes, scores }) => [...indexes].map((index, i) => [index, scores[i]])),
    trades: [null, 0, 1, 2, 3].map((riskIndex) => session.replay({ stageAIndex: 0, riskIndex }).trades),
  };
}

function textsOf(
  { id, rule }: IndicatorDefinition,
  { values, signals }: {
    readonly values: Readonly<Record<string, number | string>>;
    readonly signals: Readonly<Record<string, number>>;
  },
): { readonly long: string; readonly short: string } {
  const name = id.slice(id.lastIndexOf(".") + 1);
  const call = `${name}(${
    indicatorCalls.get(name)!.args.map((argument) => values[argument.name]).join(", ")
  })`;
  const price = values.source ?? "close";
  const both = (long: string, short: string) => ({ long, short });
  switch (rule) {
    case "compare_price_to_output":
      return both(`${price} > ${call}`, `${price} < ${call}`);
    case "compare_price_to_output_inverted":
      return both(`${price} < ${call}`, `${price} > ${call}`);
    case "compare_volume_to_output":
      return both(`volume > ${call}`, `volume < ${call}`);
    case "sign":
      return both(`${call} > 0`, `${call} < 0`);
    case "threshold_band": {
      const { long_threshold: long, short_threshold: short } = signals;
      return long! <= short!
        ? both(`${call} <= ${long}`, `${call} >= ${short}`)
        : both(`${call} >= ${long}`, `${call} <= ${short}`);
    }
    case "threshold_centered":
      return both(`${call} > 1 + ${signals.abs_threshold}`, `${call} < 1 - ${signals.abs_threshold}`);
    case "delta_sign": {
      const [long, short] = [signals.long_delta_periods, signals.short_delta_periods].map((lag) =>
        Math.abs(lag!)
      );
      return both(`change(${call}, ${long}) > 0`, `change(${call}, ${short}) < 0`);
    }
    case "candle_body_direction": {
      const minimum = signals.min_body_pct ?? signals.min_body_atr;
      return both(`${call} >= ${minimum} and close > open`, `${call} >= ${minimum} and close < open`);
    }
    case "pivot_events":
      return both(`known(${call}.low)`, `known(${call}.high)`);
    default:
      throw new Error(`no text for the rule of ${id}`);
  }
}
