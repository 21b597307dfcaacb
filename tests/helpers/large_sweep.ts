/** What a large sweep is over. */
export interface LargeSweep {
  readonly instrument: { readonly market_id: number; readonly symbol: string };
  /** Inputs of both averages; the base variants are (196 times their number) squared. */
  readonly sources: readonly string[];
  /** Base variants that are expanded over 140 stops and targets. */
  readonly preselect: number;
}

/** Body of a sweep of two moving averages over twenty years of days: many batches, so that it is under way for a while. */
export function largeSweep({ instrument, sources, preselect }: LargeSweep): string {
  return JSON.stringify({
    time_range: { start: "2001-01-01T00:00:00Z", end: "2020-04-01T00:00:00Z" },
    template: {
      instrument_id: instrument,
      timeframe: "1d",
      indicator_grids: ["ma.ema", "ma.sma"].map((indicator_id) => ({
        indicator_id,
        params: { window: { mode: "range", start: 5, stop_incl: 200, step: 1 } },
        source: { mode: "explicit", values: sources },
      })),
      risk_grid: {
        sl_enabled: true,
        tp_enabled: true,
        sl: { mode: "range", start: 1, stop_incl: 10, step: 1 },
        tp: { mode: "range", start: 1, stop_incl: 14, step: 1 },
      },
      execution: { fee_pct: 0.1 },
    },
    preselect,
    top_k: 5,
  });
}
