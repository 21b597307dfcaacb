import { replay } from "./execution/replay.ts";
import { listSegments } from "./execution/segments.ts";
import { macd, rsi } from "./indicator/momentum.ts";
import { ema, sma } from "./indicator/moving_average.ts";
import { hl2, hlc3, ohlc4 } from "./indicator/source.ts";
import { donchian } from "./indicator/trend.ts";
import { keepBest } from "./rank/top_k.ts";
import { combineMasks } from "./signal/combine.ts";
import { comparePrice, sign, thresholdBand } from "./signal/rule.ts";
import { riskPlaneBytes, scoreRiskPlane } from "./sweep/risk_plane.ts";
import { scoreSignals } from "./sweep/signals.ts";

export {
  combineMasks,
  comparePrice,
  donchian,
  ema,
  hl2,
  hlc3,
  keepBest,
  listSegments,
  macd,
  ohlc4,
  replay,
  riskPlaneBytes,
  rsi,
  scoreRiskPlane,
  scoreSignals,
  sign,
  sma,
  thresholdBand,
};
