#!/bin/sh
# From a downloaded zip of candles to a ranked sweep.
#
#   docs/examples/zip-to-sweep.sh ZIP MARKET SYMBOL FROM TO
#   docs/examples/zip-to-sweep.sh BTCUSDT-1h-2025-01.zip 1 BTCUSDT 2025-01-08 2025-01-26
#
# A zip of many months, a folder of zips and any other file or pattern do as well: see docs/candles.md for what is read.
# DENO names another Deno; CONFIG another config, whose candles.directory then takes the candles.
set -eu
deno=${DENO:-deno}
zip=$1 market=$2 symbol=$3 from=$4 to=$5
config=${CONFIG:+--config $CONFIG}

# What is in it, and what is wrong with it; ends here where an import would refuse it.
$deno task candles inspect "$zip"

# Kept for workers, which find it by market and symbol; twice changes nothing.
$deno task candles import --to folder --file "$zip" --market "$market" --symbol "$symbol" $config

# Twelve pairs of averages with three stops each, ranked by what they return.
$deno task backtest --candles "$zip" --request - <<YAML
time_range: { start: "$from", end: "$to" }
template:
  instrument_id: { market_id: $market, symbol: "$symbol" }
  timeframe: 1h
  rules:
    params:
      fast: { mode: range, start: 5, stop_incl: 20, step: 5 }
      slow: { mode: explicit, values: [30, 40, 60] }
    define:
      quick: ema(close, fast)
      slow_line: ema(close, slow)
    long:
      enter: crosses_above(quick, slow_line)
      exit: crosses_below(quick, slow_line)
  risk_grid: { sl: { mode: explicit, values: [1, 2, 4] } }
  execution: { fee_pct: 0.1, slippage_pct: 0.01 }
top_k: 5
YAML
