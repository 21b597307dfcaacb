import assert from "node:assert/strict";
import { runInProcess } from "../helpers/cli_in_process.ts";

const request = {
  time_range: { start: "2010-01-01T00:00:00Z", end: "2012-01-01T00:00:00Z" },
  template: {
    instrument_id: { market_id: 100, symbol: "SP500" },
    timeframe: "1d",
    indicator_grids: [{
      indicator_id: "ma.sma",
      params: { window: { mode: "explicit", values: [20] } },
      source: { mode: "explicit", values: ["close"] },
    }],
    execution: { fee_pct: 0.1 },
  },
};

async function warningsOf(template: Readonly<Record<string, unknown>>, ...flags: readonly string[]) {
  const args = [
    "backtest",
    "--candles",
    "docs/examples/sp500-daily.csv",
    "--request",
    "-",
    "--json",
    ...flags,
  ];
  const stdin = JSON.stringify({ ...request, template: { ...request.template, ...template } });
  const { code, stdout, stderr } = await runInProcess(args, { stdin });
  assert.equal(code, 0, stderr);
  const warnings: string[] = JSON.parse(stdout).warnings;
  return warnings.filter((warning) => /^(missing_bars|rows_farther_apart)/.test(warning));
}

Deno.test("days of a stock in a market said to trade around the clock are warned of, with the remedy", async () => {
  assert.deepEqual(await warningsOf({}), []);
  const [warning, ...others] = await warningsOf({}, "--calendar", "continuous");
  assert.deepEqual(others, []);
  assert.match(
    warning!,
    /^missing_bars: 225 of 730 bars \(31 %\) have no candle: .*--calendar sessions says so$/,
  );
});

Deno.test("a stated length that is not that of the candles is warned of", async () => {
  const flags = ["--candle-timeframe", "1h", "--calendar", "sessions"];
  const warnings = await warningsOf({ timeframe: "1h" }, ...flags);
  assert.deepEqual(warnings, [
    "rows_farther_apart: the candles are said to be 1h long, and no two of them open less than 1d apart",
  ]);
});
