import assert from "node:assert/strict";
import { tradeWarnings, unknownWarnings } from "./rule_warnings.ts";

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

Deno.test("unknownWarnings() names each text once, for the variant in which it is unknown the longest", () => {
  const gap = (member: string, bars: number, params = {}) => ({
    member,
    part: "sma(close, slow)",
    bars,
    params,
  });
  const rest = "; a rule acts only where it is true, and more history before the range may make it known";
  assert.deepEqual(unknownWarnings([], { bars: 100 }), []);
  assert.deepEqual(
    unknownWarnings([
      gap("short.enter", 1),
      gap("long.exit", 7, { slow: 20 }),
      gap("long.exit", 37, { slow: 50, price: "hlc3" }),
      gap("long.enter", 100),
    ], { bars: 100 }),
    [
      `rule_unknown_at_start: long.enter is unknown on all 100 bars of the range, as sma(close, slow) is${rest}`,
      "rule_unknown_at_start: long.exit is unknown on the first 37 bars of the range, as sma(close, slow) is with " +
      `slow = 50, price = hlc3${rest}`,
      `rule_unknown_at_start: short.enter is unknown on the first bar of the range, as sma(close, slow) is${rest}`,
    ],
  );
});
