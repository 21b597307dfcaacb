import type { CandleColumns, Timeline } from "../../src/core/bars/mod.ts";
import type { RuleBars } from "../oracle/expressions/world.ts";
import { generator, randomWalk } from "./series.ts";

/** Quarter hours from a Thursday in October 2024 on, in steps of a tick, with stretches left out, and two columns with holes. */
export function someRuleBars(bars: number, seed: number): RuleBars {
  const random = generator(seed);
  const { open, high, low, close, volume } = randomWalk(bars, seed);
  // coarse prices, so that equal ones are common
  const ticks = (column: Float32Array) =>
    Array.from(column, (value) => Math.fround(Math.round(value * 2) / 2));
  const openMs: number[] = [];
  let timeMs = Date.UTC(2024, 9, 24, 20);
  for (let bar = 0; bar < bars; bar++) {
    openMs.push(timeMs);
    timeMs += quarterMs * (random() < 0.03 ? 1 + Math.floor(random() * 200) : 1);
  }
  const column = (holes: number) =>
    Array.from(
      { length: bars },
      () => random() < holes ? NaN : Math.fround(Math.round(random() * 8 - 4) / 4),
    );
  return {
    candles: {
      open: ticks(open),
      high: ticks(high),
      low: ticks(low),
      close: ticks(close),
      volume: Array.from(volume),
    },
    openMs,
    closeMs: openMs.map((ms) => ms + quarterMs),
    columns: { x: column(0.1), y: column(0.4) },
  };
}

/** The first bars of them. */
export function firstBars({ candles, openMs, closeMs, columns }: RuleBars, bars: number): RuleBars {
  const cut = (column: ArrayLike<number>) => Array.from(column).slice(0, bars);
  return {
    candles: {
      open: cut(candles.open),
      high: cut(candles.high),
      low: cut(candles.low),
      close: cut(candles.close),
      volume: cut(candles.volume),
    },
    openMs: cut(openMs),
    closeMs: cut(closeMs),
    columns: Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, cut(column)])),
  };
}

const quarterMs = 900_000;

/** The same as a sweep is given them. */
export function ruleTimeline(bars: RuleBars, slice: Timeline["slice"]): Timeline {
  return { ...heldColumns(bars), timeframeMs: 0, tsCloseMs: Float64Array.from(bars.closeMs), slice };
}

/** Their columns as the program holds them. */
export function heldColumns(
  { candles, openMs, columns }: Pick<RuleBars, "candles" | "openMs" | "columns">,
): { readonly candles: CandleColumns; readonly further: ReadonlyMap<string, Float32Array<ArrayBuffer>> } {
  const f32 = (column: ArrayLike<number>) => Float32Array.from(column);
  return {
    candles: {
      tsOpenMs: Float64Array.from(openMs),
      open: f32(candles.open),
      high: f32(candles.high),
      low: f32(candles.low),
      close: f32(candles.close),
      volume: f32(candles.volume),
    },
    further: new Map(Object.entries(columns).map(([name, column]) => [name, f32(column)])),
  };
}
