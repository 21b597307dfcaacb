import fc from "fast-check";
import { directionModes, sizingModes } from "../../src/core/execution/mod.ts";
import { rankingMetrics } from "../../src/core/ranking/mod.ts";

const subset = <T>(values: readonly T[], maxLength: number) =>
  fc.shuffledSubarray([...values], { minLength: 1, maxLength }).map((some) => ({
    mode: "explicit",
    values: some,
  }));

const windows = subset([2, 3, 5, 8, 13], 3);
const sources = subset(["close", "open", "hlc3"], 2);

/** Grids that are complete, so that no default grid enters them, each with its signal grid. */
interface Chosen {
  readonly grid: { readonly indicator_id: string };
  readonly signals?: unknown;
}

const indicators: fc.Arbitrary<Chosen> = fc.oneof(
  fc.record({
    grid: fc.record({
      indicator_id: fc.constant("ma.sma"),
      params: fc.record({ window: windows }),
      source: sources,
    }),
  }),
  fc.record({
    grid: fc.record({
      indicator_id: fc.constant("ma.ema"),
      params: fc.record({ window: windows }),
      source: sources,
    }),
  }),
  fc.record({
    grid: fc.record({
      indicator_id: fc.constant("momentum.rsi"),
      params: fc.record({ window: windows }),
      source: subset(["close"], 1),
    }),
    signals: fc.record({
      long_threshold: subset([-1, 30, 45], 2),
      short_threshold: subset([55, 70, 101], 2),
    }),
  }),
  fc.record({
    grid: fc.record({ indicator_id: fc.constant("volatility.atr"), params: fc.record({ window: windows }) }),
    signals: fc.record({ long_delta_periods: subset([1, 2, 3], 2), short_delta_periods: subset([1, 3], 1) }),
  }),
);

const side = fc.option(fc.oneof(subset([0.5, 1, 3, 40, 80], 3), fc.constantFrom(1.5, 60)));

/** Bodies of small sweeps over an instrument of a `continuous` market, of every mode, metric and kind of member. */
export function anySweepRequest(
  { symbol, days }: { readonly symbol: string; readonly days: number },
): fc.Arbitrary<Record<string, unknown>> {
  const day = (n: number) => new Date(Date.UTC(2026, 0, 1 + n)).toISOString();
  return fc.record({
    range: fc.tuple(fc.integer({ min: 2, max: days / 3 }), fc.integer({ min: days / 2, max: days })),
    // longer bars are few, and trade less
    timeframe: fc.constantFrom("1h", "1h", "2h", "4h", "4h", "1d", "1d", "3d", "1w"),
    chosen: fc.tuple(indicators, fc.option(indicators)),
    sl: side,
    tp: side,
    modes: fc.record({
      direction_mode: fc.constantFrom(...directionModes),
      sizing_mode: fc.constantFrom(...sizingModes),
    }, { requiredKeys: [] }),
    execution: fc.record({
      init_cash_quote: fc.constantFrom(500, 12_345.5),
      fixed_quote: fc.constantFrom(50, 700),
      safe_profit_percent: fc.constantFrom(0, 12.5),
      fee_pct: fc.constantFrom(0, 0.02),
      slippage_pct: fc.constantFrom(0, 0.3),
    }, { requiredKeys: [] }),
    frame: fc.record({
      warmup_bars: fc.integer({ min: 1, max: 30 }),
      preselect: fc.oneof(fc.integer({ min: 1, max: 20 }), fc.constant("all")),
      ranking: fc.record({ primary_metric: fc.constantFrom(...rankingMetrics) }),
      fold_equal: fc.boolean(),
    }, { requiredKeys: [] }),
    topK: fc.integer({ min: 1, max: 15 }),
  }).map(({ range: [start, end], timeframe, chosen, sl, tp, modes, execution, frame, topK }) => {
    const named = new Map(chosen.filter((one) => one !== null).map((one) => [one.grid.indicator_id, one]));
    const signals = [...named].flatMap(([id, one]) => "signals" in one ? [[id, one.signals]] : []);
    const risk = { ...sideOf("sl", sl), ...sideOf("tp", tp) };
    return {
      time_range: { start: day(start), end: day(end) },
      template: {
        instrument_id: { market_id: 1, symbol },
        timeframe,
        indicator_grids: [...named.values()].map(({ grid }) => grid),
        ...(signals.length === 0 ? {} : { signal_grids: Object.fromEntries(signals) }),
        ...(Object.keys(risk).length === 0 ? {} : { risk_grid: risk }),
        ...modes,
        ...(Object.keys(execution).length === 0 ? {} : { execution }),
      },
      top_k: topK,
      top_trades_n: topK,
      ...frame,
    };
  });
}

function sideOf(name: "sl" | "tp", sent: unknown): Record<string, unknown> {
  if (sent === null) return {};
  return { [typeof sent === "number" ? `${name}_pct` : name]: sent };
}
