"""Times vectorbt on the same closes and signals; see vectorbt.ts for who calls it and README.md for how to install it.

    vectorbt_peer.py version
    vectorbt_peer.py run FOLDER

FOLDER holds job.json, close.f32, tapes.u8 (0 neutral, 1 long, 2 short per tape and bar) and levels.f64 (stop and target
in turn, infinite for off). Prints one JSON object with the times of each repetition in ms.
"""

import json
import platform
import sys
import time

import numba
import numpy as np
import pandas as pd
import vectorbt as vbt


def main() -> None:
    if sys.argv[1] == "version":
        print(
            f"vectorbt {vbt.__version__}, numba {numba.__version__}, numpy {np.__version__}, "
            f"Python {platform.python_version()}"
        )
        return
    folder = sys.argv[2]
    with open(f"{folder}/job.json") as file:
        job = json.load(file)
    close = pd.Series(np.fromfile(f"{folder}/close.f32", dtype=np.float32).astype(np.float64))
    print(json.dumps(pairs(job, close) if job["kind"] == "pairs" else tapes(job, close, folder)))


def tapes(job: dict, close: pd.Series, folder: str) -> dict:
    signals = np.fromfile(f"{folder}/tapes.u8", dtype=np.uint8).reshape(job["tapes"], job["bars"]).T
    levels = np.fromfile(f"{folder}/levels.f64", dtype=np.float64).reshape(-1, 2)
    levels[np.isinf(levels)] = np.nan
    cells = len(levels)
    longs = np.repeat(signals == 1, cells, axis=1)
    shorts = np.repeat(signals == 2, cells, axis=1)
    stops = np.tile(levels[:, 0], job["tapes"])[np.newaxis, :]
    targets = np.tile(levels[:, 1], job["tapes"])[np.newaxis, :]
    def columns():
        return np.asarray(trade(job, close, longs, shorts, stops, targets).total_return())

    return {"columns_ms": timed(job["runs"], columns)}


def pairs(job: dict, close: pd.Series) -> dict:
    def averages():
        sma = vbt.MA.run(close, window=job["sma"]).ma.values
        ema = vbt.MA.run(close, window=job["ema"], ewm=True).ma.values
        return sma, ema

    sma, ema = averages()
    price = close.values[:, np.newaxis]
    first = np.repeat(np.arange(len(job["sma"])), len(job["ema"]))
    second = np.tile(np.arange(len(job["ema"])), len(job["sma"]))

    def columns():
        above_sma, above_ema = price > sma, price > ema
        below_sma, below_ema = price < sma, price < ema
        longs = above_sma[:, first] & above_ema[:, second]
        shorts = below_sma[:, first] & below_ema[:, second]
        portfolio = trade(job, close, longs, shorts, None, None)
        trades = portfolio.trades
        return (
            np.asarray(portfolio.total_return()),
            np.asarray(trades.count()),
            np.asarray(trades.win_rate()),
            np.asarray(trades.profit_factor()),
            np.asarray(portfolio.max_drawdown()),
        )

    return {"averages_ms": timed(job["runs"], averages), "columns_ms": timed(job["runs"], columns)}


def trade(job: dict, close: pd.Series, longs, shorts, stops, targets) -> vbt.Portfolio:
    levels = {} if stops is None else {"sl_stop": stops, "tp_stop": targets}
    return vbt.Portfolio.from_signals(
        close.values[:, np.newaxis],
        entries=rises(longs),
        exits=~longs,
        short_entries=rises(shorts),
        short_exits=~shorts,
        init_cash=job["init_cash"],
        fees=job["fees"],
        slippage=job["slippage"],
        freq="1min",
        **levels,
    )


def rises(mask):
    entered = mask.copy()
    entered[1:] &= ~mask[:-1]
    return entered


def timed(runs: int, work) -> list:
    work()  # compiles
    elapsed_ms = []
    for _ in range(runs):
        started = time.perf_counter()
        work()
        elapsed_ms.append((time.perf_counter() - started) * 1e3)
    return elapsed_ms


main()
