import assert from "node:assert/strict";
import { costWarnings, shortTradesOf } from "./cost_warnings.ts";

const markets = { 1: { futures: false }, 2: { futures: true }, 4: { futures: false }, 7: { futures: true } };
const long = { markets, marketId: 1, directionMode: "long-only", shortTrades: 0 } as const;
const borrow = "short trades pay no borrow cost";
const funding = (id: number) =>
  `positions in a futures market (market_id ${id}) neither pay nor earn funding`;

Deno.test("costWarnings() tells of shorts that were traded, and of those that may be as long as nobody knows", () => {
  const warned = [`no_funding_or_borrow: ${borrow} here`];
  assert.deepEqual(costWarnings(long), []);
  assert.deepEqual(costWarnings({ ...long, directionMode: "long-short" }), []);
  assert.deepEqual(costWarnings({ ...long, directionMode: "long-short", shortTrades: 3 }), warned);
  assert.deepEqual(costWarnings({ ...long, directionMode: "short-only", shortTrades: null }), warned);
  assert.deepEqual(costWarnings({ ...long, shortTrades: null }), []);
  assert.deepEqual(costWarnings({ ...long, directionMode: null, shortTrades: null }), []);
});

Deno.test("costWarnings() tells of funding where the config, or else the usual id, means futures", () => {
  assert.deepEqual(costWarnings({ ...long, marketId: 2 }), [`no_funding_or_borrow: ${funding(2)} here`]);
  assert.deepEqual(costWarnings({ ...long, marketId: 7 }), [`no_funding_or_borrow: ${funding(7)} here`]);
  assert.deepEqual(costWarnings({ ...long, marketId: 4 }), []);
  assert.deepEqual(costWarnings({ ...long, marketId: 4, markets: {} }), [
    `no_funding_or_borrow: ${funding(4)} here`,
  ]);
  assert.deepEqual(costWarnings({ ...long, marketId: null, markets: {} }), []);
  assert.deepEqual(costWarnings({ ...long, marketId: 2, shortTrades: 1 }), [
    `no_funding_or_borrow: ${borrow}, and ${funding(2)} here`,
  ]);
});

Deno.test("shortTradesOf() adds up all rows, and knows nothing where one of them does not say", () => {
  const row = (short_trades: number | null) => ({ metrics: { short_trades } });
  assert.equal(shortTradesOf([row(0), row(2), row(3)]), 5);
  assert.equal(shortTradesOf([row(0), { metrics: null }]), null);
  assert.equal(shortTradesOf([row(0), row(null)]), null);
  assert.equal(shortTradesOf([]), null);
});
