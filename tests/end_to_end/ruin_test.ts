import assert from "node:assert/strict";
import { runProgram } from "../helpers/program.ts";
import { temporaryFolder } from "../helpers/temporary_folder.ts";

// falls gently, then jumps to four times its price and comes back: a short is in debt at the jump
const closes = [100, 99, 98, 97, 96, 95, 380, 20, 19, 18, 17, 16];

const request = {
  time_range: { start: "2024-01-01T00:00:00Z", end: "2024-01-13T00:00:00Z" },
  template: {
    instrument_id: { market_id: 1, symbol: "JUMP" },
    timeframe: "1d",
    indicator_grids: [{
      indicator_id: "ma.sma",
      params: { window: { mode: "explicit", values: [2] } },
      source: { mode: "explicit", values: ["close"] },
    }],
    risk_grid: { tp: { mode: "explicit", values: [1000, 1] } },
    direction_mode: "short-only",
    sizing_mode: "all_in",
    execution: { fee_pct: 0, slippage_pct: 0 },
  },
  ranking: { primary_metric: "max_drawdown_pct" },
};

Deno.test("backtest closes a ruined account by ruin, marks its row and ranks it last", async () => {
  await using folder = await temporaryFolder();
  const rows = closes.map((close, i) => `${Date.UTC(2024, 0, 1 + i)},${close},${close},${close},${close},1`);
  const candles = `${folder.path}/jump.csv`;
  await Deno.writeTextFile(candles, ["ts_open,open,high,low,close,volume", ...rows, ""].join("\n"));
  const args = ["backtest", "--candles", candles, "--request", "-"];
  const stdin = JSON.stringify(request);
  const json = await runProgram([...args, "--report", "--json"], { stdin });
  assert.equal(json.code, 0, json.stderr);
  const variants = JSON.parse(json.stdout).variants;
  assert.deepEqual(variants.map(({ ruined }: { ruined?: boolean }) => ruined), [undefined, true]);
  const [taken, held] = variants;
  const reasons = (one: typeof held) =>
    one.report.trades.map((trade: { exit_reason: string }) => trade.exit_reason);
  assert.deepEqual(reasons(taken), ["tp", "tp"]);
  assert.equal(taken.metrics.ruined, false);
  assert.deepEqual(reasons(held), ["ruin"]);
  assert.equal(held.metrics.ruined, true);
  assert.ok(held.total_return_pct < -180);
  const table = await runProgram(args, { stdin });
  assert.match(table.stdout, /-\d+\.\d\d ruined/);
});
