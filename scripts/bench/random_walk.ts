import { type CandleColumns, emptyCandles } from "../../src/core/bars/mod.ts";
import { generator } from "../../tests/helpers/series.ts";

const firstMs = Date.UTC(2024, 0, 1);
const minuteMs = 60_000;
/** Deviation of one bar's change; about that of a liquid crypto pair by the minute. */
const deviation = 0.0005;

/** One-minute candles of a random walk without drift around 100, the same ones for the same seed. */
export function randomWalk(bars: number, seed: number): CandleColumns {
  const random = generator(seed);
  const candles = emptyCandles(bars);
  let price = 100;
  for (let t = 0; t < bars; t++) {
    const open = price;
    // Six uniform numbers: close enough to a normal one, deviation sqrt(6 / 12).
    let change = -3;
    for (let i = 0; i < 6; i++) change += random();
    price *= Math.exp(change * Math.SQRT2 * deviation);
    candles.tsOpenMs[t] = firstMs + t * minuteMs;
    candles.open[t] = open;
    candles.close[t] = price;
    candles.high[t] = Math.max(open, price) * (1 + random() * deviation);
    candles.low[t] = Math.min(open, price) * (1 - random() * deviation);
    candles.volume[t] = Math.floor(random() * 1000);
  }
  return candles;
}
