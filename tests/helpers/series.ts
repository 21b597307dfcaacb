import fc from "fast-check";
import { ARENA_BASE, COLUMN_SLACK } from "../../assembly/layout.ts";
import { kernelModule } from "../../src/adapters/wasm/kernel_module.ts";
import { instantiateKernels, type Kernels } from "../../src/adapters/wasm/kernels.ts";
import type { OracleCandles } from "../oracle/candles.ts";
import type { Signal } from "../oracle/rules.ts";

/** An instance of the module whose memory a test fills from the bottom. */
export interface KernelBench {
  readonly kernels: Kernels;
  /** Reserves bytes and returns their address. */
  room(bytes: number): number;
  /** Writes an f32 column with the slack kernels may read, filled with a value that would show up. */
  column(values: ArrayLike<number>): number;
  f64(values: ArrayLike<number>): number;
  /** Writes long and short mask of a signal per bar. */
  masks(signals: readonly Signal[]): { readonly long: number; readonly short: number };
  readF32(address: number, count: number): number[];
  readF64(address: number, count: number): number[];
  /** Reads a mask as the bars whose bit is set, bits behind the last bar included. */
  readMask(address: number, words: number): number[];
  /** Forgets everything reserved. */
  clear(): void;
}

/** A fresh bench of 4 MiB. */
export function kernelBench(): KernelBench {
  const kernels = instantiateKernels(kernelModule());
  const { memory } = kernels;
  memory.grow(64 - memory.buffer.byteLength / 65_536);
  let end = ARENA_BASE;
  const room = (bytes: number) => {
    const address = end;
    end += Math.ceil(bytes / 16) * 16;
    if (end > memory.buffer.byteLength) throw new Error(`Cannot reserve ${bytes} bytes on the bench`);
    return address;
  };
  const bits = (signals: readonly Signal[], side: Signal) => {
    const words = Math.ceil(signals.length / 128) * 2;
    const address = room(words * 8);
    const view = new BigUint64Array(memory.buffer, address, words).fill(0n);
    signals.forEach((signal, bar) => {
      if (signal === side) view[bar >> 6]! |= 1n << BigInt(bar & 63);
    });
    return address;
  };
  return {
    kernels,
    room,
    column(values) {
      const address = room((values.length + COLUMN_SLACK) * 4);
      new Float32Array(memory.buffer, address, values.length + COLUMN_SLACK).fill(7).set(values);
      return address;
    },
    f64(values) {
      const address = room(values.length * 8);
      new Float64Array(memory.buffer, address, values.length).set(values);
      return address;
    },
    masks: (signals) => ({ long: bits(signals, "L"), short: bits(signals, "S") }),
    readF32: (address, count) => [...new Float32Array(memory.buffer, address, count)],
    readF64: (address, count) => [...new Float64Array(memory.buffer, address, count)],
    readMask: (address, words) =>
      [...new BigUint64Array(memory.buffer, address, words)].flatMap((word, w) =>
        Array.from({ length: 64 }, (_, b) => b).filter((b) => (word >> BigInt(b)) & 1n).map((b) => 64 * w + b)
      ),
    clear() {
      end = ARENA_BASE;
    },
  };
}

/** Prices above 0 that repeat often, with holes when `holes` is set. */
export function pricesArbitrary(
  length: { readonly minLength: number; readonly maxLength: number },
  { holes }: { readonly holes: boolean },
): fc.Arbitrary<number[]> {
  const price = fc.integer({ min: 1, max: 400 }).map((tick) => Math.fround(tick / 10));
  const flat = fc.constant(20);
  const hole = fc.constantFrom(NaN, NaN, Infinity, -Infinity);
  const value = fc.oneof({ weight: 12, arbitrary: price }, { weight: 6, arbitrary: flat }, {
    weight: holes ? 1 : 0,
    arbitrary: hole,
  });
  return fc.array(value, length);
}

/** Signals in runs of 1 to 40 bars. */
export function signalsArbitrary(bars: number): fc.Arbitrary<Signal[]> {
  const run = fc.tuple(fc.constantFrom<Signal>("L", "S", "N"), fc.integer({ min: 1, max: 40 }));
  return fc.array(run, { minLength: bars, maxLength: bars, size: "max" })
    .map((runs) => runs.flatMap(([signal, length]) => Array<Signal>(length).fill(signal)).slice(0, bars));
}

/** Candles of a seeded random walk around 100; high and low enclose open and close. */
export function randomWalk(
  bars: number,
  seed: number,
): OracleCandles & Record<keyof OracleCandles, Float32Array<ArrayBuffer>> {
  const random = generator(seed);
  const column = () => new Float32Array(bars);
  const candles = { open: column(), high: column(), low: column(), close: column(), volume: column() };
  let price = 100;
  for (let t = 0; t < bars; t++) {
    const open = price;
    price *= Math.exp((random() + random() + random() - 1.5) * 0.01);
    candles.open[t] = open;
    candles.close[t] = price;
    candles.high[t] = Math.max(open, price) * (1 + random() * 0.002);
    candles.low[t] = Math.min(open, price) * (1 - random() * 0.002);
    candles.volume[t] = Math.floor(random() * 1000);
  }
  return candles;
}

/** The same walk where prices move sixty times as much, so that they double and halve within a few bars. */
export function steep<Candles extends ReturnType<typeof randomWalk>>(candles: Candles): Candles {
  const power = (prices: Float32Array) => prices.map((price) => 100 * (price / 100) ** 60);
  const { open, high, low, close } = candles;
  return { ...candles, open: power(open), high: power(high), low: power(low), close: power(close) };
}

/** Uniform numbers in [0, 1), the same ones for the same seed (mulberry32). */
export function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let x = Math.imul(state ^ (state >>> 15), 1 | state);
    x = (x + Math.imul(x ^ (x >>> 7), 61 | x)) ^ x;
    return ((x ^ (x >>> 14)) >>> 0) / 4_294_967_296;
  };
}
