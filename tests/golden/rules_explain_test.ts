import assert from "node:assert/strict";
import {
  compileRules,
  type PlannedRules,
  ruleParams,
  type SideState,
  stepState,
} from "../../src/core/rules/mod.ts";
import { type GoldenRules, goldenRules, ruleSignal, rulesWorld } from "../helpers/golden_rules.ts";
import { ruleTimeline } from "../helpers/rule_bars.ts";
import { ruleProbe } from "../helpers/rule_probe.ts";
import { Evaluator } from "../oracle/expressions/evaluate.ts";

const letters = { 1: "L", [-1]: "S", 0: "N" } as const;

for (const strategy of await goldenRules()) {
  const { name, params, request: { template } } = strategy;
  const { timeframe, direction_mode: directionMode } = template;
  const { rules } = compileRules(template.rules, { timeframe });

  Deno.test(`rules ${name}: a step at a time, each with its reasons, is the golden signal`, async () => {
    const { bars } = await rulesWorld(strategy);
    const evaluator = new Evaluator(bars, params);
    const isTrue = (side: "long" | "short", which: "enter" | "exit") => {
      const node = rules![side]?.[which] ?? null;
      return node === null ? null : evaluator.condition(node);
    };
    const truths = (["long", "short"] as const).map((side) => [isTrue(side, "enter"), isTrue(side, "exit")]);
    const [start, stop] = strategy.target_slice;
    const opens = { long: directionMode !== "short-only", short: directionMode !== "long-only" };
    let state = 0 as SideState;
    let signal = "";
    for (let bar = start; bar < stop; bar++) {
      const [long, short] = truths.map(([enter, exit]) => ({
        enter: enter?.[bar] === true,
        exit: exit?.[bar] === true,
      }));
      const step = stepState(rules!, { before: state, long: long!, short: short!, opens });
      assert.ok(step.reasons.length > 0);
      assert.equal(
        step.reasons.some((reason) => /^(long|short) is entered$/.test(reason)),
        step.state !== 0 && step.state !== state,
      );
      state = step.state;
      signal += letters[state];
    }
    assert.equal(signal, expectedSignal(ruleSignal(strategy), opens));
  });

  Deno.test(`rules ${name}: every subexpression is what a bar-by-bar reading has, on bars of all kinds`, async () => {
    const { bars } = await rulesWorld(strategy);
    const planned = plannedAt(strategy);
    assert.deepEqual(ruleParams(planned, 0), params);
    const evaluator = new Evaluator(bars, params);
    const [start, stop] = strategy.target_slice;
    const timeline = ruleTimeline(bars, { start, stop });
    for (const bar of [0, start, Math.floor((start + stop) / 2), stop - 1]) {
      const { readings } = ruleProbe.probe({ timeline, rules: planned, directionMode }, {
        index: 0,
        bar,
      });
      for (const { node, now, before, higherOpenMs } of readings) {
        assert.equal(node.on === null && higherOpenMs !== null, false);
        if (node.type === "number" || node.on !== null) continue;
        const expected = (at: number) => {
          if (at < 0) return null;
          if (node.type === "condition") return evaluator.conditionOf(node)[at];
          const value = evaluator.seriesOf(node)[at]!;
          return Number.isNaN(value) ? null : value;
        };
        for (const [value, at] of [[now, bar], [before, bar - 1]] as const) {
          const wanted = expected(at);
          if (typeof value !== "number" || typeof wanted !== "number") {
            assert.equal(value, wanted, `${node.text} on ${at}`);
          } else {assert.ok(
              Math.abs(value - wanted) <= 1e-5 * Math.max(1, Math.abs(wanted)),
              `${node.text} on ${at}`,
            );}
        }
      }
    }
  });
}

Deno.test("rules that are unknown when a range begins are found with the part that is so the longest", async () => {
  let unknown = 0;
  for (const strategy of await goldenRules()) {
    const { params, request: { template } } = strategy;
    const { rules } = compileRules(template.rules, { timeframe: template.timeframe });
    const { bars } = await rulesWorld(strategy);
    const evaluator = new Evaluator(bars, params);
    for (const start of [0, 30]) {
      const stop = start === 0 ? bars.openMs.length : start + 40;
      const expected = (["long", "short"] as const).flatMap((side) =>
        (["enter", "exit"] as const).flatMap((which) => {
          const node = rules![side]?.[which] ?? null;
          if (node === null) return [];
          const values = evaluator.condition(node).slice(start, stop);
          const known = values.findIndex((value) => value !== null);
          const count = known < 0 ? values.length : known;
          return count === 0 ? [] : [[`${side}.${which}`, count]];
        })
      );
      const found = ruleProbe.unknownAtStart({
        timeline: ruleTimeline(bars, { start, stop }),
        rules: plannedAt(strategy),
      }, [0]);
      assert.deepEqual(found.map(({ member, bars }) => [member, bars]), expected, strategy.name);
      unknown += expected.length;
    }
  }
  assert.ok(unknown > 50, `${unknown}`);
});

/** The golden signal has what both sides say; a side that is not opened holds nothing. */
function expectedSignal(signal: string, opens: { readonly long: boolean; readonly short: boolean }): string {
  return signal.replaceAll("L", opens.long ? "L" : "N").replaceAll("S", opens.short ? "S" : "N");
}

/** The rules of the variant that is shown, alone. */
function plannedAt({ params, request: { template: { rules, timeframe } } }: GoldenRules): PlannedRules {
  const single = Object.fromEntries(
    Object.entries(params).map(([name, value]) => [name, { mode: "explicit", values: [value] } as const]),
  );
  return { spec: { ...rules, params: single }, timeframe, dayStart: null };
}
