import assert from "node:assert/strict";
import fc from "fast-check";
import {
  RULE_ABOVE,
  RULE_AT_LEAST,
  RULE_AT_MOST,
  RULE_BELOW,
  RULE_CROSSES_ABOVE,
  RULE_CROSSES_BELOW,
  RULE_EQUAL,
  RULE_UNEQUAL,
} from "../../assembly/layout.ts";
import { kernelBench } from "../helpers/series.ts";

const bench = kernelBench();

/** Levels that last up to some blocks, with steps between them, and few holes: blocks apart, blocks that meet, equal ones. */
const seriesOf = (bars: number) =>
  fc.array(
    fc.record({
      level: fc.integer({ min: -3, max: 3 }),
      slope: fc.constantFrom(0, 0, 0.25, -0.25),
      length: fc.integer({ min: 1, max: 200 }),
      last: fc.constantFrom(...Array<null>(12).fill(null), NaN, Infinity, -Infinity, -0),
    }),
    { minLength: 1, maxLength: 12 },
  ).map((runs) => {
    const values = runs.flatMap(({ level, slope, length, last }) =>
      Array.from({ length }, (_, i) => i === length - 1 && last !== null ? last : level + slope * (i % 9))
    );
    return Array.from({ length: bars }, (_, bar) => Math.fround(values[bar % values.length]!));
  });

const operand = (bars: number) =>
  fc.oneof(
    { weight: 4, arbitrary: seriesOf(bars) },
    { weight: 1, arbitrary: fc.constantFrom(0, 1, -2.5, 0.1, 1e300, NaN, -Infinity) },
  );

const operands = fc.integer({ min: 0, max: 700 }).chain((bars) =>
  fc.record({ bars: fc.constant(bars), x: seriesOf(bars), y: operand(bars), swapped: fc.boolean() })
);

type Operand = number | readonly number[];

/** Address and number of an operand as the kernels take them. */
function placed(values: Operand): readonly [number, number] {
  return typeof values === "number" ? [0, values] : [bench.column(values), 0];
}

function rangesOf([series]: readonly [number, number], bars: number): number {
  if (series === 0) return 0;
  const ranges = bench.room(bench.kernels.rangesBytes(bars));
  // what was there before must not matter
  new Uint8Array(bench.kernels.memory.buffer, ranges, bench.kernels.rangesBytes(bars)).fill(1);
  bench.kernels.seriesRanges(series, ranges, bars);
  return ranges;
}

/** Three masks with a word more, as they lie in a session's memory. */
function rooms(bars: number): readonly number[] {
  return [0, 1, 2].map(() => bench.room(8 * (Math.ceil(bars / 64) + 1)));
}

const valueAt = (values: Operand, bar: number) => {
  const value = typeof values === "number" ? Math.fround(values) : values[bar]!;
  return Number.isFinite(value) ? value : null;
};

Deno.test("order() says on which bars a series is above, below and comparable, with ranges of blocks or without", () => {
  fc.assert(
    fc.property(operands, ({ bars, x, y, swapped }) => {
      bench.clear();
      const [first, second] = swapped ? [y, x] : [x, y];
      const [a, b] = [placed(first), placed(second)];
      const barsWhere = (holds: (p: number, q: number) => boolean) =>
        Array.from({ length: bars }, (_, bar) => bar).filter((bar) => {
          const [p, q] = [valueAt(first, bar), valueAt(second, bar)];
          return p !== null && q !== null && holds(p, q);
        });
      const expected = [barsWhere((p, q) => p > q), barsWhere((p, q) => p < q), barsWhere(() => true)];
      for (const ranges of [[0, 0], [rangesOf(a, bars), rangesOf(b, bars)]] as const) {
        const [above, below, known] = rooms(bars);
        bench.kernels.order(...a, ranges[0], ...b, ranges[1], above!, below!, known!, bars);
        const words = Math.ceil(bars / 64);
        assert.deepEqual([above, below, known].map((mask) => bench.readMask(mask!, words)), expected);
      }
    }),
    { numRuns: 1500 },
  );
});

Deno.test("compared() splits the bars by every comparison and crossing, and writes no mask at address 0", () => {
  const [isTrue, isFalse, isUnknown] = [true, false, null];
  type Tri = boolean | null;
  const and = (p: Tri, q: Tri) =>
    p === false || q === false ? isFalse : p === null || q === null ? isUnknown : isTrue;
  fc.assert(
    fc.property(operands, ({ bars, x, y }) => {
      bench.clear();
      const [above, below, known] = rooms(bars);
      bench.kernels.order(...placed(x), 0, ...placed(y), 0, above!, below!, known!, bars);
      const compare = (bar: number, holds: (p: number, q: number) => boolean): Tri => {
        if (bar < 0) return isUnknown;
        const [p, q] = [valueAt(x, bar), valueAt(y, bar)];
        return p === null || q === null ? isUnknown : holds(p, q);
      };
      const expressions: readonly (readonly [number, (bar: number) => Tri])[] = [
        [RULE_ABOVE, (bar) => compare(bar, (p, q) => p > q)],
        [RULE_BELOW, (bar) => compare(bar, (p, q) => p < q)],
        [RULE_AT_LEAST, (bar) => compare(bar, (p, q) => p >= q)],
        [RULE_AT_MOST, (bar) => compare(bar, (p, q) => p <= q)],
        [RULE_EQUAL, (bar) => compare(bar, (p, q) => p === q)],
        [RULE_UNEQUAL, (bar) => compare(bar, (p, q) => p !== q)],
        [RULE_CROSSES_ABOVE, (bar) => and(compare(bar, (p, q) => p > q), compare(bar - 1, (p, q) => p <= q))],
        [RULE_CROSSES_BELOW, (bar) => and(compare(bar, (p, q) => p < q), compare(bar - 1, (p, q) => p >= q))],
      ];
      const words = Math.ceil(bars / 64);
      const lowest = () => [...new Uint8Array(bench.kernels.memory.buffer, 0, 8 * words)];
      const untouched = lowest();
      for (const [code, valueOn] of expressions) {
        const values = Array.from({ length: bars }, (_, bar) => valueOn(bar));
        const barsOf = (value: Tri) => values.flatMap((each, bar) => each === value ? [bar] : []);
        const masks = rooms(bars);
        bench.kernels.compared(code, above!, below!, known!, masks[0]!, masks[1]!, bars);
        assert.deepEqual(bench.readMask(masks[0]!, words), barsOf(true), `true of ${code}`);
        assert.deepEqual(bench.readMask(masks[1]!, words), barsOf(false), `false of ${code}`);
        bench.kernels.compared(code, above!, below!, known!, masks[2]!, 0, bars);
        assert.deepEqual(bench.readMask(masks[2]!, words), barsOf(true));
        bench.kernels.compared(code, above!, below!, known!, 0, masks[2]!, bars);
        assert.deepEqual(bench.readMask(masks[2]!, words), barsOf(false));
      }
      assert.deepEqual(lowest(), untouched);
    }),
    { numRuns: 300 },
  );
});
