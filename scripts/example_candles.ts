/**
 * Writes the invented candles of `docs/examples`: hours of a market that never closes, and five minutes of one with
 * sessions in New York. They are a random walk and nobody's prices. `--check` writes nothing and exits 1 with one line
 * when a file is stale.
 *
 * Usage: `deno run --allow-read --allow-write=docs/examples scripts/example_candles.ts [--check]`
 */

import { writeOrCheck } from "./generated_file.ts";

const minuteMs = 60_000;
const dayMs = 1440 * minuteMs;

/** Numbers of 0 to 1, the same on every machine (mulberry32). */
function uniform(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

interface Walk {
  readonly random: () => number;
  /** Of a step, as a fraction of the price. */
  readonly deviation: number;
  readonly digits: number;
}

/** Around 0 with a deviation of 1: what twelve uniform numbers have beyond their mean. */
function normal(random: () => number): number {
  let total = -6;
  for (let i = 0; i < 12; i++) total += random();
  return total;
}

/** Sixteen steps from `price`, as one candle. */
function candle(price: number, { random, deviation, digits }: Walk, drift: number) {
  let [high, low, close] = [price, price, price];
  for (let step = 0; step < 16; step++) {
    close *= 1 + drift / 16 + normal(random) * deviation / 4;
    high = Math.max(high, close);
    low = Math.min(low, close);
  }
  const volume = Math.round(20_000 * (0.5 + random()) * (1 + 40 * Math.abs(close / price - 1)));
  const [o, h, l, c] = [price, high, low, close].map((value) => value.toFixed(digits));
  return { close: Number(c), row: `${o},${h},${l},${c},${volume}` };
}

function stamp(timeMs: number): string {
  return new Date(timeMs).toISOString().replace(".000", "");
}

/** 120 days of hours, with a drift that changes every few days. */
export function inventedHours(): string {
  const walk = { random: uniform(20_240_101), deviation: 0.006, digits: 2 };
  const start = Date.UTC(2024, 0, 1);
  const rows = ["ts_open,open,high,low,close,volume"];
  let [price, drift] = [2_400, 0];
  for (let hour = 0; hour < 120 * 24; hour++) {
    if (hour % 60 === 0) drift = normal(walk.random) * 0.0011;
    const { close, row } = candle(price, walk, drift);
    rows.push(`${stamp(start + hour * 60 * minuteMs)},${row}`);
    price = close;
  }
  return `${rows.join("\n")}\n`;
}

/** 34 days of 78 candles from 09:30 to 16:00 in New York, before and after its clocks change, with gaps overnight. */
export function inventedSessions(): string {
  const walk = { random: uniform(20_240_220), deviation: 0.0011, digits: 2 };
  const [first, last, summer, holiday] = [[1, 20], [3, 8], [2, 10], [2, 29]].map(([month, day]) =>
    Date.UTC(2024, month!, day)
  ) as [number, number, number, number];
  const rows = ["ts_open,open,high,low,close,volume"];
  let price = 180;
  for (let day = first; day < last; day += dayMs) {
    const weekday = new Date(day).getUTCDay();
    if (weekday === 0 || weekday === 6 || day === holiday) continue;
    const open = day + (9.5 + (day < summer ? 5 : 4)) * 60 * minuteMs;
    price = Number((price * (1 + normal(walk.random) * 0.006)).toFixed(2));
    const drift = normal(walk.random) * 0.00012;
    for (let bar = 0; bar < 78; bar++) {
      const { close, row } = candle(price, walk, drift);
      rows.push(`${stamp(open + bar * 5 * minuteMs)},${row}`);
      price = close;
    }
  }
  return `${rows.join("\n")}\n`;
}

if (import.meta.main) {
  const script = "scripts/example_candles.ts";
  const codes = [
    await writeOrCheck(
      { path: "docs/examples/invented-hours.csv", text: inventedHours(), script },
      Deno.args,
    ),
    await writeOrCheck(
      { path: "docs/examples/invented-sessions.csv", text: inventedSessions(), script },
      Deno.args,
    ),
  ];
  Deno.exit(Math.max(...codes));
}
