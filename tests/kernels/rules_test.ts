import assert from "node:assert/strict";
import fc from "fast-check";
import { SIDE_LONG, SIDE_SHORT } from "../../assembly/layout.ts";
import { kernelBench, pricesArbitrary, signalsArbitrary } from "../helpers/series.ts";
import {
  bandSignal,
  bodySignal,
  centeredSignal,
  compareSignal,
  deltaSignal,
  pivotSignal,
  type Signal,
} from "../oracle/rules.ts";

const bench = kernelBench();

interface Slice {
  readonly start: number;
  readonly bars: number;
}

type WriteMasks = (slice: Slice, masks: { readonly long: number; readonly short: number }) => void;

/** Compares the masks a rule writes for a slice with the signals expected of the whole series. */
function assertMasks(
  signals: readonly Signal[],
  { slice, write }: { slice: Slice; write: WriteMasks },
): void {
  const words = Math.ceil(slice.bars / 64);
  const masks = { long: bench.room(8 * words), short: bench.room(8 * words) };
  new Uint8Array(bench.kernels.memory.buffer, masks.long, 8 * words).fill(0xff);
  write(slice, masks);
  const target = signals.slice(slice.start, slice.start + slice.bars);
  const barsOf = (side: Signal) => target.flatMap((signal, bar) => signal === side ? [bar] : []);
  assert.deepEqual(bench.readMask(masks.long, words), barsOf("L"));
  assert.deepEqual(bench.readMask(masks.short, words), barsOf("S"));
}

const seriesArbitrary = fc.integer({ min: 0, max: 200 }).chain((bars) =>
  fc.record({
    price: pricesArbitrary({ minLength: bars, maxLength: bars }, { holes: true }),
    series: pricesArbitrary({ minLength: bars, maxLength: bars }, { holes: true }),
    slice: fc.tuple(fc.nat(bars), fc.nat(bars)).map(([a, b]): Slice => ({
      start: Math.min(a, b),
      bars: Math.abs(a - b),
    })),
  })
);

Deno.test("compareColumn() equals its oracle, bits behind the slice zero", () => {
  fc.assert(
    fc.property(seriesArbitrary, ({ price, series, slice }) => {
      bench.clear();
      const [p, x] = [bench.column(price), bench.column(series)];
      assertMasks(compareSignal(price, series), {
        slice,
        write: ({ start, bars }, { long, short }) =>
          bench.kernels.compareColumn(p, x, start, bars, long, short),
      });
    }),
    { numRuns: 300 },
  );
});

Deno.test("sign() equals its oracle", () => {
  fc.assert(
    fc.property(seriesArbitrary, ({ series, slice }) => {
      bench.clear();
      const centred = series.map((x) => Math.fround(x - 20));
      const x = bench.column(centred);
      assertMasks(compareSignal(centred, centred.map(() => 0)), {
        slice,
        write: ({ start, bars }, { long, short }) => bench.kernels.sign(x, start, bars, long, short),
      });
    }),
    { numRuns: 300 },
  );
});

Deno.test("thresholdBand() equals its oracle in both directions and with equal thresholds", () => {
  const threshold = fc.oneof(fc.integer({ min: 0, max: 400 }).map((x) => x / 10), fc.constant(20));
  fc.assert(
    fc.property(seriesArbitrary, threshold, threshold, ({ series, slice }, long, short) => {
      bench.clear();
      const x = bench.column(series);
      assertMasks(bandSignal(series, { long, short }), {
        slice,
        write: ({ start, bars }, masks) =>
          bench.kernels.thresholdBand(x, start, bars, long, short, masks.long, masks.short),
      });
    }),
    { numRuns: 300 },
  );
});

