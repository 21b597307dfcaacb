import assert from "node:assert/strict";
import fc from "fast-check";
import {
  type CompiledRules,
  compileRules,
  indicatorCalls,
  type RuleNode,
  type RulesSpec,
} from "../../src/core/rules/mod.ts";
import { AnyRule } from "../helpers/any_rule.ts";
import { firstBars, ruleTimeline, someRuleBars } from "../helpers/rule_bars.ts";
import { ruleModule } from "../helpers/rule_module.ts";
import { ruleProbe } from "../helpers/rule_probe.ts";
import { generator } from "../helpers/series.ts";
import { Evaluator } from "../oracle/expressions/evaluate.ts";
import type { RuleBars } from "../oracle/expressions/world.ts";
import { eventsOf, statesOf } from "../oracle/expressions/state.ts";

const params = {
  n: { mode: "explicit", values: [2, 5, 9] },
  p: { mode: "explicit", values: ["close", "hl2", "volume"] },
} as const;

/** Made of variances or of the module's own logarithm: the last bit may differ; compared by tests of their own. */
const inexact: ReadonlySet<string> = new Set(
  [
    "bbands",
    "bbands_bandwidth",
    "bbands_percent_b",
    "fisher",
    "hv",
    "stddev",
    "variance",
    "vwap_deviation",
    "zscore",
  ],
);

const honestCalls = [...indicatorCalls.values()].filter(({ definition }) => definition.lookAhead === 0);

/** A random strategy of 15-minute bars. */
function anySpec(seed: number, { depth }: { readonly depth: number }): RulesSpec {
  const random = generator(seed);
  const makings = {
    random,
    numbers: ["n"],
    prices: ["p"],
    columns: ["x", "y"],
    timeframes: ["30m", "1h", "7h", "1d", "1w", "1M"],
  };
  const text = () => new AnyRule(makings).condition(depth);
  const side = () => random() < 0.3 ? { enter: text() } : { enter: text(), exit: text() };
  return { params, ...(random() < 0.2 ? { long: side() } : { long: side(), short: side() }) };
}

/** The same, compiled; null where it has too many nodes. */
function anyStrategy(seed: number, options: { readonly depth: number }): CompiledRules | null {
  const spec = anySpec(seed, options);
  const { rules, faults } = compileRules(spec, { timeframe: "15m" });
  const unmeant = faults.find(({ message }) => !/nodes|characters/.test(message));
  assert.equal(unmeant, undefined, `${JSON.stringify(spec)}: ${unmeant?.message}`);
  return rules;
}

Deno.test("every function and operator in the module equals its oracle on random rules over series with holes", () => {
  const met = new Set<string>();
  fc.assert(
    fc.property(fc.nat(), fc.integer({ min: 0, max: 300 }), fc.nat(8), (seed, bars, index) => {
      const rules = anyStrategy(seed, { depth: 3 });
      if (rules === null) return;
      compareNodes(rules, { bars: someRuleBars(bars, seed), index });
      for (const node of rules.nodes) met.add(nameOf(node));
    }),
    { numRuns: 500 },
  );
  assert.deepEqual(otherKinds.filter((name) => !met.has(name)), []);
});

for (const { name, args, outputs } of honestCalls) {
  Deno.test(`${outputs.join(", ")} of ${name}() in the module equal their oracles, over any source and on higher bars`, () => {
    fc.assert(
      fc.property(fc.nat(), fc.array(fc.integer({ min: 2, max: 12 }), { minLength: 4, maxLength: 4 }), (
        seed,
        windows,
      ) => {
        const given = args.map(({ kind, integer, usual }, i) =>
          kind === "series" ? 'col("x")' : integer ? String(windows[i % 4]) : String(usual)
        );
        const read = outputs.map((output) => `known(${name}(${given.join(", ")}).${output})`).join(" and ");
        const enter = `${read} or on_timeframe("1h", ${read})`;
        const { rules } = compileRules({ long: { enter } }, { timeframe: "15m" });
        compareNodes(rules!, { bars: someRuleBars(150, seed), index: 0 });
      }),
      { numRuns: 20 },
    );
  });
}

