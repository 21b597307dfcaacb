import { replay } from "./execution/replay.ts";
import { replaySegments } from "./execution/segment_replay.ts";
import { listSegments } from "./execution/segments.ts";
import { candlePart, candlePartAtr, candlePartShare } from "./indicator/structure/candle_parts.ts";
import { adx, directionalIndicator, vortex } from "./indicator/trend/directional_movement.ts";
import { highest, lowest } from "./indicator/blocks/extremes.ts";
import { linreg, linregSlope } from "./indicator/trend/linear_regression.ts";
import { cci, fastSlowSignal, macd, ppo, roc, rsi, trix, trixSignal } from "./indicator/momentum/momentum.ts";
import {
  dema,
  ema,
  hma,
  rma,
  sma,
  tema,
  vwma,
  wma,
  zlema,
} from "./indicator/moving_averages/moving_average.ts";
import { psar } from "./indicator/trend/parabolic_stop.ts";
import { percentRank } from "./indicator/structure/percent_rank.ts";
import { pivotHigh, pivotLow } from "./indicator/structure/pivots.ts";
import { hl2, hlc3, ohlc4 } from "./indicator/blocks/source.ts";
import {
  fisher,
  stochastic,
  stochasticRsi,
  stochasticRsiSignal,
  stochasticSignal,
  williamsR,
} from "./indicator/momentum/stochastic.ts";
import { distanceToAverage, zscore } from "./indicator/structure/structure.ts";
import { aroon, aroonLine, donchian, ichimoku, keltner, keltnerBand } from "./indicator/trend/trend.ts";
import { chandelierExit, chandelierShort, supertrend } from "./indicator/trend/trend_stops.ts";
import {
  atr,
  bollingerBand,
  bollingerBandwidth,
  bollingerPercent,
  historicalVolatility,
  stddev,
  tr,
  variance,
} from "./indicator/volatility/volatility.ts";
import {
  accumulationLine,
  chaikinMoneyFlow,
  moneyFlowIndex,
  onBalanceVolume,
  vwap,
  vwapDeviation,
} from "./indicator/volume/volume.ts";
import { keepBest, nthBest } from "./rank/top_k.ts";
import {
  compared,
  fillMask,
  knownSeries,
  knownWhere,
  logic,
  shiftMask,
  stepMask,
  stepOrder,
  windowMask,
} from "./rule/masks.ts";
import {
  arithmetic,
  barsSince,
  change,
  dropInfinite,
  previous,
  stepSeries,
  unary,
  valueWhen,
  windowSum,
} from "./rule/series.ts";
import { order, rangesBytes, seriesRanges } from "./rule/order.ts";
import { ruleSignal } from "./rule/state.ts";
import { candleBody } from "./signal/candle_body.ts";
import { combineMasks } from "./signal/combine.ts";
import { compareColumn } from "./signal/compare.ts";
import { deltaSign } from "./signal/delta.ts";
import { pivotEvents } from "./signal/pivot_events.ts";
import { sign, thresholdBand, thresholdCentered } from "./signal/threshold.ts";
import { estimateRiskPlane, logPlaneBytes } from "./sweep/log_plane.ts";
import { measuredSignalBytes, measureSignals } from "./sweep/measured_signals.ts";
import { riskPlaneBytes, scoreRiskPlane } from "./sweep/risk_plane.ts";
import { scoreSignals, signalBytes } from "./sweep/signals.ts";
import { tableBytes, tableWorkBytes, writeTables } from "./sweep/tables.ts";

export {
  accumulationLine,
  adx,
  arithmetic,
  aroon,
  aroonLine,
  atr,
  barsSince,
  bollingerBand,
  bollingerBandwidth,
  bollingerPercent,
  candleBody,
  candlePart,
  candlePartAtr,
  candlePartShare,
  cci,
  chaikinMoneyFlow,
  chandelierExit,
  chandelierShort,
  change,
  combineMasks,
  compareColumn,
  compared,
  deltaSign,
  dema,
  directionalIndicator,
  distanceToAverage,
  donchian,
  dropInfinite,
  ema,
  estimateRiskPlane,
  fastSlowSignal,
  fillMask,
  fisher,
  highest,
  historicalVolatility,
  hl2,
  hlc3,
  hma,
  ichimoku,
  keepBest,
  keltner,
  keltnerBand,
  knownSeries,
  knownWhere,
  linreg,
  linregSlope,
  listSegments,
  logic,
  logPlaneBytes,
  lowest,
  macd,
  measuredSignalBytes,
  measureSignals,
  moneyFlowIndex,
  nthBest,
  ohlc4,
  onBalanceVolume,
  order,
  percentRank,
  pivotEvents,
  pivotHigh,
  pivotLow,
  ppo,
  previous,
  psar,
  rangesBytes,
  replay,
  replaySegments,
  riskPlaneBytes,
  rma,
  roc,
  rsi,
  ruleSignal,
  scoreRiskPlane,
  scoreSignals,
  seriesRanges,
  shiftMask,
  sign,
  signalBytes,
  sma,
  stddev,
  stepMask,
  stepOrder,
  stepSeries,
  stochastic,
  stochasticRsi,
  stochasticRsiSignal,
  stochasticSignal,
  supertrend,
  tableBytes,
  tableWorkBytes,
  tema,
  thresholdBand,
  thresholdCentered,
  tr,
  trix,
  trixSignal,
  unary,
  valueWhen,
  variance,
  vortex,
  vwap,
  vwapDeviation,
  vwma,
  williamsR,
  windowMask,
  windowSum,
  wma,
  writeTables,
  zlema,
  zscore,
};
