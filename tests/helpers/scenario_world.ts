import { rowsInRange } from "../../src/adapters/candles/rows/rows_in_range.ts";
import { emptyCandles, unknownMarket, wholeSeries } from "../../src/core/bars/mod.ts";
import type { CandleSource, LoadedCandles } from "../../src/ports/candle_source.ts";
import { type ApiChanges, type ApiWorld, apiWorld } from "./api_world.ts";

/** The days and closes of the known answer. */
export const knownDays = [5, 6, 7, 8, 9, 12, 13, 14, 15, 16].map((day) =>
  `2026-01-${String(day).padStart(2, "0")}`
);
const closes = [200, 198, 190.5, 182, 176.25, 168.5, 172, 165.75, 160.5, 171.25];

/** The body of the known answer. */
export const knownBody = {
  symbol: "GLD",
  market_id: 100,
  start_date: "2026-01-05",
  end_date: "2026-01-16",
  template_slug: "protective-put-95pct-12m",
  compare_with: ["unhedged"],
  underlying_units: 1050,
  loan_amount: 126_000,
  margin_call_ltv: 0.7,
  data_source: "candles",
  pricing: { volatility: 0.2, risk_free_rate: 0.04, dividend_yield: 0 },
  contract_size: 100,
};

/** The same days as a CSV file. */
export const knownCsv = ["ts_open,open,high,low,close,volume"]
  .concat(closes.map((close, i) => `${knownDays[i]}T00:00:00Z,${close},${close},${close},${close},1`))
  .join("\n") + "\n";

/** A source of the known days; every load waits for its turn in `gate`, where there is one. */
export function knownCandles(gate: () => Promise<void> = () => Promise.resolve()): CandleSource {
  const candles = emptyCandles(closes.length);
  closes.forEach((close, row) => {
    candles.tsOpenMs[row] = Date.parse(`${knownDays[row]}T00:00:00Z`);
    for (const column of ["open", "high", "low", "close"] as const) candles[column][row] = close;
    candles.volume[row] = 1;
  });
  const series = wholeSeries({ candles, timeframeMs: 86_400_000 });
  return {
    async load(query, { signal } = {}): Promise<LoadedCandles> {
      await gate();
      signal?.throwIfAborted();
      return rowsInRange({ series, label: "known", badRows: "skip" }, query);
    },
  };
}

/** A source whose loads wait, in order, to be released one by one. */
export interface GatedCandles {
  readonly source: CandleSource;
  /** How many loads have begun. */
  readonly begun: number;
  /** Lets the `n`-th load go on, from 0. */
  release(n: number): void;
}

/** The known days behind a gate. */
export function gatedCandles(): GatedCandles {
  const waiting: PromiseWithResolvers<void>[] = [];
  return {
    source: knownCandles(() => {
      const gate = Promise.withResolvers<void>();
      waiting.push(gate);
      return gate.promise;
    }),
    get begun() {
      return waiting.length;
    },
    release: (n) => waiting[n]!.resolve(),
  };
}

/** An API over the known days in a market with sessions. */
export function scenarioWorld(changes: ApiChanges = {}): ApiWorld & { quiet(): Promise<void> } {
  const world = apiWorld({ candles: knownCandles(), marketOf: () => unknownMarket, ...changes });
  return { ...world, quiet: () => world.deps.jobs!.scenarios.tasks.quiet() };
}
