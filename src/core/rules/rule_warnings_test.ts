import assert from "node:assert/strict";
import { tradeWarnings } from "./rule_warnings.ts";

const row = (trades: number) => ({ metrics: { trades } });

Deno.test("tradeWarnings() warns where no row has a trade, and only there", () => {
  assert.deepEqual(tradeWarnings([]), []);
  assert.deepEqual(tradeWarnings([row(0), row(3)]), []);
  assert.deepEqual(tradeWarnings([row(0), { metrics: null }]), []);
  assert.deepEqual(tradeWarnings([row(0)]), [
    "rule_no_trades: this variant does not trade: on no bar of the range is an entry true, its exit not, and its " +
    "side allowed",
  ]);
  assert.match(tradeWarnings([row(0), row(0)])[0]!, /^rule_no_trades: none of these 2 variants trades: /);
});
