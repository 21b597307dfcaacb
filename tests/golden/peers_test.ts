import assert from "node:assert/strict";
import { tradeColumns } from "../../src/core/execution/mod.ts";
import { measuresOf } from "../../src/core/ranking/mod.ts";
import { reportDesk } from "../../src/core/report/mod.ts";
import { reportFigures } from "../../src/core/report/report_rows.ts";
import { type FigureName, variantMetrics } from "../../src/core/report/variant_metrics.ts";
import { loadGolden, loadGoldenCandles } from "../helpers/golden.ts";
import { runEngine } from "../oracle/engine.ts";

type Figures = Readonly<Partial<Record<FigureName, number>>>;

/** What other programs say of one account; see `made_by`. */
interface Peers {
  readonly made_by: string;
  readonly candles: string;
  readonly init_cash_quote: number;
  readonly days_per_year: number;
  /** Bars at whose close the strategy is long. */
  readonly held: readonly number[];
  readonly vectorbt: Figures;
  readonly empyrical: Figures;
  readonly backtesting: Figures;
}

const dayMs = 86_400_000;
const peers = await loadGolden<Peers>("report/peers.json");

/** The metrics of the peers' strategy, traded by the oracle. */
async function ownFigures() {
  const { tsOpenMs, ...prices } = await loadGoldenCandles(peers.candles);
  const held = new Set(peers.held);
  const execution = {
    init_cash_quote: peers.init_cash_quote,
    fixed_quote: 100,
    safe_profit_percent: 0,
    fee_pct: 0,
    slippage_pct: 0,
  };
  const replay = runEngine({
    close: prices.close,
    signals: tsOpenMs.map((_, bar) => held.has(bar) ? "L" : "N"),
    slice: { start: 0, stop: tsOpenMs.length },
    directionMode: "long-only",
    sizingMode: "all_in",
    execution,
    risk: { sl_enabled: false, sl_pct: null, tp_enabled: false, tp_pct: null },
  });
  const timeline = {
    candles: { ...prices, tsOpenMs: Float64Array.from(tsOpenMs) },
    timeframeMs: dayMs,
    slice: { start: 0, stop: tsOpenMs.length },
  };
  const figures = reportFigures({
    desk: reportDesk(timeline),
    trades: tradeColumns(replay.trades),
    initCash: peers.init_cash_quote,
    requestRange: { startMs: tsOpenMs[0]!, endMs: tsOpenMs.at(-1)! + dayMs },
    daysPerYear: peers.days_per_year,
  });
  const measures = measuresOf(replay, figures.rows["Max. Drawdown [%]"]);
  return variantMetrics({ figures, measures, shortTrades: 0 });
}

for (const name of ["vectorbt", "empyrical", "backtesting"] as const) {
  Deno.test(`the report's figures are those of ${name}, and those of other conventions are among the metrics`, async () => {
    const mine = await ownFigures();
    const figures = Object.entries(peers[name]) as [FigureName, number][];
    assert.ok(figures.length >= 3);
    for (const [figure, theirs] of figures) {
      const own = mine[figure];
      assert.ok(
        own !== null && Math.abs(own - theirs) <= 1e-9 * Math.abs(theirs),
        `${figure}: ${own}, ${theirs}`,
      );
    }
  });
}
