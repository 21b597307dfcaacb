"""Prints data/standard/talib.json: TA-Lib's own figures for the indicators it has a function for.

pip install TA-Lib==0.8.2 numpy; python3 tests/golden/talib_figures.py > tests/golden/data/standard/talib.json
No test needs Python; this says how the committed figures were made.
"""

import json
import pathlib

import numpy as np
import talib as T

DATA = pathlib.Path(__file__).parent / "data" / "candles"
# the first figures, where the way of starting shows, and the last ones
FIRST, LAST = 5, 25


def columns(name):
    file = json.loads((DATA / f"{name}.json").read_text())
    f32 = lambda key: np.array(file[key], dtype=np.float32).astype(np.float64)
    return [f32(key) for key in ("open", "high", "low", "close", "volume")]


def later(x, compute):
    """`compute` of a series without its first, missing value."""
    return np.concatenate([[np.nan], compute(x[1:])])


def shifted(x, bars):
    return np.concatenate([np.full(bars, np.nan), x[:-bars]])


def series(name):
    o, h, l, c, v = columns(name)
    first_volume = T.OBV(c, v)[0]
    upper, middle, lower = T.BBANDS(c, 20, 2, 2, 0)
    span = (T.MIDPRICE(h, l, 9) + T.MIDPRICE(h, l, 26)) / 2
    w20 = {"window": 20}
    w14 = {"window": 14}
    atr14 = {"atr_window": 14}
    returns = np.concatenate([[np.nan], T.LN(c[1:] / c[:-1])])
    highs, lows = T.FRACTAL(h, l, 5, 5)
    yield "ma.dema", w20, T.DEMA(c, 20)
    yield "ma.ema", w20, T.EMA(c, 20)
    yield "ma.hma", w20, T.HMA(c, 20)
    yield "ma.lwma", {"window": 9}, T.WMA(c, 9)
    yield "ma.rma", w20, T.RMA(c, 20)
    yield "ma.sma", w20, T.SMA(c, 20)
    yield "ma.tema", w20, T.TEMA(c, 20)
    yield "ma.vwma", w20, T.VWMA(c, v, 20)
    yield "ma.wma", w20, T.WMA(c, 20)
    yield "ma.zlema", w20, T.ZLEMA(c, 20)
    yield "momentum.cci", w14, T.CCI(h, l, c, 14)
    macd = {"fast_window": 12, "slow_window": 26, "signal_window": 9}
    yield "momentum.macd", macd, T.MACD(c, 12, 26, 9)[0]
    yield "momentum.ppo", macd, T.PPO(c, 12, 26, 1)
    yield "momentum.roc", w14, T.ROC(c, 14)
    yield "momentum.rsi", w14, T.RSI(c, 14)
    stoch = {"k_window": 14, "smoothing": 3, "d_window": 3}
    yield "momentum.stoch", stoch, T.STOCH(h, l, c, 14, 3, 0, 3, 0)[0]
    yield "momentum.stoch_rsi", {**stoch, "rsi_window": 14}, T.STOCHRSI(c, 14, 14, 3, 0)[1]
    yield "momentum.trix", {"window": 15, "signal_window": 9}, T.TRIX(c, 15)
    yield "momentum.williams_r", w14, T.WILLR(h, l, c, 14)
    yield "structure.candle_body_atr", atr14, np.abs(c - o) / T.ATR(h, l, c, 14)
    yield "structure.candle_range_atr", atr14, (h - l) / T.ATR(h, l, c, 14)
    yield "structure.distance_to_ma_norm", w20, (c - T.EMA(c, 20)) / T.ATR(h, l, c, 20)
    # flags on the bar that confirms
    yield "structure.pivot_high", {"left": 5, "right": 5}, np.where(highs != 0, shifted(h, 5), np.nan)
    yield "structure.pivot_low", {"left": 5, "right": 5}, np.where(lows != 0, shifted(l, 5), np.nan)
    yield "structure.zscore", w20, (c - T.SMA(c, 20)) / T.STDDEV(c, 20, 1)
    yield "trend.adx", {"window": 14, "smoothing": 14}, T.ADX(h, l, c, 14)
    yield "trend.aroon", {"window": 25}, T.AROONOSC(h, l, 25)
    yield "trend.chandelier_exit", {"window": 20, "mult": 2}, T.MAX(h, 20) - 2 * T.ATR(h, l, c, 20)
    yield "trend.donchian", w20, T.DONCHIAN(h, l, 20)[1]
    ichimoku = {"conversion_window": 9, "base_window": 26, "span_b_window": 52, "displacement": 26}
    yield "trend.ichimoku", ichimoku, np.concatenate([span[26:], np.full(26, np.nan)])
    yield "trend.ichimoku_causal", ichimoku, shifted(span, 26)
    yield "trend.keltner", {"window": 20, "mult": 2}, T.KC(h, l, c, 20)[1]
    yield "trend.linreg", w20, T.LINEARREG(c, 20)
    yield "trend.linreg_slope", w20, T.LINEARREG_SLOPE(c, 20)
    psar = {"accel_start": 0.02, "accel_step": 0.02, "accel_max": 0.2}
    yield "trend.psar", psar, T.SAR(h, l, 0.02, 0.2)
    apart = {"accel_start": 0.01, "accel_step": 0.03, "accel_max": 0.1}
    yield "trend.psar", apart, np.abs(T.SAREXT(h, l, 0, 0, 0.01, 0.03, 0.1, 0.01, 0.03, 0.1))
    yield "trend.supertrend", {"window": 20, "mult": 2}, T.SUPERTREND(h, l, c, 20, 2)[0]
    yield "trend.vortex", w20, T.VORTEX(h, l, c, 20)[0]
    yield "volatility.atr", w20, T.ATR(h, l, c, 20)
    yield "volatility.bbands", {"window": 20, "mult": 2}, middle
    yield "volatility.bbands_bandwidth", {"window": 20, "mult": 2}, (upper - lower) / middle
    yield "volatility.bbands_percent_b", {"window": 20, "mult": 2}, (c - lower) / (upper - lower)
    hv = later(returns, lambda r: T.STDDEV(r, 20, 1)) * np.sqrt(252) * 100
    yield "volatility.hv", {"window": 20, "annualization": 252}, hv
    yield "volatility.stddev", w20, T.STDDEV(c, 20, 1)
    yield "volatility.tr", {}, T.TRANGE(h, l, c)
    yield "volatility.variance", w20, T.VAR(c, 20, 1)
    yield "volume.ad_line", {}, T.AD(h, l, c, v)
    yield "volume.cmf", w20, T.CMF(h, l, c, v, 20)
    yield "volume.mfi", w14, T.MFI(h, l, c, v, 14)
    yield "volume.obv", {}, T.OBV(c, v) - first_volume
    yield "volume.volume_sma", w20, T.SMA(v, 20)


def case(name, id, params, values):
    known = np.flatnonzero(~np.isnan(values))
    bars = sorted({int(bar) for bar in [*known[:FIRST], *known[-LAST:]]})
    figures = [[bar, float(values[bar])] for bar in bars]
    return {"id": id, "params": params, "candles": name, "first": int(known[0]), "figures": figures}


cases = [case(name, *each) for name in ("sp500-1500", "synthetic-600") for each in series(name)]
made = f"TA-Lib {T.__ta_version__.decode().split()[0]}, Python package {T.__version__}, tests/golden/talib_figures.py"
print("{" + f'"made": {json.dumps(made)}, "cases": [')
print(",\n".join(json.dumps(each) for each in cases))
print("]}")
