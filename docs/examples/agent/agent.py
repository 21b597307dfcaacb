"""The agent of agent.ts in Python, with the standard library only.

Usage: python3 docs/examples/agent/agent.py [http://127.0.0.1:8000]
"""

import json
import sys
import time
import urllib.error
import urllib.request

API = sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000"

MARKET = {
    "instrument_id": {"market_id": 100, "symbol": "SP500"},
    "timeframe": "1d",
    "direction_mode": "long-short",
    "sizing_mode": "all_in",
    "execution": {"init_cash_quote": 10000, "fee_pct": 0.1, "slippage_pct": 0.05},
}
TIME_RANGE = {"start": "2019-01-01T00:00:00Z", "end": "2020-01-01T00:00:00Z"}


def send(method, path, body=None, key=None):
    headers = {}
    if body is not None:
        headers["content-type"] = "application/json"
    if key is not None:
        headers["idempotency-key"] = key
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(API + path, data=data, headers=headers, method=method)
    try:
        with urllib.request.urlopen(request) as response:
            return json.load(response)
    except urllib.error.HTTPError as error:
        message = json.load(error)["error"]["message"]
        raise SystemExit(f"{method} {path}: {error.code} {message}")


def decide(context):
    """What the agent thinks: this is the part to replace."""
    close = context["bars"][-1][4]
    average = context["indicators"][0]["values"][-1]
    if close is None or average is None or close == average:
        return "hold"
    return "long" if close > average else "short"


def main():
    run = send("POST", "/backtests/runs", {
        **MARKET,
        "time_range": TIME_RANGE,
        "lookback_bars": 5,
        "decision_timeout_seconds": 300,
        "indicators": [{"indicator_id": "ma.sma", "inputs": {"source": "close"}, "params": {"window": 50}}],
        "agent_name": "moving-average",
    })
    path = f"/backtests/runs/{run['run_id']}"
    context = send("GET", f"{path}/context?wait=30")
    while context["phase"] == "loading":
        context = send("GET", f"{path}/context?wait=30")
    while context is not None and context["state"] == "running":
        step = context["step_index"]
        decision = {"step_index": step, "action": decide(context)}
        context = send("POST", f"{path}/decisions", decision, f"step-{step}")["next_context"]

    ended = send("GET", path)
    for _ in range(40):  # baselines are made a moment after the end
        if ended["state"] != "succeeded" or ended["compare_url"] is not None:
            break
        time.sleep(0.25)
        ended = send("GET", path)
    if ended["state"] != "succeeded":
        raise SystemExit(f"The run is {ended['state']}: {ended['error']}")

    def explicit(value):
        return {"mode": "explicit", "values": [value]}

    grid = {"indicator_id": "ma.sma", "params": {"window": explicit(50)}, "source": explicit("close")}
    sweep = send("POST", "/backtests", {
        "time_range": TIME_RANGE,
        "template": {**MARKET, "indicator_grids": [grid]},
        "top_k": 1,
    })
    row = sweep["variants"][0]["metrics"]
    of_sweep = {
        "total_return": row["total_return_pct"] / 100,
        "sharpe_ratio": row["sharpe_ratio"],
        "max_drawdown": row["max_drawdown_pct"] / 100,
        "num_trades": row["trades"],
    }
    compared = [ended] if ended["compare_url"] is None else send("GET", ended["compare_url"])["runs"]
    columns = [(one["agent_name"], one["metrics"]) for one in compared] + [("sweep", of_sweep)]
    print("\t".join(["metric"] + [name for name, _ in columns]))
    for name in ended["metrics"]:
        values = [metrics.get(name) for _, metrics in columns]
        print("\t".join([name] + ["-" if value is None else repr(value) for value in values]))


main()
