import { buildPlan } from "../../src/request/plan.ts";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { catalogue } from "../../src/core/catalogue/mod.ts";
import { parseDefaultGrids } from "../../src/request/default_grids_file.ts";
const path = "configs/indicators.yaml";
const defaults = parseDefaultGrids(readFileSync(new URL(`../../${path}`, import.meta.url), "utf8"), { path });

Deno.test("indicators.yaml lets every indicator with a signal rule be requested by its id alone", () => {
  const sizes = catalogue.filter(({ rule }) => rule !== null).map(({ id }) => {
    const { variants, signalCombinations } = buildPlan({
      template: {
        instrument_id: { market_id: 1, symbol: "BTCUSDT" },
        timeframe: "1h",
        indicator_grids: [{ indicator_id: id, params: {} }],
        signal_grids: {},
        direction_mode: "long-short",
        sizing_mode: "all_in",
        execution: {
          init_cash_quote: 1,
          fixed_quote: 1,
          safe_profit_percent: 0,
          fee_pct: 0,
          slippage_pct: 0,
        },
      },
      preselect: 1,
    }, {
      defaults,
      // the grid of stoch_rsi alone is beyond the guard of 600,000 that jobs run under
      maxVariants: 200_000_000,
    }).indicators[0]!;
    return [id, variants, signalCombinations];
  });
  assert.deepEqual(sizes, [
    ["ma.dema", 1176, 1],
    ["ma.ema", 1176, 1],
    ["ma.hma", 1176, 1],
    ["ma.lwma", 1176, 1],
    ["ma.rma", 1176, 1],
    ["ma.sma", 1176, 1],
    ["ma.tema", 1176, 1],
    ["ma.vwma", 196, 1],
    ["ma.wma", 1176, 1],
    ["ma.zlema", 1176, 1],
    ["momentum.cci", 116, 9],
    ["momentum.fisher", 116, 1],
    ["momentum.macd", 97_524, 1],
    ["momentum.ppo", 97_524, 1],
    ["momentum.roc", 708, 1],
    ["momentum.rsi", 708, 16],
    ["momentum.stoch", 9396, 25],
    ["momentum.stoch_rsi", 6_652_368, 25],
    ["momentum.trix", 12_528, 1],
    ["momentum.williams_r", 116, 16],
    ["structure.candle_stats", 1, 4],
    ["structure.candle_stats_atr_norm", 116, 4],
    ["structure.distance_to_ma_norm", 1176, 9],
    ["structure.percent_rank", 1176, 16],
    ["structure.pivots", 361, 1],
    ["structure.zscore", 1176, 9],
    ["trend.adx", 5336, 16],
    ["trend.aroon", 116, 9],
    ["trend.chandelier_exit", 68_796, 1],
    ["trend.donchian", 196, 1],
    ["trend.ichimoku", 376_614, 1],
    ["trend.ichimoku_causal", 376_614, 1],
    ["trend.keltner", 40_716, 1],
    ["trend.linreg", 1176, 1],
    ["trend.linreg_slope", 1176, 1],
    ["trend.psar", 369, 1],
    ["trend.supertrend", 40_716, 1],
    ["trend.vortex", 116, 4],
    ["volatility.atr", 116, 16],
    ["volatility.bbands", 244_296, 1],
    ["volatility.bbands_bandwidth", 244_296, 16],
    ["volatility.bbands_percent_b", 244_296, 9],
    ["volatility.hv", 1392, 16],
    ["volatility.stddev", 696, 16],
    ["volatility.tr", 1, 16],
    ["volatility.variance", 696, 16],
    ["volume.ad_line", 1, 16],
    ["volume.cmf", 116, 9],
    ["volume.mfi", 116, 25],
    ["volume.obv", 1, 16],
    ["volume.volume_sma", 196, 1],
    ["volume.vwap", 196, 1],
    ["volume.vwap_deviation", 68_796, 1],
  ]);
});
