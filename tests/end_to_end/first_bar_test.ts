import assert from "node:assert/strict";
import { runProgram } from "../helpers/program.ts";

const request = {
  time_range: { start: "2024-01-08T00:00:00Z", end: "2024-02-05T00:00:00Z" },
  template: {
    instrument_id: { market_id: 1, symbol: "FIRST" },
    timeframe: "1d",
    indicator_grids: [{
      indicator_id: "ma.sma",
      params: { window: { mode: "explicit", values: [2] } },
      source: { mode: "explicit", values: ["close"] },
    }],
    direction_mode: "long-only",
    sizing_mode: "all_in",
    execution: { fee_pct: 1, slippage_pct: 0 },
  },
};

Deno.test("backtest that enters on the first bar reports the entry fee as drawdown", async () => {
  const args = ["backtest", "--candles", "tests/end_to_end/candles/first.csv", "--report", "--json"];
  const { code, stdout } = await runProgram([...args, "--request", "-"], { stdin: JSON.stringify(request) });
  assert.equal(code, 0);
  const [winner] = JSON.parse(stdout).variants;
  const [trade] = winner.report.trades;
  assert.equal(trade.entry_fee_quote, 100);
  assert.equal(winner.report.equity[0].equity, 9900);
  const row = winner.report.rows.find(({ metric }: { metric: string }) => metric === "Max. Drawdown [%]");
  assert.equal(row.value, "1");
});
