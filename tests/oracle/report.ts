import type { Trade } from "../../src/core/execution/mod.ts";
import { type FigureName } from "../../src/core/report/variant_metrics.ts";

/** An account to measure: its trades over bars that are all traded. */
export interface MeasuredAccount {
  /** Of every bar. */
  readonly close: readonly number[];
  /** Close of every bar, epoch ms. */
  readonly closeMs: readonly number[];
  readonly trades: readonly Trade[];
  readonly initCash: number;
  /** Length of the reported range. */
  readonly durationMs: number;
  readonly daysPerYear: number;
}

type Figures = Readonly<Partial<Record<FigureName, number | null>>>;

/** Figures of the report as docs/execution.md defines them, one after the other from whole lists. */
export function oracleFigures(account: MeasuredAccount): Figures {
  const { close, trades, initCash, durationMs, daysPerYear } = account;
  const bars = close.map((_, bar) => bar);
  const equity = bars.map((bar) => equityAt(bar, account));
  const held = bars.map((bar) => trades.some((t) => t.entry_bar_index <= bar && bar < t.exit_bar_index));
  const touched = bars.map((bar) => trades.some((t) => t.entry_bar_index <= bar && bar <= t.exit_bar_index));
  const falls = bars.map((bar) => 1 - equity[bar]! / Math.max(initCash, ...equity.slice(0, bar + 1)));
  const episodes = episodesOf(falls);
  const lengths = episodes.map(({ from, to }) => account.closeMs[to]! - account.closeMs[from]!);
  const deepest = Math.max(...falls, 0);
  const days = dayEquities(equity, account.closeMs);
  const returns = days.slice(1).map((value, i) => value / days[i]! - 1);
  const known = returns.length >= 2 && days.slice(0, -1).every((value) => value > 0);
  const year = Math.sqrt(daysPerYear);
  const arithmetic = known ? average(returns)! * daysPerYear : null;
  const compounds = known && returns.every((r) => r > -1);
  const geometric = compounds ? (days.at(-1)! / days[0]!) ** (daysPerYear / returns.length) - 1 : null;
  const deviation = known
    ? Math.sqrt(sum(returns.map((r) => (r - average(returns)!) ** 2)) / (returns.length - 1))
    : 0;
  const downside = known ? Math.sqrt(average(returns.map((r) => r < 0 ? r * r : 0))!) : 0;
  const growth = (equity.at(-1) ?? initCash) / initCash;
  const annual = growth > 0 ? growth ** (365 * 86_400_000 / durationMs) - 1 : null;
  return {
    exposure_pct: times100(average(held.map(Number))),
    exposure_with_exit_bar_pct: times100(average(touched.map(Number))),
    max_drawdown_pct: bars.length === 0 ? null : 100 * deepest,
    avg_drawdown_pct: times100(
      average(episodes.map(({ from, to }) => Math.max(...falls.slice(from, to + 1)))),
    ),
    avg_drawdown_all_bars_pct: times100(average(falls)),
    max_drawdown_duration_ms: lengths.length === 0 ? null : Math.max(...lengths),
    avg_drawdown_duration_ms: lengths.length === 0 ? null : Math.floor(average(lengths)!),
    trades: trades.length,
    short_trades: trades.filter(({ direction }) => direction === "short").length,
    annual_return_pct: times100(finite(annual)),
    sharpe_ratio: over(arithmetic, deviation * year),
    sortino_ratio: over(arithmetic, downside * year),
    calmar_ratio: bars.length === 0 ? null : over(finite(annual), deepest),
    sharpe_ratio_compounded: over(geometric, deviation * year),
    sortino_ratio_compounded: over(geometric, downside * year),
    calmar_ratio_compounded: over(geometric, deepest),
  };
}

/** Cash after all that happened up to the bar, and what is still held at its close. */
function equityAt(bar: number, { close, trades, initCash }: MeasuredAccount): number {
  let equity = initCash;
  for (const trade of trades) {
    if (trade.exit_bar_index <= bar) equity += trade.net_pnl_quote;
    else if (trade.entry_bar_index <= bar) {
      const move = trade.qty_base * close[bar]! - trade.entry_quote_amount;
      equity += (trade.direction === "long" ? move : -move) - trade.entry_fee_quote;
    }
  }
  return equity;
}

/** From the first bar that is down to the first that is not, or to the last one. */
function episodesOf(falls: readonly number[]): readonly { readonly from: number; readonly to: number }[] {
  const down = falls.map((fall) => fall > 1e-12);
  return falls.flatMap((_, from) => {
    if (!down[from] || down[from - 1]) return [];
    const end = down.findIndex((isDown, bar) => bar > from && !isDown);
    return [{ from, to: end === -1 ? falls.length - 1 : end }];
  });
}

/** The last equity of every UTC day that has a bar, a bar at midnight belonging to the day that begins. */
function dayEquities(equity: readonly number[], closeMs: readonly number[]): readonly number[] {
  const days = new Map<string, number>();
  closeMs.forEach((ms, bar) => days.set(new Date(ms).toISOString().slice(0, 10), equity[bar]!));
  return [...days.values()];
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function average(values: readonly number[]): number | null {
  return values.length === 0 ? null : sum(values) / values.length;
}

function times100(fraction: number | null): number | null {
  return fraction === null ? null : fraction * 100;
}

function finite(value: number | null): number | null {
  return value === null || !Number.isFinite(value) ? null : value;
}

function over(numerator: number | null, denominator: number): number | null {
  return numerator === null || denominator <= 1e-12 ? null : finite(numerator / denominator);
}
