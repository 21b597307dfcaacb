// The part of the list of overturned golden vectors that is about indicators.

const standard = {
  psar:
    "Wilder's stop as TA-Lib has it: first side from the first move, both last lows or highs hold the stop",
  aroon: "Chande's window is the bar and the `window` before it, so that 100 is reached",
  adLine: "Chaikin's line adds 0 on a bar without range, and goes on after a hole",
  obv: "Granville's total is 0 on the first known bar, and goes on after a hole",
  cmf: "Chaikin's money flow volumes of the window itself; a bar without range adds 0 and blanks nothing",
  mfi: "100 P / (P + N), missing where the window holds no flow; no residue of a running sum in P or N",
  residue:
    "the window holds only zeros: the mean is 0, not what a running sum left, which is below 0 in part",
  tie: "exact values half way between two f32 on bars 225, 410, 973 and 991: the order of additions decides",
};

const everySeries = ["synthetic-600", "synthetic-600-nan", "sp500-1500"];
const invented = everySeries.slice(0, 2);

/** Series of `indicators/` and strategies that trade on them, by name: why they are not followed. */
export const overturnedSeries: Readonly<Record<string, string>> = {
  ...series("trend.psar", {
    why: standard.psar,
    candles: everySeries,
    params: [
      { accel_max: 0.2, accel_start: 0.02, accel_step: 0.02 },
      { accel_max: 0.1, accel_start: 0.01, accel_step: 0.03 },
    ],
  }),
  ...series("trend.aroon", {
    why: standard.aroon,
    candles: everySeries,
    params: [{ window: 25 }, { window: 7 }],
  }),
  ...series("volume.ad_line", { why: standard.adLine, candles: invented, params: [{}] }),
  ...series("volume.obv", { why: standard.obv, candles: invented, params: [{}] }),
  ...series("volume.cmf", {
    why: standard.cmf,
    candles: everySeries,
    params: [{ window: 20 }, { window: 5 }],
  }),
  ...series("volume.mfi", { why: standard.mfi, candles: everySeries, params: [{ window: 5 }] }),
  ...series("momentum.stoch_rsi", {
    why: standard.residue,
    candles: everySeries,
    params: [
      { d_window: 3, k_window: 14, rsi_window: 14, smoothing: 3, source: "close" },
      { d_window: 2, k_window: 9, rsi_window: 5, smoothing: 2, source: "hlc3" },
    ],
  }),
  "strategies/strategy-03": standard.aroon,
  "strategies/strategy-29": standard.psar,
  ...series("ma.hma", {
    why: standard.tie,
    candles: ["sp500-1500"],
    params: [{ window: 9, source: "close" }],
  }),
};

/** Name of an indicator's vector: its id, the chosen values and the candle series. */
export function seriesName(
  id: string,
  { values, candles }: {
    readonly values: Readonly<Record<string, number | string>>;
    readonly candles: string;
  },
): string {
  return `${id} ${JSON.stringify(values)} on ${candles}`;
}

function series(
  id: string,
  { why, candles, params }: {
    readonly why: string;
    readonly candles: readonly string[];
    readonly params: readonly Readonly<Record<string, number | string>>[];
  },
): Record<string, string> {
  const names = params.flatMap((values) => candles.map((name) => seriesName(id, { values, candles: name })));
  return Object.fromEntries(names.map((name) => [`indicators/${name}`, why]));
}