Deno.test("thresholdCentered() equals its oracle, for negative distances too", () => {
  const distance = fc.oneof(fc.integer({ min: -50, max: 200 }).map((x) => x / 10), fc.constant(0));
  fc.assert(
    fc.property(seriesArbitrary, distance, ({ series, slice }, distance) => {
      bench.clear();
      const x = bench.column(series);
      assertMasks(centeredSignal(series, { center: 20, distance }), {
        slice,
        write: ({ start, bars }, { long, short }) =>
          bench.kernels.thresholdCentered(x, start, bars, 20, distance, long, short),
      });
    }),
    { numRuns: 300 },
  );
});

Deno.test("deltaSign() equals its oracle for lags of a bar, of a slice, and beyond the series", () => {
  const lag = fc.oneof(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 250 }));
  fc.assert(
    fc.property(seriesArbitrary, lag, lag, ({ series, slice }, long, short) => {
      bench.clear();
      const x = bench.column(series);
      assertMasks(deltaSignal(series, { long, short }), {
        slice,
        write: ({ start, bars }, masks) =>
          bench.kernels.deltaSign(x, start, bars, long, short, masks.long, masks.short),
      });
    }),
    { numRuns: 500 },
  );
});

Deno.test("candleBody() equals its oracle", () => {
  const minimum = fc.oneof(fc.integer({ min: 0, max: 400 }).map((x) => x / 10), fc.constant(20));
  const candlesArbitrary = fc.tuple(seriesArbitrary, fc.infiniteStream(fc.constantFrom(20, 21, 22, NaN)));
  fc.assert(
    fc.property(candlesArbitrary, minimum, ([{ price: close, series, slice }, opens], minimum) => {
      bench.clear();
      const open = close.map(() => opens.next().value!);
      const columns = [bench.column(series), bench.column(open), bench.column(close)] as const;
      assertMasks(bodySignal(series, { candles: { open, close }, minimum }), {
        slice,
        write: ({ start, bars }, { long, short }) =>
          bench.kernels.candleBody(...columns, start, bars, minimum, long, short),
      });
    }),
    { numRuns: 300 },
  );
});

Deno.test("pivotEvents() equals its oracle, both pivots on one bar saying nothing", () => {
  const sparse = (values: readonly number[]) => values.map((value) => value === 20 ? NaN : value);
  fc.assert(
    fc.property(seriesArbitrary, ({ price, series, slice }) => {
      bench.clear();
      const [highs, lows] = [sparse(price), sparse(series)];
      const columns = [bench.column(highs), bench.column(lows)] as const;
      assertMasks(pivotSignal(highs, { lows }), {
        slice,
        write: ({ start, bars }, { long, short }) =>
          bench.kernels.pivotEvents(...columns, start, bars, long, short),
      });
    }),
    { numRuns: 300 },
  );
});

Deno.test("combineMasks() keeps the bars on which all agree and the sides that may be opened", () => {
  const strategies = fc.tuple(fc.integer({ min: 0, max: 200 }), fc.integer({ min: 1, max: 4 }))
    .chain(([bars, count]) => fc.array(signalsArbitrary(bars), { minLength: count, maxLength: count }));
  fc.assert(
    fc.property(strategies, fc.constantFrom(1, 2, 3), (strategy, sides) => {
      bench.clear();
      const bars = strategy[0]!.length;
      const words = Math.ceil(bars / 64);
      const pairs = bench.room(8 * strategy.length);
      strategy.map((signals) => bench.masks(signals)).forEach(({ long, short }, i) => {
        new Uint32Array(bench.kernels.memory.buffer, pairs + 8 * i, 2).set([long, short]);
      });
      const [long, short] = [bench.room(8 * words), bench.room(8 * words)];
      bench.kernels.combineMasks(pairs, strategy.length, bars, sides, long, short);
      const agreed = (side: Signal) =>
        strategy[0]!.flatMap((_, bar) => strategy.every((signals) => signals[bar] === side) ? [bar] : []);
      assert.deepEqual(bench.readMask(long, words), sides & SIDE_LONG ? agreed("L") : []);
      assert.deepEqual(bench.readMask(short, words), sides & SIDE_SHORT ? agreed("S") : []);
    }),
    { numRuns: 200 },
  );
});