Deno.test("log() in the module is the logarithm to the last bits of an f32", () => {
  const { rules } = compileRules({ long: { enter: 'log(col("x") * 3) > 0' } }, { timeframe: "15m" });
  const world = someRuleBars(200, 3);
  const node = rules!.nodes.find(({ kind, type }) => kind === "function" && type === "series")!;
  const actual = ruleModule(rules!, { bars: world }).series(node);
  new Evaluator(world, {}).seriesOf(node).forEach((value, t) => {
    assert.equal(Number.isNaN(actual[t]), Number.isNaN(value));
    if (!Number.isNaN(value)) assert.ok(Math.abs(actual[t]! - value) <= 1e-6 * Math.abs(value));
  });
});

Deno.test("the module's long and short masks are the states of the oracle, for every combination and any room", () => {
  fc.assert(
    fc.property(fc.nat(), fc.integer({ min: 1, max: 200 }), fc.nat(100), (seed, bars, first) => {
      const rules = anyStrategy(seed, { depth: 2 });
      if (rules === null || usesInexact(rules)) return;
      const world = someRuleBars(bars, seed);
      const slice = { start: Math.min(first, bars), stop: bars };
      const [roomy, tight] = [undefined, 0].map((bytesMax) =>
        ruleModule(rules, { bars: world, ...(bytesMax === undefined ? {} : { bytesMax }) })
      );
      for (let index = 0; index < rules.combinations.kept; index += 2) {
        const events = eventsOf(rules, new Evaluator(world, rules.combinations.at(index)));
        const expected = statesOf(events, slice).join("");
        assert.equal(roomy!.signal(index, slice), expected);
        assert.equal(tight!.signal(index, slice), expected);
      }
    }),
    { numRuns: 200 },
  );
});

Deno.test("unknownAtStart() counts by side and text the first bars of a range that are neither true nor false, and names what they wait for", () => {
  const met = new Set<string>();
  fc.assert(
    fc.property(fc.nat(), fc.integer({ min: 2, max: 250 }), fc.nat(60), (seed, bars, first) => {
      const rules = anyStrategy(seed, { depth: 2 });
      if (rules === null || usesInexact(rules)) return;
      const world = someRuleBars(bars, seed);
      const slice = { start: Math.min(first, bars - 1), stop: bars };
      const evaluator = new Evaluator(world, rules.combinations.at(1));
      const unknownBars = (node: RuleNode) => {
        if (node.type === "number") return 0;
        const isKnown = node.type === "condition"
          ? evaluator.condition(node).map((value) => value !== null)
          : evaluator.series(node).map((value) => !Number.isNaN(value));
        const known = isKnown.slice(slice.start).indexOf(true);
        return known < 0 ? slice.stop - slice.start : known;
      };
      // the argument that is unknown the longest, the first of several, as long as one of them is
      const partOf = (node: RuleNode): string => {
        const args = node.kind === "timeframe" ? [] : node.args;
        const most = Math.max(0, ...args.map(unknownBars));
        return most === 0 ? node.text : partOf(args.find((arg) => unknownBars(arg) === most)!);
      };
      const expected = (["long", "short"] as const).flatMap((side) =>
        (["enter", "exit"] as const).flatMap((which) => {
          const root = rules[side]?.[which] ?? null;
          const count = root === null ? 0 : unknownBars(root);
          if (count > 0) met.add(`${side}.${which}`);
          return count === 0 ? [] : [{ member: `${side}.${which}`, part: partOf(root!), bars: count }];
        })
      );
      const planned = { spec: anySpec(seed, { depth: 2 }), timeframe: "15m", dayStart: null };
      const input = { timeline: ruleTimeline(world, slice), rules: planned };
      const found = ruleProbe.unknownAtStart(input, [1]);
      assert.deepEqual(found.map(({ params: _, ...gap }) => gap), expected);
    }),
    { numRuns: 150 },
  );
  assert.deepEqual([...met].sort(), ["long.enter", "long.exit", "short.enter", "short.exit"]);
});

