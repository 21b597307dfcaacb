import { candleValues, exactCandles, type StampedCandles } from "../../src/core/bars/mod.ts";
import type { CandleTable } from "../../src/ports/candle_table.ts";

/** A candle table of one instrument in memory that takes any number, and shows what it holds. */
export interface MemoryCandleTable extends CandleTable {
  /** Rows that count. */
  rows(): number;
  /** All of them, by time. */
  columns(): Omit<StampedCandles, "ingestedMs">;
}

/** An empty table. */
export function memoryCandleTable(): MemoryCandleTable {
  const held = new Map<number, readonly number[]>();
  const between = (startMs: number, endMs: number): StampedCandles => {
    const rows = [...held].filter(([openMs]) => openMs >= startMs && openMs < endMs).sort(([a], [b]) =>
      a - b
    );
    const column = (index: number) => Float64Array.from(rows, ([, values]) => values[index]!);
    const tsOpenMs = Float64Array.from(rows, ([openMs]) => openMs);
    return {
      ...exactCandles(tsOpenMs, candleValues.map((_, index) => column(index))),
      ingestedMs: column(5),
    };
  };
  const each = <Fact>(fact: Fact) => ({ open: fact, high: fact, low: fact, close: fact, volume: fact });
  const rules = {
    timeframeMs: 60_000,
    marketIdMax: 65_535,
    times: { startMs: Date.UTC(1900, 0), endMs: Date.UTC(2299, 0) },
    precision: each("f64" as const),
    limits: each({ smallest: -Infinity, largest: Infinity, whole: false }),
    missing: each("nan" as const),
  };
  return {
    create: () => Promise.resolve(),
    check: () => Promise.resolve(rules),
    madeRules: () => rules,
    list: () => Promise.resolve([]),
    note: () => Promise.resolve(true),
    load: ({ range }) => Promise.resolve(between(range.startMs, range.endMs)),
    insert({ candles }) {
      candles.tsOpenMs.forEach((openMs, row) => {
        const values = candleValues.map((name) => candles[name][row]!);
        held.set(openMs, [...values, candles.ingestedMs[row]!]);
      });
      return Promise.resolve();
    },
    rows: () => held.size,
    columns() {
      const { ingestedMs: _, ...columns } = between(-Infinity, Infinity);
      return columns;
    },
  };
}
