"""Figures of one long-only strategy by other programs, for tests/golden/peers_test.ts.

    pip install vectorbt==1.2.0 empyrical-reloaded==0.7.1 backtesting==0.6.6
    python scripts/report_peers.py > tests/golden/data/report/peers.json

Long while the close is above the mean of its last 50, never in the last five bars, all in, without costs, 252 days a
year. vectorbt trades it on its own; the other two measure vectorbt's account.
"""
import json
from importlib.metadata import version

import empyrical
import numpy as np
import pandas as pd
import vectorbt as vbt
from backtesting._stats import compute_stats

CANDLES = "sp500-1500"
DAY_MS = 86_400_000
INIT_CASH = 10_000

with open(f"tests/golden/data/candles/{CANDLES}.json") as file:
    candles = json.load(file)
close_ms = np.array(candles["ts_open_ms"]) + DAY_MS
prices = np.array(candles["close"], dtype=np.float32).astype(np.float64)
close = pd.Series(prices, index=pd.to_datetime(close_ms, unit="ms"))
held = (close > close.rolling(50).mean()).to_numpy(copy=True)
held[-5:] = False
before = np.concatenate([[False], held[:-1]])
entries = held & ~before
exits = ~held & before

account = vbt.Portfolio.from_signals(
    close, entries, exits, init_cash=INIT_CASH, fees=0, slippage=0, freq="1D"
)
value = account.value()
returns = value.pct_change().dropna()
falls = account.drawdowns.records_readable
durations_ms = [
    (end - start) / pd.Timedelta(milliseconds=1)
    for start, end in zip(falls["Start Timestamp"], falls["End Timestamp"])
]

trades = account.trades.records_readable
bars = {time: bar for bar, time in enumerate(close.index)}
table = pd.DataFrame({
    "Size": trades["Size"],
    "EntryBar": trades["Entry Timestamp"].map(bars),
    "ExitBar": trades["Exit Timestamp"].map(bars),
    "PnL": trades["PnL"],
    "ReturnPct": trades["Return"],
    "EntryTime": trades["Entry Timestamp"],
    "ExitTime": trades["Exit Timestamp"],
    "Commission": 0.0,
    "Tag": None,
})
table["Duration"] = table["ExitTime"] - table["EntryTime"]
# it takes 252 days a year from the days of the week, which closes at midnight would move into the weekend
by_open = close.set_axis(close.index - pd.Timedelta(days=1))
ohlc = pd.DataFrame({name: by_open for name in ["Open", "High", "Low", "Close"]})
stats = compute_stats(table, value.to_numpy(), ohlc, None, risk_free_rate=0)

packages = ["vectorbt", "empyrical-reloaded", "backtesting", "pandas", "numpy"]
print(json.dumps({
    "made_by": "scripts/report_peers.py",
    "with": {name: version(name) for name in packages},
    "candles": CANDLES,
    "init_cash_quote": INIT_CASH,
    "days_per_year": 252,
    "held": [int(bar) for bar in np.flatnonzero(held)],
    "vectorbt": {
        "total_return_pct": account.total_return() * 100,
        "exposure_pct": account.position_coverage() * 100,
        "max_drawdown_pct": -account.drawdowns.max_drawdown() * 100,
        "avg_drawdown_pct": -account.drawdowns.avg_drawdown() * 100,
        "max_drawdown_duration_ms": max(durations_ms),
        "avg_drawdown_duration_ms": float(np.floor(np.mean(durations_ms))),
        "trades": int(account.trades.count()),
        "win_rate_pct": account.trades.win_rate() * 100,
        "best_trade_pct": account.trades.returns.max() * 100,
        "worst_trade_pct": account.trades.returns.min() * 100,
        "avg_trade_pct": account.trades.returns.mean() * 100,
        "profit_factor": account.trades.profit_factor(),
        "sqn": account.trades.sqn(),
    },
    "empyrical": {
        "sharpe_ratio": empyrical.sharpe_ratio(returns, annualization=252),
        "sortino_ratio": empyrical.sortino_ratio(returns, annualization=252),
        "max_drawdown_pct": -empyrical.max_drawdown(returns) * 100,
    },
    "backtesting": {
        "exposure_with_exit_bar_pct": stats["Exposure Time [%]"],
        "avg_drawdown_pct": -stats["Avg. Drawdown [%]"],
        "max_drawdown_pct": -stats["Max. Drawdown [%]"],
        "benchmark_return_pct": stats["Buy & Hold Return [%]"],
        "expectancy_pct": stats["Expectancy [%]"],
        "sortino_ratio_compounded": stats["Sortino Ratio"],
        "sqn": stats["SQN"],
    },
}, indent=1, default=float))
