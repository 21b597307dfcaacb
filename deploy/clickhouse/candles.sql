CREATE DATABASE IF NOT EXISTS `market_data`;
CREATE TABLE IF NOT EXISTS `market_data`.canonical_candles_1m
(
  market_id UInt16,
  symbol LowCardinality(String),
  ts_open DateTime64(3, 'UTC'),
  open Float64,
  high Float64,
  low Float64,
  close Float64,
  volume_base Float64,
  ingested_at DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree(ingested_at)
PARTITION BY toYear(ts_open)
ORDER BY (market_id, symbol, ts_open);
CREATE TABLE IF NOT EXISTS `market_data`.candle_imports
(
  candle_table LowCardinality(String),
  market_id UInt64,
  symbol LowCardinality(String),
  file String,
  rows UInt64,
  first_ts_open DateTime64(3, 'UTC'),
  last_ts_open DateTime64(3, 'UTC'),
  guess String,
  imported_at DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree(imported_at)
ORDER BY (candle_table, market_id, symbol, file, first_ts_open, last_ts_open, rows, guess);
