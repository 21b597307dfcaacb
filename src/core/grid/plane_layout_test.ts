import assert from "node:assert/strict";
import { sweepInput } from "../../../tests/helpers/sweep.ts";
import { emptyCandles } from "../bars/mod.ts";
import { planeAxesMax, planeBarsMax, planeBasesMax, planeBasesMin, planeValuesMax } from "../limits/mod.ts";
import type { SweepPlan } from "./plan.ts";
import { planeLayout } from "./plane_layout.ts";

const numbers = (length: number) => Array.from({ length }, (_, i) => i + 1);

function planOf(windows: number, signals: Readonly<Record<string, number>>, risk = 1): SweepPlan {
  const { close, high, low, open, volume } = emptyCandles(1);
  return sweepInput({
    candles: { close, high, low, open, volume } as never,
    slice: { start: 0, stop: 1 },
    indicators: [{
      id: "momentum.rsi",
      axes: { window: numbers(windows) },
      signals: Object.fromEntries(Object.entries(signals).map(([name, length]) => [name, numbers(length)])),
    }],
    sl: risk === 1 ? [null] : numbers(risk),
    tp: risk === 1 ? [null] : numbers(risk),
  }).plan;
}

Deno.test("planeLayout() holds at most 64 values per axis, the winner among them wherever it stands", () => {
  const plan = planOf(1000, {}, 100);
  for (const [stageAIndex, winner] of [[0, 0], [1, 1], [500, 32], [999, 63]] as const) {
    const { axes, sl, tp } = planeLayout(plan, { stageAIndex, riskIndex: 99, bars: 10 });
    assert.deepEqual(axes.map(({ name, values }) => [name, values.length]), [
      ["momentum.rsi.window", planeValuesMax],
      ["sl_pct", planeValuesMax],
      ["tp_pct", planeValuesMax],
    ]);
    assert.equal(axes[0]!.winner, winner);
    assert.equal(axes[0]!.values[winner], stageAIndex + 1);
    assert.deepEqual(sl, { axis: 1, first: 0, length: 64 });
    assert.deepEqual(tp, { axis: 2, first: 36, length: 64 });
    assert.equal(axes[2]!.values[axes[2]!.winner], 100);
  }
});

Deno.test("planeLayout() scores a bounded number of distinct base variants, the winner's first", () => {
  const plan = planOf(40, { a: 40, b: 40 });
  const stageAIndex = 20 * 1600 + 5 * 40 + 39;
  const budgets = [[10, planeBasesMax], [1_000_000, planeBarsMax / 1_000_001]] as const;
  for (const [bars, most] of budgets) {
    const { bases } = planeLayout(plan, { stageAIndex, riskIndex: 0, bars });
    const indexes = bases.map((base) => base.stageAIndex);
    assert.ok(bases.length <= most && bases.length > most / 3, `${bases.length} of ${most}`);
    assert.equal(new Set(indexes).size, indexes.length);
    assert.ok(indexes.every((index) => index >= 0 && index < plan.stageATotal));
    assert.equal(indexes[0], stageAIndex);
  }
  const small = planOf(5, { a: 5, b: 5 });
  const { bases } = planeLayout(small, { stageAIndex: 62, riskIndex: 0, bars: 10 });
  assert.ok(bases.length <= planeBasesMin && bases.length > planeBasesMin / 2, `${bases.length}`);
});

/** Bases that two axes of so many values have, all pairs of their values among them; three have no triples. */
const ofTwo = (reach: number) => reach ** 2;
const ofThree = (reach: number) => 1 + 3 * (reach - 1) + 3 * (reach - 1) ** 2;

const riskCells = 4;
const budgets: readonly (readonly [what: string, plan: SweepPlan, bars: number, bases: number])[] = [
  ["the smallest budget, of a small sweep", planOf(9, { a: 9 }, 2), 10, ofTwo(8)],
  ["all of a sweep that has no more", planOf(8, { a: 8 }, 2), 10, ofTwo(8)],
  ["a quarter of what is expanded", planOf(40, { a: 40 }, 2), 10, ofTwo(20)],
  ["the largest budget, of a large sweep", planOf(60, { a: 60, b: 60 }, 2), 10, ofThree(37)],
  ["what the bars leave", planOf(1000, {}, 2), planeBarsMax / 10 - riskCells, 10],
  ["one less with one more bar", planOf(1000, {}, 2), planeBarsMax / 10 - riskCells + 1, 9],
  ["two with many bars", planOf(1000, {}, 2), planeBarsMax / 2 - riskCells, 2],
];
for (const [what, plan, bars, expected] of budgets) {
  Deno.test(`13 planeLayout() scores as many bases as its budget has: ${what}`, () => {
    assert.equal(planeLayout(plan, { stageAIndex: 3, riskIndex: 0, bars }).bases.length, expected);
  });
}

Deno.test("planeLayout() leaves out axes that do not vary, and parameter axes beyond the eighth", () => {
  const many = Object.fromEntries(numbers(12).map((n) => [`p${String(n).padStart(2, "0")}`, 2]));
  const { axes } = planeLayout(planOf(1, many, 2), { stageAIndex: 0, riskIndex: 0, bars: 10 });
  assert.deepEqual(axes.map(({ name }) => name), [
    ...numbers(planeAxesMax).map((n) => `momentum.rsi.signal.p0${n}`),
    "sl_pct",
    "tp_pct",
  ]);
});

Deno.test("planeLayout() shows stop and target alone where bars are too many for anything else", () => {
  const plan = planOf(10, { a: 10 }, 3);
  const { axes, bases } = planeLayout(plan, { stageAIndex: 7, riskIndex: 4, bars: 60_000_000 });
  assert.deepEqual(axes.map(({ name }) => name), ["sl_pct", "tp_pct"]);
  assert.deepEqual(bases, [{ stageAIndex: 7, moves: [] }]);
});