Deno.test("cutting the candles at any bar changes no earlier signal", () => {
  const met = new Set<string>();
  const share = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(fc.nat(), fc.integer({ min: 1, max: 300 }), share, fc.nat(8), (seed, bars, share, index) => {
      const rules = anyStrategy(seed, { depth: 2 });
      if (rules === null) return;
      const world = someRuleBars(bars, seed);
      const cut = Math.max(1, Math.round(share * bars));
      const whole = ruleModule(rules, { bars: world }).signal(index, { start: 0, stop: bars });
      const early = ruleModule(rules, { bars: firstBars(world, cut) }).signal(index, { start: 0, stop: cut });
      assert.equal(early, whole.slice(0, cut));
      for (const node of rules.nodes) met.add(nameOf(node));
    }),
    { numRuns: 200 },
  );
  for (const kind of ["timeframe series", "timeframe condition", "session", "column"]) {
    assert.ok(met.has(kind), kind);
  }
});

/** Compares every subexpression in the module with its oracle. */
function compareNodes(
  rules: CompiledRules,
  { bars, index }: { readonly bars: RuleBars; readonly index: number },
): void {
  const module = ruleModule(rules, { bars, everyMask: true });
  const evaluator = new Evaluator(bars, rules.combinations.at(index));
  module.values.choose(index);
  for (const node of rules.nodes) {
    if (node.type === "number") continue;
    if (node.type === "condition") {
      assert.deepEqual(module.condition(node), evaluator.conditionOf(node), node.text);
      continue;
    }
    const actual = module.series(node);
    const isExact = !(node.kind === "indicator" && inexact.has(node.call.name)) &&
      !(node.kind === "function" && node.name === "log");
    if (isExact) assertSeries(actual, { expected: evaluator.seriesOf(node), node });
    else evaluator.adopt(node, actual);
  }
}

/** What random rules have to have met besides the outputs of indicators. */
const otherKinds: readonly string[] = [
  ...["+", "-", "*", "/", "<", "<=", ">", ">=", "==", "!=", "and", "or", "xor", "not", "minus"],
  ...[
    "abs",
    "sqrt",
    "log",
    "min",
    "max",
    "prev series",
    "prev condition",
    "change",
    "highest",
    "lowest",
    "sum",
  ],
  ...[
    "bars_since",
    "value_when",
    "known series",
    "known condition",
    "crosses",
    "crosses_above",
    "crosses_below",
  ],
  ...["for_bars", "within", "rising", "falling", "clock", "column", "session", "truth"],
  ...["timeframe series", "timeframe condition", "parameter", "price"],
];

function nameOf(node: RuleNode): string {
  switch (node.kind) {
    case "arithmetic":
    case "comparison":
    case "logic":
      return node.operator;
    case "indicator":
      return `${node.call.name}.${node.output}`;
    case "function":
      return ["prev", "known"].includes(node.name) ? `${node.name} ${node.args[0]!.type}` : node.name;
    case "timeframe":
      return `timeframe ${node.type}`;
    default:
      return node.kind;
  }
}

function usesInexact({ nodes }: CompiledRules): boolean {
  return nodes.some((node) =>
    node.kind === "indicator" ? inexact.has(node.call.name) : node.kind === "function" && node.name === "log"
  );
}

function assertSeries(
  actual: readonly number[],
  { expected, node }: { readonly expected: readonly number[]; readonly node: RuleNode },
): void {
  assert.equal(actual.length, expected.length);
  const at = actual.findIndex((value, t) =>
    !(value === expected[t] || (Number.isNaN(value) && Number.isNaN(expected[t])))
  );
  assert.ok(at < 0, `${node.text}: ${actual[at]} instead of ${expected[at]} at ${at}`);
}
