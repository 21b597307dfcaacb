import assert from "node:assert/strict";
import { plainTrades, strategy, strategyNames, winnerOf } from "./library.ts";
import { plainStrategies } from "./plain_rules.ts";

for (const name of strategyNames) {
  Deno.test(`${name} trades as plain arithmetic over the same candles does, to the last trade`, async () => {
    const found = await winnerOf(name);
    const { trades, total_return_pct } = plainTrades(name, found);
    assert.ok(trades.length > 1);
    const unexpected = found.warnings.filter((text) => !text.startsWith("no_funding_or_borrow: "));
    assert.deepEqual(unexpected, [], "the candles have the warm-up that the rules need");
    const shown = found.winner.trades.map(({ entry_ts: _, exit_ts: __, ...trade }) => trade);
    assert.deepEqual(shown, trades);
    assert.equal(found.winner.totalReturnPct, total_return_pct);
    for (const { entry_bar_index, entry_ts } of found.winner.trades) {
      assert.equal(Date.parse(entry_ts), found.bars.closeMs[entry_bar_index]);
    }
  });
}

Deno.test("strategies say their source, their use, what is swept and left out, and the command that runs them", () => {
  assert.ok(strategyNames.length >= 20);
  assert.deepEqual(strategyNames, Object.keys(plainStrategies).sort());
  for (const name of strategyNames) {
    const { text } = strategy(name);
    for (const head of ["Source", "For", "Swept", "Left out", "Run"]) {
      assert.match(text, new RegExp(`^# ${head}: \\S`, "m"), `${name} does not say ${head}`);
    }
    assert.ok(text.includes(`docs/examples/strategies/${name}.yaml`), name);
  }
});
