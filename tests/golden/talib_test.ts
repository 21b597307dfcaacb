import assert from "node:assert/strict";
import fc from "fast-check";
import { type AxisDefinition, catalogue, lookbackBars } from "../../src/core/catalogue/mod.ts";
import { loadGolden, loadGoldenCandles } from "../helpers/golden.ts";
import { kernelSeries } from "../helpers/kernel_series.ts";
import { kernelBench, randomWalk } from "../helpers/series.ts";
import { talibRules, talibSeries, withoutTalib } from "../oracle/talib/rules.ts";

// TA-Lib's rules are written down as oracles of their own. They are compared with TA-Lib's own figures, and the kernels
// with them: from the bar on which the way of starting no longer counts, where TA-Lib starts otherwise.

interface FigureCase {
  readonly id: string;
  readonly params: Readonly<Record<string, number>>;
  readonly candles: string;
  /** First bar with a value. */
  readonly first: number;
  /** Bar and value: the first ones and the last ones. */
  readonly figures: readonly (readonly [number, number])[];
}

const { cases } = await loadGolden<{ cases: readonly FigureCase[] }>("standard/talib.json");
const bench = kernelBench();
const bars = 1500;

for (const { id, params, candles: name, first, figures } of cases) {
  Deno.test(`TA-Lib's rule of ${id} ${JSON.stringify(params)} gives TA-Lib's figures on ${name}`, async () => {
    const series = talibSeries(id, { candles: await loadGoldenCandles(name), values: params });
    if (!laterForSignal.has(id)) assert.equal(series.findIndex((value) => !Number.isNaN(value)), first);
    for (const [bar, value] of figures) {
      assert.ok(
        near(series[bar]!, { value, tolerance: 1e-9 }),
        `${series[bar]} instead of ${value} at ${bar}`,
      );
    }
  });
}

for (const [id, { made }] of Object.entries(talibRules)) {
  Deno.test(`${id} equals TA-Lib's ${made} to 1e-6, the seed's share taken out`, () => {
    const { axes, lookback } = catalogue.find((definition) => definition.id === id)!;
    let compared = 0;
    fc.assert(
      fc.property(fc.nat(), fc.record(choices(axes)), (seed, drawn) => {
        const values = ordered(drawn);
        const candles = randomWalk(bars, seed);
        const rule = talibSeries(id, { candles, values });
        const kernel = kernelSeries(bench, { id, candles, values });
        // 1 % of 1 % and so on: five times the lookback leaves 1e-10 of a seed
        const settled = lookback.recursive && !sameStart.has(id) ? 5 * lookbackBars(id, values) : 0;
        const from = id === "trend.supertrend" ? firstTurn(rule, { close: candles.close, settled }) : settled;
        for (let t = from; t < bars; t++) {
          if (Number.isNaN(rule[t]) && lookback.recursive) continue;
          if (id === "volatility.tr" && t === 0) continue;
          assert.ok(
            near(kernel[t]!, { value: rule[t]!, tolerance: 1e-6 }),
            `${kernel[t]} for ${rule[t]} at ${t}`,
          );
          compared++;
        }
      }),
      { numRuns: 20 },
    );
    assert.ok(compared > 5 * bars, `${compared} values compared`);
  });
}

Deno.test("every indicator has a rule of TA-Lib or a reason why there is none", () => {
  assert.deepEqual(
    [...Object.keys(talibRules), ...Object.keys(withoutTalib)].sort(),
    catalogue.map(({ id }) => id).sort(),
  );
});

/** TA-Lib shows the line from the first value of its average on, which is not scored here. */
const laterForSignal: ReadonlySet<string> = new Set(["momentum.macd", "momentum.stoch"]);

/** Recursive, but started as TA-Lib does. */
const sameStart: ReadonlySet<string> = new Set(["trend.psar"]);

function choices(axes: readonly AxisDefinition[]): Record<string, fc.Arbitrary<number | string>> {
  return Object.fromEntries(axes.map((axis) => [axis.name, choice(axis)]));
}

function choice({ name, kind, min = 0, sources = [] }: AxisDefinition): fc.Arbitrary<number | string> {
  if (kind === "source") return fc.constantFrom<string>(...sources);
  if (kind === "int") return fc.integer({ min, max: 25 });
  // wide bands are not reached in 1,500 bars, so that a supertrend with them never forgets its start
  if (name === "mult") return fc.integer({ min: 5, max: 30 }).map((tenths) => tenths / 10);
  return fc.integer({ min: 1, max: 20 }).map((hundredths) => hundredths / 100);
}

/** An acceleration does not start above its maximum. */
function ordered(
  drawn: Readonly<Record<string, number | string>>,
): Readonly<Record<string, number | string>> {
  if (drawn.accel_max === undefined) return drawn;
  const [start, max] = [Number(drawn.accel_start), Number(drawn.accel_max)];
  return { ...drawn, accel_start: Math.min(start, max), accel_max: Math.max(start, max) };
}

/** The second turn after the start has settled: the bands in use then began after it. */
function firstTurn(
  line: readonly number[],
  { close, settled }: { readonly close: ArrayLike<number>; readonly settled: number },
): number {
  const turns = line.flatMap((value, t) =>
    t > settled && value > close[t]! !== line[t - 1]! > close[t - 1]! ? [t] : []
  );
  return turns[1] ?? bars;
}

function near(
  actual: number,
  { value, tolerance }: { readonly value: number; readonly tolerance: number },
): boolean {
  return Object.is(actual, value) || Math.abs(actual - value) <= tolerance * Math.max(1, Math.abs(value));
}
