import { randomWalk } from "../helpers/series.ts";

/** How many different requests there are; jobs of one kind must have equal results. */
export const requestKinds = 8;

const bars = 600;
const firstMs = Date.UTC(2025, 0, 1);
const hourMs = 3_600_000;

/** Shapes differ in length, indicators, ranking and folding; all have 5 rows to report. */
export function soakRequest(kind: number) {
  const ranking = kind % 3 === 1 ? { ranking: { primary_metric: "max_drawdown_pct" } } : {};
  const folding = kind % 4 === 2 ? { fold_equal: true } : {};
  return {
    ...ranking,
    ...folding,
    time_range: {
      start: "2025-01-05T00:00:00Z",
      end: `2025-01-${String(24 - kind).padStart(2, "0")}T00:00:00Z`,
    },
    template: {
      instrument_id: { market_id: 1, symbol: "WALK" },
      timeframe: "1h",
      indicator_grids: [{
        indicator_id: "ma.sma",
        params: { window: { mode: "range", start: 2, stop_incl: 5 + kind, step: 1 } },
        source: { mode: "explicit", values: ["close"] },
      }, ...(kind % 2 === 0 ? [] : [donchian])],
      risk_grid: {
        sl_enabled: true,
        tp_enabled: true,
        sl: { mode: "range", start: 1, stop_incl: 5, step: 1 },
        tp: { mode: "range", start: 1, stop_incl: 5, step: 1 },
      },
    },
    warmup_bars: 20,
    top_k: 5,
    top_trades_n: 1,
  };
}

const donchian = {
  indicator_id: "trend.donchian",
  params: { window: { mode: "explicit", values: [5, 9] } },
};

/** The candles of the requests, as a file. */
export function soakCsv(): string {
  const { open, high, low, close } = randomWalk(bars, 20_250_101);
  const lines = ["ts_open,open,high,low,close,volume"];
  for (let i = 0; i < bars; i++) {
    const prices = [open[i], high[i], low[i], close[i]].map((price) => price!.toFixed(4));
    lines.push(`${firstMs + i * hourMs},${prices.join(",")},1`);
  }
  return `${lines.join("\n")}\n`;
}
