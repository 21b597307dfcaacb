import { replay } from "./execution/replay.ts";
import { replaySegments } from "./execution/segment_replay.ts";
import { listSegments } from "./execution/segments.ts";
import { candlePart, candlePartAtr, candlePartShare } from "./indicator/candle_parts.ts";
import { adx, vortex } from "./indicator/directional_movement.ts";
import { linregSlope } from "./indicator/linear_regression.ts";
import { cci, macd, ppo, roc, rsi, trix } from "./indicator/momentum.ts";
import { dema, ema, hma, rma, sma, tema, vwma, wma, zlema } from "./indicator/moving_average.ts";
import { psar } from "./indicator/parabolic_stop.ts";
import { percentRank } from "./indicator/percent_rank.ts";
import { pivotHigh, pivotLow } from "./indicator/pivots.ts";
import { hl2, hlc3, ohlc4 } from "./indicator/source.ts";
import { fisher, stochastic, stochasticRsi, williamsR } from "./indicator/stochastic.ts";
import { distanceToAverage, zscore } from "./indicator/structure.ts";
import { aroon, donchian, ichimoku, keltner } from "./indicator/trend.ts";
import { chandelierExit, supertrend } from "./indicator/trend_stops.ts";
import {
  atr,
  bollingerBandwidth,
  bollingerPercent,
  historicalVolatility,
  stddev,
  tr,
  variance,
} from "./indicator/volatility.ts";
import {
  accumulationLine,
  chaikinMoneyFlow,
  moneyFlowIndex,
  onBalanceVolume,
  vwap,
  vwapDeviation,
} from "./indicator/volume.ts";
import { keepBest } from "./rank/top_k.ts";
import { candleBody } from "./signal/candle_body.ts";
import { combineMasks } from "./signal/combine.ts";
import { compareColumn } from "./signal/compare.ts";
import { deltaSign } from "./signal/delta.ts";
import { pivotEvents } from "./signal/pivot_events.ts";
import { sign, thresholdBand, thresholdCentered } from "./signal/threshold.ts";
import { fillBytes, writeFills } from "./sweep/fills.ts";
import { ruinBytes, ruinWorkBytes, writeRuinBlocks } from "./sweep/ruin_blocks.ts";
import { estimateRiskPlane, logPlaneBytes } from "./sweep/log_plane.ts";
import { measuredSignalBytes, measureSignals } from "./sweep/measured_signals.ts";
import { rangeBytes, writePriceBlocks, writePriceRanges } from "./sweep/price_range.ts";
import { riskPlaneBytes, scoreRiskPlane } from "./sweep/risk_plane.ts";
import { scoreSignals, signalBytes } from "./sweep/signals.ts";

export {
  accumulationLine,
  adx,
  aroon,
  atr,
  bollingerBandwidth,
  bollingerPercent,
  candleBody,
  candlePart,
  candlePartAtr,
  candlePartShare,
  cci,
  chaikinMoneyFlow,
  chandelierExit,
  combineMasks,
  compareColumn,
  deltaSign,
  dema,
  distanceToAverage,
  donchian,
  ema,
  estimateRiskPlane,
  fillBytes,
  fisher,
  historicalVolatility,
  hl2,
  hlc3,
  hma,
  ichimoku,
  keepBest,
  keltner,
  linregSlope,
  listSegments,
  logPlaneBytes,
  macd,
  measuredSignalBytes,
  measureSignals,
  moneyFlowIndex,
  ohlc4,
  onBalanceVolume,
  percentRank,
  pivotEvents,
  pivotHigh,
  pivotLow,
  ppo,
  psar,
  rangeBytes,
  replay,
  replaySegments,
  riskPlaneBytes,
  rma,
  roc,
  rsi,
  ruinBytes,
  ruinWorkBytes,
  scoreRiskPlane,
  scoreSignals,
  sign,
  signalBytes,
  sma,
  stddev,
  stochastic,
  stochasticRsi,
  supertrend,
  tema,
  thresholdBand,
  thresholdCentered,
  tr,
  trix,
  variance,
  vortex,
  vwap,
  vwapDeviation,
  vwma,
  williamsR,
  wma,
  writeFills,
  writePriceBlocks,
  writePriceRanges,
  writeRuinBlocks,
  zlema,
  zscore,
};
